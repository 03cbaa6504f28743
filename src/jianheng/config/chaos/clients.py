"""Clients that do not give up: every call is sent again, under the same key, until it is answered.

A call goes again after a broken connection, a time-out, half an answer or a 5xx; a 4xx is an answer. What a POST
meant and what it was told goes into the :class:`Journal`.
"""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from jianheng.config.chaos.journal import ACKNOWLEDGED, REFUSED, UNANSWERED, Gate, Intention, Journal
from jianheng.config.rehearsal.over_http import TRANSIENT, Client, OverHttp, PartyBrowser
from jianheng.config.rehearsal.script import Done, Refused

PATIENCE_SECONDS = 120.0  # after which a call counts as not answered at all
CLOCK_PATIENCE_SECONDS = (
    8.0  # a matter acted on while the clock was ahead has to wait that long: another case is begun
)
TIMEOUT_SECONDS = 15.0
PAUSE_SECONDS = 0.25
ASKED_TO_WAIT = TRANSIENT | {"CLOCK_WENT_BACK", "STORAGE_FULL"}
TROUBLE = 500
BROKEN = (OSError, http.client.HTTPException, ValueError)  # ValueError: half an answer is no JSON and no UTF-8


class UnansweredError(Exception):
    """Nobody answered for as long as a client waits."""


class ClockAheadError(Exception):
    """The matter waits until the clock has caught up with its last act."""


class DrawnTooLateError(Exception):
    """The announcement of a draw was not under the log before its round: it is to be announced anew."""


class Patience:
    """How one client goes on trying."""

    journal: Journal
    gate: Gate
    refused_in = ""  # the media type of refusals, where there is but one

    def until_answered(self, once: Callable[[], Any], *, path: str, intention: Intention | None = None) -> Any:
        """The answer to a call, however often it has to be sent; raises :class:`Refused` for a 4xx."""
        waited = 0.0
        while True:
            with self.gate:  # the time before it is nobody's fault
                started = time.monotonic()
                if intention is not None:
                    intention.attempts, intention.sent_at = intention.attempts + 1, started
                try:
                    return once()
                except urllib.error.HTTPError as error:
                    why = self._heard(error, path)
                except BROKEN as error:
                    why = type(getattr(error, "reason", error)).__name__
            self.journal.trouble(why)
            waited += time.monotonic() - started + PAUSE_SECONDS
            if why == "CLOCK_WENT_BACK" and waited > CLOCK_PATIENCE_SECONDS:
                raise ClockAheadError(path)
            if waited > PATIENCE_SECONDS:
                raise UnansweredError(f"{path}: {why}")
            time.sleep(PAUSE_SECONDS)

    def _heard(self, error: urllib.error.HTTPError, path: str) -> str:
        """Why a call goes again; raises :class:`Refused` when it does not."""
        kind = error.headers.get("Content-Type") or ""
        try:
            content = error.read()
            problem = json.loads(content) if "json" in kind else {}
            page = content.decode()
        except BROKEN as broken:
            return type(broken).__name__
        code = problem.get("code") or next(iter(re.findall(r'data-code="([A-Z_]+)"', page)), "")
        if error.code == TROUBLE:
            self.journal.fault(f"{path} was answered 500 {code} {problem.get('instance', '')}".rstrip())
        if not problem and not whole(page):
            return "half an answer"
        if self.refused_in not in kind:
            self.journal.fault(f"{path} was answered {error.code} in {kind}")
        if error.code >= TROUBLE or code in ASKED_TO_WAIT:
            return code or str(error.code)
        raise Refused(code, problem["detail"]) if problem else PageError(error, content)


def whole(page: str) -> bool:
    """Whether nothing of a page was cut off: what breaks off within its head looks like an empty page."""
    return page.rstrip().endswith("</html>")


class PageError(Exception):
    """A page said no; its content is read once."""

    def __init__(self, error: urllib.error.HTTPError, content: bytes) -> None:
        self.error, self.content = error, content
        super().__init__(str(error))


class PatientClient(Client, Patience):
    """An organisation's client that goes on trying."""

    refused_in = "application/problem+json"

    def call(
        self, method: str, path: str, *, body: bytes | None = None, kind: str = "application/json", seen: str = ""
    ) -> Any:
        """One call, sent until it is answered; a POST is written into the journal first."""
        key = str(uuid.uuid4())
        request = self.request(method, path, body=body, kind=kind, key=key, seen=seen)

        def once() -> Any:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - our own server
                return json.loads(answer.read())  # whatever is not whole is no JSON

        if method != "POST":
            return self.until_answered(once, path=path)
        intention = self.journal.intend(key, "file" if path == "/files" else "act", path)
        return noted(self.journal, intention, lambda: self.until_answered(once, path=path, intention=intention))

    def post(self, path: str, given: Mapping[str, Any], *, seen: str = "") -> Any:
        """POST JSON; where the platform asks for a moment's patience, it is the same call again."""
        return self.call("POST", path, body=json.dumps(given, ensure_ascii=False).encode(), seen=seen)


def noted(journal: Journal, intention: Intention, do: Callable[[], Any]) -> Any:
    """Do something and write down how it ended."""
    try:
        told = do()
    except Refused as refused:
        journal.ended(intention, REFUSED, {"code": refused.code})
        raise
    except ClockAheadError:
        journal.ended(intention, REFUSED, {"code": "CLOCK_WENT_BACK"})
        raise
    except UnansweredError as error:
        journal.ended(intention, UNANSWERED, {"why": str(error)})
        raise
    journal.ended(intention, ACKNOWLEDGED, told if isinstance(told, Mapping) else {})
    return told


class PatientBrowser(PartyBrowser, Patience):
    """A party that reloads, sends the same form again, and signs in again where its session was lost."""

    SIGN_INS = 6
    said: Mapping[str, str] | None = None

    def enter(self, said: Mapping[str, str]) -> None:
        """Sign in; a code that was taken while the answer got lost is asked for anew."""
        self.said = None  # meanwhile a sign-in page is no reason to sign in
        for _ in range(self.SIGN_INS):
            try:
                super().enter(said)
                self.said = said
                return
            except Refused as refused:
                why = refused
        raise UnansweredError(f"could not sign in: {why}")

    def open(self, request: urllib.request.Request) -> str:
        """The page that answers, in the end; a session that ended (the clock was ahead) is begun again."""
        signed_out = False

        def once() -> str:
            nonlocal signed_out
            request.redirect_dict = {}  # type: ignore[attr-defined]  # urllib counts over all tries, and gives up
            with self.opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                page = str(answer.read().decode())
                signed_out = "/accounts/login/" in answer.geturl()
            if request.data and "/acts/" in request.selector and not signed_out and "已办理" not in page:
                raise ValueError("the page does not say that it was done: the cookie that would was cut off")
            if not whole(page) and not page.endswith("}"):  # the outbox is JSON
                raise ValueError("half a page")
            return page

        try:
            page = str(self.until_answered(once, path=request.selector))
            if signed_out and self.said is not None:
                self.enter(self.said)
                return self.open(request)
            return page
        except PageError as refused:
            content = refused.content
            refused.error.read = lambda *_: content  # type: ignore[method-assign]  # it was read already
            raise refused.error from refused

    def act(self, matter_id: int, act: str, given: Mapping[str, Any], *, key: str = "") -> None:
        """Do an act by its form, under one key."""
        key = key or str(uuid.uuid4())
        intention = self.journal.intend(key, "act", f"/desk/matters/{matter_id}/acts/{act}/")
        once = super().act
        noted(self.journal, intention, lambda: once(matter_id, act, given, key=key))


class PatientDriver(OverHttp):
    """Plays scenarios with clients that go on trying."""

    looks_for_a_pulse = 600  # a worker that was killed comes back, and a round named by a clock ahead falls late

    def __init__(
        self, base: str, accounts: list[dict[str, Any]], *, phones: Mapping[str, str], journal: Journal, gate: Gate
    ) -> None:

        class ThisClient(PatientClient):
            pass

        class ThisBrowser(PatientBrowser):
            pass

        ThisClient.journal = ThisBrowser.journal = journal
        ThisClient.gate = ThisBrowser.gate = gate
        self.client, self.browser = ThisClient, ThisBrowser
        super().__init__(base, accounts, phones=phones)

    def pulse(self, matter_id: int) -> Done:
        """The round falls. Faults that keep the log from being signed for long make an announcement late, by rule."""
        done = super().pulse(matter_id)
        if done.outcome == "late":
            raise DrawnTooLateError(matter_id)
        return done
