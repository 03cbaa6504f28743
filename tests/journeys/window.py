"""A person at a browser: one Chromium context each, at a desk or on a phone."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.journeys.gallery import DEVICES, Gallery

PATIENCE_SECONDS = 30.0
SUBMIT = "main form > .acts button[type=submit], main form > .acts button:not([type])"


class Window:
    """One person's browser."""

    def __init__(self, chromium: Browser, base: str, *, device: str, gallery: Gallery) -> None:
        self.base, self.device, self.gallery = base, device, gallery
        self.context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", **DEVICES[device])
        self.page: Page = self.context.new_page()
        self.page.on("console", self._told)
        self.password = self.phrase = ""

    def _told(self, message: ConsoleMessage) -> None:
        """The browser complains of something the pages did; a page that answers with a refusal is no complaint."""
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.gallery.faults.append(f"{self.page.url}: {message.text}")

    def visit(self, path: str) -> None:
        """Go to an address."""
        self.page.goto(f"{self.base}{path}")

    def see(self, name: str) -> None:
        """Look at the page."""
        self.gallery.look(self.page, name, self.device)

    def submit(self) -> None:
        """Press the form's own button and wait for the answer."""
        with self.page.expect_navigation():
            self.page.locator(SUBMIT).first.click()

    def sign_in(self, login: str, password: str, phrase: str = "") -> None:
        """Sign in with a name and a password; ``phrase`` is of the signing key, for the acts that ask."""
        self.password, self.phrase = password, phrase
        self.visit("/accounts/login/")
        self.see("sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.submit()

    def confirm_identity(self) -> None:
        """Give the password again where it is asked for."""
        if "/accounts/reauthenticate/" in self.page.url:
            self.see("password-again")
            self.page.fill("[name=password]", self.password)
            self.submit()

    def give_phrase(self) -> None:
        """Give the phrase of the signing key where a form asks for it."""
        field = self.page.locator('[name="_phrase"]')
        if field.count():
            field.fill(self.phrase)

    def enter_as_party(self, *, root_id: int, phone: str) -> None:
        """Follow the case with the code sent to the phone."""
        before = self._codes(phone)
        self.visit("/progress/")
        self.see("progress")
        self.page.fill("[name=number]", str(root_id))
        self.page.fill("[name=phone]", phone)
        self.submit()
        self.see("progress-code")
        self.page.fill("[name=code]", self._new_code(phone, before))
        self.submit()

    def _codes(self, phone: str) -> list[str]:
        """The codes sent to a phone, newest first, read on the stand-in's page."""
        told = self.context.request.get(f"{self.base}/demonstration/outbox/?format=json").json()["messages"]
        found = (re.search(r"验证码 (\d{6})", one["text"]) for one in told if one["to"] == phone)
        return [code.group(1) for code in found if code]

    def _new_code(self, phone: str, before: list[str]) -> str:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if len(now := self._codes(phone)) > len(before):
                return now[0]
            time.sleep(0.1)
        raise AssertionError("no code arrived")

    def fill(self, given: Mapping[str, Any]) -> None:
        """Fill in a form by the names of its fields, adding rows where there are too few."""
        for path, value in flattened(given):
            self._open_parts(path)
            while not self._fill(path, value):
                self._add_row(path)

    def _open_parts(self, path: str) -> None:
        """Want the parts of a form that may be left out."""
        words = path.split(".")
        for end in range(1, len(words)):
            box = self.page.locator(f'[name="{".".join(words[:end])}._filled"]')
            if box.count() and not box.is_checked():
                box.check()

    def _fill(self, path: str, value: Any) -> bool:
        """Fill in one field; False when the form has none of that name."""
        one = self.page.locator(f'[name="{path}"], [name="{path}._file"]').first
        several = self.page.locator(f'input[type=checkbox][name="{path.rpartition(".")[0]}"][value="{value}"]')
        if not one.count():
            if several.count():
                several.check()
            return bool(several.count())
        kind = one.evaluate("field => field.type")
        if kind == "checkbox":
            one.set_checked(bool(value))
        elif kind == "file":
            one.set_input_files(value)
        elif kind == "select-one":
            one.select_option(str(value))
        else:
            one.fill(str(value))
        return True

    def _add_row(self, path: str) -> None:
        """Press the button that adds a row to the list a name belongs to."""
        words = path.split(".")
        ends = [end for end, word in enumerate(words) if word.isdigit()]
        for end in reversed(ends):
            more = self.page.locator(f'button[name="_more"][value="{".".join(words[:end])}"]')
            if more.count():
                with self.page.expect_navigation():
                    more.click()
                return
        raise AssertionError(f"{self.page.url} has no field {path}")

    def options(self) -> dict[str, list[list[str]]]:
        """What the form offers to choose from, by the name of the field without the numbers of rows."""
        found = self.page.evaluate("""() => [
          ...[...document.querySelectorAll('main select')].flatMap(select => [...select.options]
            .filter(option => option.value).map(option => [select.name, option.value, option.textContent])),
          ...[...document.querySelectorAll('main input[type=checkbox][value]')]
            .map(box => [box.name, box.value, box.parentElement.textContent])]""")
        offered: dict[str, list[list[str]]] = {}
        for name, value, label in found:
            rows = offered.setdefault(re.sub(r"\.\d+(?=\.|$)", "", name), [])
            if [value, label.strip()] not in rows:
                rows.append([value, label.strip()])
        return offered

    def refusal(self) -> tuple[str, str] | None:
        """The code and the words of a refusal, when the page is one."""
        code = self.page.locator("main [data-code]")
        if not code.count():
            return None
        words = self.page.locator("main .alert-danger, main .refusal").first.inner_text()
        return str(code.first.get_attribute("data-code")), words


def flattened(given: Any, path: str = "") -> list[tuple[str, Any]]:
    """Nested values as (name of the field, value)."""
    if isinstance(given, Mapping):
        inner = list(given.items())
    elif isinstance(given, list):
        inner = [(str(number), one) for number, one in enumerate(given)]
    else:
        return [(path, given)]
    return [pair for key, one in inner for pair in flattened(one, f"{path}.{key}".strip("."))]


def small_file(directory: Path, name: str) -> str:
    """A small text file to be uploaded."""
    path = directory / name
    path.write_text(f"演示文件：{name}", encoding="utf-8")
    return str(path)
