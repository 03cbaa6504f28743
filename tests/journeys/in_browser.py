"""The third driver of scenarios: everybody clicks and fills in the pages; only the looking-up goes by the interface."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from jianheng.config.rehearsal.over_http import PATIENCE_SECONDS, TRANSIENT, OverHttp
from jianheng.config.rehearsal.script import Done, Refused
from tests.journeys.gallery import Gallery
from tests.journeys.window import Window, small_file


class InBrowser(OverHttp):
    """Plays with one browser context a person; those not in ``people`` (None: everybody) act by the interface."""

    def __init__(
        self,
        base: str,
        accounts: list[dict[str, Any]],
        *,
        phones: Mapping[str, str],
        chromium: Browser,
        device: str,
        gallery: Gallery,
        files: Path,
        people: set[str] | None = None,
    ) -> None:
        super().__init__(base, accounts, phones=phones)
        self.secrets = {account["login"]: (account["password"], account["phrase"]) for account in accounts}
        self.chromium, self.device, self.gallery, self.files, self.people = chromium, device, gallery, files, people
        self.windows: dict[str, Window] = {}
        self.known: list[Mapping[str, Any]] | None = None

    def clicks(self, who: str) -> bool:
        """Whether somebody works in a browser."""
        return self.people is None or who in self.people

    def window(self, who: str) -> Window:
        """The browser of a login or a side, signed in once."""
        if who not in self.windows:
            window = Window(self.chromium, self.base, device=self.device, gallery=self.gallery)
            if who in self.phones:
                assert self.root_id is not None
                window.enter_as_party(root_id=self.root_id, phone=self.phones[who])
            else:
                window.sign_in(who, *self.secrets[who])
            self.windows[who] = window
        return self.windows[who]

    def open(self, who: str, procedure: str, act: str, matter_id: int | None) -> Window:
        """Walk to the form of an act and look at what lies on the way."""
        window, path = self.window(who), f"/desk/matters/{matter_id}/acts/{act}/"
        if matter_id is None:
            path = f"/desk/begin/{procedure}/"
            window.see("work-list-empty")
        elif who in self.phones:
            self._to_my_case(window)
        else:
            self._to_matter(window, matter_id)
            window.see(f"matter-{procedure}")
        button = window.page.locator(f'a[href="{path}"]').first
        if button.count():
            button.click()
        else:
            window.visit(path)
        window.confirm_identity()
        return window

    def _to_my_case(self, window: Window) -> None:
        window.visit("/progress/")
        window.see("my-case")

    def _to_matter(self, window: Window, matter_id: int) -> None:
        """Stay where the last act left this person; else go by the work list."""
        here = f"/desk/matters/{matter_id}/"
        if window.page.url.partition("#")[0] == f"{self.base}{here}":
            return
        window.visit("/desk/")
        waiting = window.page.locator(f'main a[href="{here}"]').first
        if waiting.count():
            window.see("work-list")
            waiting.click()
        else:
            window.visit(here)

    def act(self, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act by its form, confirming where it asks."""
        self.known = None
        if not self.clicks(who):
            return super().act(who, procedure, act, matter_id, given)
        before = self._papers(who, matter_id)
        window = self._at_form(who, procedure, act, matter_id)
        window.fill(given)
        window.see(f"{procedure}-{act}".replace("_", "-"))
        self._send(window)
        done = window.page.url.partition("#act-")[2]
        if matter_id is None:
            matter_id = self.root_id = int(window.page.url.partition("/matters/")[2].split("/")[0])
        told = self.clients["judge"].call("GET", f"/matters/{matter_id}/timeline")
        last = next(one for one in reversed(told) if (str(one["seq"]) == done if done else one["act"] == act))
        papers = [kind for number, kind in self._papers(who, matter_id).items() if number not in before]
        return Done(matter_id, last["seq"], last["outcome"], tuple(papers))

    def pulse(self, matter_id: int) -> Done:
        """The platform acts by itself: what was known before is known no more."""
        self.known = None
        return super().pulse(matter_id)

    def _at_form(self, who: str, procedure: str, act: str, matter_id: int | None) -> Window:
        """The form, already open when its choices have just been read."""
        window = self.windows.get(who)
        wanted = f"/desk/begin/{procedure}/" if matter_id is None else f"/desk/matters/{matter_id}/acts/{act}/"
        if window is not None and window.page.url == f"{self.base}{wanted}":
            return window
        return self.open(who, procedure, act, matter_id)

    def _send(self, window: Window) -> None:
        """Submit, confirm, and wait where the platform asks for a moment's patience."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            window.give_phrase()
            window.submit()
            if window.page.locator('[name="_sure"]').count() and not window.refusal():
                window.see("confirm")
                window.give_phrase()
                window.submit()
            if (refused := window.refusal()) is None:
                return
            if refused[0] not in TRANSIENT or time.monotonic() > deadline:
                window.see("refused")
                raise Refused(*refused)
            time.sleep(0.3)

    def _papers(self, who: str, matter_id: int | None) -> dict[int, str]:
        """The papers of a matter that somebody may see: id → kind."""
        if matter_id is None or who in self.phones:
            return {}
        return {one["id"]: one["kind"] for one in self.clients[who].call("GET", f"/matters/{matter_id}/documents")}

    def family(self, root_id: int) -> list[Mapping[str, Any]]:
        """The matters of the case; nothing changes between two acts."""
        if self.known is None:
            self.known = super().family(root_id)
        return self.known

    def options(self, who: str, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """Choices by field, read from the form."""
        if not self.clicks(who):
            return super().options(who, procedure, act, matter_id)
        return self.open(who, procedure, act, matter_id).options()

    def upload(self, who: str, name: str) -> str:
        """A file to be chosen in the form."""
        return small_file(self.files, name) if self.clicks(who) else super().upload(who, name)
