"""Stored XSS: markup in every text of every act, looked at in Chromium on every page that shows it.

The pages come from the application in this process, with the headers they are served with; the browser runs them as
it would run anybody's. Nothing may open a dialog, become an element, or be stopped by the content security policy:
that wall stays unused.
"""

from __future__ import annotations

import contextvars
import mimetypes
import os
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from jianheng.config.rehearsal.script import Refused
from jianheng.services.documents.models import Document
from jianheng.services.people.models import Account, PartyPass
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import Matter
from tests.bad_input.test_characters import leaves, spoilt

# The browser's driver keeps an event loop in this thread; the database is asked in the same thread, one after the other.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
MARK = "<img src=x onerror=alert(1)>"
LONG = f"{MARK}</textarea></title></option><script>alert(2)</script>\"'><svg onload=alert(3)><a href=javascript:alert(4)>y</a>"
INJECTED = "img[onerror], svg[onload], script:not([src], [type='application/json']), a[href^='javascript:'], [onclick], iframe, object, embed, base"
BASE = "http://127.0.0.1"
AT_MOST_CODES = 3  # texts of one act that are codes to the rules
LOOK = """wrong => [
  [...document.querySelectorAll(wrong)].map(one => one.outerHTML),
  document.documentElement.innerText + [...document.querySelectorAll("input, textarea")].map(one => one.value),
]"""


class Reader:
    """Somebody's browser; every page it opens is judged."""

    def __init__(self, chromium: Browser, client: Client) -> None:
        self.client, self.faults, self.shown = client, [], 0  # type: ignore[var-annotated]
        self.inside = contextvars.copy_context()  # where the test's own transaction is seen
        self.page: Page = chromium.new_page(locale="zh-CN")
        self.page.add_init_script("window.setTimeout = () => 0")  # no page is looked at twice by itself
        self.page.on("dialog", self._dialog)
        self.page.on("console", lambda told: self._note(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))
        self.page.route("**/*", self._answer)
        self.given: dict[str, Any] | None = None

    def _note(self, text: str) -> None:
        if "Failed to load resource" not in text:
            self.faults.append(f"{self.page.url}: {text}")

    def _dialog(self, dialog: Any) -> None:
        self._note(f"dialog {dialog.message}")
        dialog.dismiss()

    def _answer(self, route: Route) -> None:
        path = route.request.url.removeprefix(BASE)
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/").partition("?")[0])
            kind = mimetypes.guess_type(path)[0] or "text/plain"
            route.fulfill(body=Path(str(found)).read_bytes() if found else b"", content_type=kind)
            return
        if not route.request.is_navigation_request():
            self._note(f"asked for {path}")
        answer = self.inside.run(self._asked, path)
        route.fulfill(status=answer.status_code, headers=dict(answer.headers.items()), body=answer.content)

    def _asked(self, path: str) -> Any:
        if self.given is not None:
            return self.client.post(path, self.given, follow=True)
        return self.client.get(path, follow=True)

    def open(self, path: str, given: dict[str, Any] | None = None) -> None:
        """Look at a page, or at the answer to a form."""
        self.given = given
        self.page.goto(BASE + path)
        injected, text = self.page.evaluate(LOOK, INJECTED)
        if injected:
            self._note(f"elements injected: {injected}")
        self.shown += MARK in text


@pytest.fixture
def reader(chromium: Browser, cast) -> Iterator[Any]:  # type: ignore[no-untyped-def]
    """``reader("judge")``, ``reader("applicant", root_id)``, ``reader()``: each opened once, closed after the test."""
    opened: dict[str, Reader] = {}

    def open_one(who: str = "", root_id: int = 0) -> Reader:
        if who not in opened:
            client = Client(raise_request_exception=False)
            if who in cast:
                client.post("/accounts/login/", {"login": who, "password": cast[who]["password"]})
                client.post("/accounts/reauthenticate/", {"password": cast[who]["password"]})  # as before a token
            elif who:
                session = client.session
                session["party_pass"] = PartyPass.objects.get(root_id=root_id, side=who).pk
                session.save()
            opened[who] = Reader(chromium, client)
        return opened[who]

    open_one.all = opened  # type: ignore[attr-defined]
    yield open_one
    for one in opened.values():
        one.page.close()


def marked(model: Any, given: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """An input with markup after every text that takes it, and the number of those."""
    count = 0
    for place, usual in leaves({**dict.fromkeys(model.model_fields.keys() - given.keys(), ""), **given}):
        for markup in (LONG, MARK) if isinstance(usual, str) else ():
            changed = spoilt({**{str(place[0]): ""}, **given}, place, usual + markup)
            try:
                procedures.read(model, changed)
            except procedures.InputError:
                continue
            given, count = changed, count + 1
            break
    return given, count


def done_with_markup(case: Any) -> int:
    """Do the next step with markup in as many of its texts as the rules allow; the number of texts.

    A text that is a code to the rules, such as a category, refuses the act: it is done with that text as it should be.
    """
    step = case.left[0]
    if "does" not in step or "refused" in step:
        case.next_step()
        return 0
    procedure, _, act = step["does"].partition(".")
    who, proper = case.given(step["does"])
    given, count = marked(procedures.implementation(procedure, act).given, proper)
    matter_id = case.newest(procedure) if case.play.root_id else None
    changed = [name for name in given if given[name] != proper.get(name)]
    for left_out in (names for size in range(AT_MOST_CODES + 1) for names in combinations(changed, size)):
        kept = {name: value for name, value in given.items() if name not in left_out}
        as_proper = {name: proper[name] for name in left_out if name in proper}
        try:
            done = case.driver.act(who, procedure, act, matter_id, kept | as_proper)
        except Refused:
            continue
        case.left.pop(0)
        case.play.root_id = case.play.root_id or done.matter_id
        return count - len(left_out)
    case.next_step()
    return 0


def test_markup_in_any_text_of_any_act_is_shown_as_typed_on_every_page(reader, played, cast) -> None:
    case = played(before="entrustment.request")
    case.driver.root_id = None
    typed = done_with_markup(case)
    while case.left:
        step = case.left[0]
        if "does" in step and "refused" not in step:
            procedure, _, act = step["does"].partition(".")
            who = case.play.who(step["who"])
            reader(who, case.root_id).open(f"/desk/matters/{case.newest(procedure)}/acts/{act}/")
        typed += done_with_markup(case)
    everything_shown(case, reader)

    looked = reader.all.values()
    assert [fault for one in looked for fault in one.faults] == []
    assert typed > 60
    assert sum(one.shown for one in looked) > 60


def everything_shown(case: Any, reader: Any) -> None:
    """The pages of the case for everybody in it."""
    chosen = case.play.who("intake@chosen").rpartition("-")[2]
    staff = ["judge", "tech", "leader", f"intake-{chosen}", f"head-{chosen}", f"appraiser1-{chosen}"]
    for who in (*staff, "applicant", "respondent"):
        looking = reader(who, case.root_id)
        for matter in Matter.objects.filter(root_id=case.root_id):
            looking.open(f"/desk/matters/{matter.pk}/")
        for page in ("/desk/", "/desk/matters/", "/desk/inbox/", "/desk/account/", "/progress/"):
            looking.open(page)
        looking.open(f"/desk/matters/{case.newest('selection')}/draw/")
        paper = Document.objects.filter(matter_id=case.root_id).first()
        looking.open(f"/desk/matters/{case.root_id}/documents/{paper.pk}/")
    for code in Document.objects.exclude(code="").values_list("code", flat=True)[:5]:
        reader().open(f"/verify/{code}/")
    reader("regulator").open("/oversight/")


def test_markup_in_what_is_searched_asked_or_refused_is_shown_as_typed(reader, played, cast) -> None:
    case = played(before="entrustment.screen")
    visitor, judge = reader(), reader("judge")
    for path in (
        "/institutions/?q=",
        "/institutions/?on=",
        "/verify/?code=",
        "/rules/?q=",
        "/verify/",
        "/nothing/",
        "/",
    ):
        visitor.open(path + LONG.replace("/", "%2F"))
    for path in (
        "/desk/matters/?q=",
        "/desk/?after=",
        "/desk/?node=",
        "/desk/matters/?procedure=",
        "/accounts/login/?next=",
    ):
        judge.open(path + LONG.replace("/", "%2F"))
    model = procedures.implementation("entrustment", "request").given
    judge.open(
        "/desk/begin/entrustment/",
        dict.fromkeys(model.model_fields, LONG) | {"_key": LONG, "_seen": LONG, "_more": LONG},
    )
    judge.open("/desk/begin/entrustment/", dict.fromkeys(model.model_fields, LONG) | {"_key": LONG})
    judge.open(
        f"/desk/matters/{case.root_id}/acts/screen/", {"decision": LONG, "reason": LONG, "_key": LONG, "_seen": LONG}
    )
    judge.open("/desk/account/", {"label": MARK, "organisation": str(case.actor("judge").posts[0].organisation_id)})
    visitor.open("/progress/", {"number": LONG, "phone": LONG})
    visitor.open("/progress/", {"number": LONG, "phone": LONG, "code": LONG})
    visitor.open("/accounts/login/", {"login": LONG, "password": LONG})

    assert [fault for one in reader.all.values() for fault in one.faults] == []
    assert sum(one.shown for one in reader.all.values()) > 5


def test_markup_in_the_names_of_people_and_bodies_is_shown_as_typed(reader, played, cast) -> None:
    person = Account.objects.get(username="judge").person
    person.name = f"法官{MARK}"
    person.save()
    for post in person.posts.select_related("organisation"):
        post.organisation.name = f"示例法院{MARK}"
        post.organisation.save()
    judge = reader("judge")

    for page in ("/desk/", "/desk/account/", "/desk/begin/entrustment/", "/accounts/sessions/", "/accounts/2fa/"):
        judge.open(page)

    assert judge.faults == []
    assert judge.shown > 0


def test_the_browser_would_have_told(chromium: Browser) -> None:
    """The judge itself judged: a page that does not escape is found out, by policy and by element."""

    class Careless:
        def get(self, path: str, **named: Any) -> Any:
            answer = HttpResponse(f"<!doctype html><title>x</title><p>{LONG}</p>")
            answer["Content-Security-Policy"] = "default-src 'none'"
            return answer

    found = Reader(chromium, Careless())  # type: ignore[arg-type]
    found.open("/")
    found.page.close()

    assert any("elements injected" in fault for fault in found.faults)
    assert any("Content Security Policy" in fault for fault in found.faults)
