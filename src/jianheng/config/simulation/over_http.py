"""The same run over HTTP: staff by their organisation's token, parties by the public pages, time still virtual.

Whoever asks over HTTP gets the server's time. So the server is a thread of this process, on the run's own connection,
and while it serves, :func:`django.utils.timezone.now` tells the run's time: a clock that no other platform has.
What is asked of the server is what any client asks: calls with a bearer token and a key, forms behind a code by SMS.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.signals import request_finished, request_started
from django.db import DEFAULT_DB_ALIAS, close_old_connections, connections
from django.utils import timezone

from jianheng.config.rehearsal.over_http import Client, PartyBrowser
from jianheng.config.rehearsal.script import Done
from jianheng.config.simulation.world import SIDES, VirtualTime
from jianheng.config.wsgi import application
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


class SideBrowser(PartyBrowser):
    """A party on the public pages; the text with the code is read where it waits to be sent."""

    def messages(self) -> list[Mapping[str, Any]]:
        """The newest texts."""
        return notices.messages(limit=20)


class _Silent(WSGIRequestHandler):
    def log_message(self, *told: object) -> None:
        """A run shows its own progress."""


class OverHttp(VirtualTime):
    """The driver whose acts, choices and uploads go over HTTP."""

    base = ""
    clients: dict[str, Client]

    @contextmanager
    def working(self) -> Iterator[None]:
        """Serve the platform under the run's clock."""
        usual, own, self.clients = timezone.now, connections[DEFAULT_DB_ALIAS], {}
        server = make_server("127.0.0.1", 0, application, handler_class=_Silent)
        self.base = f"http://127.0.0.1:{server.server_port}"

        def serve() -> None:
            connections[DEFAULT_DB_ALIAS] = own
            server.serve_forever()

        serving = threading.Thread(target=serve, daemon=True)
        refusals = logging.getLogger("django.request")
        refusals.setLevel(logging.ERROR)  # what is refused is counted by the run
        own.inc_thread_sharing()
        for signal in (request_started, request_finished):  # the run's connection outlives a request
            signal.disconnect(close_old_connections)
        timezone.now = lambda: self.now
        try:
            serving.start()
            yield
        finally:
            server.shutdown()
            server.server_close()
            serving.join()
            timezone.now = usual
            refusals.setLevel(logging.NOTSET)
            for signal in (request_started, request_finished):
                signal.connect(close_old_connections)
            own.dec_thread_sharing()

    def act(self, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act: a call of the interface, or a party's form."""
        if who in SIDES:
            assert matter_id is not None
            self._browser(who).act(matter_id, act, given)
            last = procedures.timeline(matter_id, people.PLATFORM)[-1]
            return Done(matter_id, last.seq, last.outcome, ())
        return self._client(who).act(procedure, act, matter_id, given)

    def options(self, who: str, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """Choices by field; what a party's form offers is read in process."""
        if who in SIDES:
            return super().options(who, procedure, act, matter_id)
        return self._client(who).choices(procedure, act, matter_id)

    def upload(self, who: str, name: str) -> str:
        """Bring a small text file; a party's is kept as its form keeps one that was sent before."""
        if who in SIDES:
            return super().upload(who, name)
        return self._client(who).upload(name, f"演示文件：{name}".encode())

    def _client(self, who: str) -> Client:
        """The client of somebody's organisation."""
        if who not in self.clients:
            post = self.actor(who).posts[0]
            person = self.actor(who).person_id
            assert person is not None
            token = people.issue_token(
                organisation_id=post.organisation_id, person_id=person, label="模拟", now=self.now, days=None
            )
            self.clients[who] = Client(self.base, token)
        return self.clients[who]

    def _browser(self, side: str) -> SideBrowser:
        """A browser that a side has just signed in with; sessions do not outlast the weeks between two acts."""
        assert self.root_id is not None
        phone = next(party["phone"] for party in people.parties_of(self.root_id) if party["side"] == side)
        return SideBrowser(self.base, root_id=self.root_id, phone=phone)
