"""Plays scenarios through the same doors as the desks, with the day at will."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from jianheng.config import cast
from jianheng.config.rehearsal.script import Done, Refused, ScenarioError
from jianheng.connectors.demonstration.beacon import Beacon
from jianheng.kernel.errors import Refusal
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection import api as selection
from jianheng.services.beacon import api as beacon
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.procedures import api as procedures


class InProcess:
    """The driver of the tests; ``now`` moves a minute with every act."""

    pace = timedelta(minutes=1)

    def __init__(self, *, now: datetime) -> None:
        """``now``: when the play begins, or later, since the log takes nothing older than what it was signed with."""
        sealed_at = ledger.state().sealed_at
        self.now = max(now, sealed_at) if sealed_at else now
        self.root_id: int | None = None
        self.pens: dict[int, personalkeys.Pen] = {}
        if not Path(settings.JIANHENG_BEACON_CHAIN).exists():
            Beacon.ensure(Path(settings.JIANHENG_BEACON_CHAIN).parent)

    def actor(self, who: str) -> people.Actor:
        """The actor behind a login or a side."""
        if who in {"applicant", "respondent"}:
            assert self.root_id is not None
            return people.Actor(name=who, sides=((self.root_id, who),))
        found = people.actor_of_login(who, today=timezone.localdate(self.now))
        if found is None:
            raise LookupError(f"no account {who}")
        return found

    def act(self, who: str, procedure: str, act: str, matter_id: int | None, given: Mapping[str, Any]) -> Done:
        """Do an act, then let the log place it."""
        self.now += self.pace
        by = self.actor(who)
        try:
            pen = self.pen(by)
            if matter_id is None:
                done = procedures.begin(procedure, by=by, given=given, now=self.now, pen=pen)
                self.root_id = done.matter_id
            else:
                done = procedures.perform(matter_id, act=act, by=by, given=given, now=self.now, pen=pen)
        except Refusal as refusal:
            raise Refused.of(refusal) from refusal
        self.place()
        return Done(done.matter_id, done.seq, done.outcome, tuple(paper["kind"] for paper in done.documents))

    def pen(self, by: people.Actor) -> personalkeys.Pen | None:
        """The pen of somebody who has a key, unlocked by the phrase of the demonstration; once a play, for the time it takes."""
        if by.person_id is None or not personalkeys.must_sign(by.person_id, at=self.now):
            return None
        if by.person_id not in self.pens:
            self.pens[by.person_id] = personalkeys.unlock(by.person_id, cast.PHRASE, now=self.now)
        return self.pens[by.person_id]

    def place(self) -> None:
        """Let the log place what was done; a play inside one transaction closes each act's changes as its commit would."""
        ledger.close_batch()
        sequencer.run_once(now=self.now)

    def options(self, who: str, procedure: str, act: str, matter_id: int | None) -> Mapping[str, Any]:
        """Choices by field."""
        if matter_id is None:
            post = procedures.opening_post(procedure, self.actor(who))
            asked = procedures.asking_to_begin(procedure, by=self.actor(who), holder=post.holder, region=post.region)
        else:
            asked = procedures.asking(matter_id, act, by=self.actor(who), now=self.now)
        return asked.choices

    def upload(self, who: str, name: str) -> str:
        """Bring a small text file."""
        content = f"演示文件：{name}".encode()
        return files.upload(
            io.BytesIO(content), name=name, size=len(content), scope=self.actor(who).scope, now=self.now
        )

    def family(self, root_id: int) -> list[Mapping[str, Any]]:
        """The matters of the case."""
        found: list[Mapping[str, Any]] = []
        for row in procedures.family(root_id, people.PLATFORM):
            view = procedures.matter(row.pk, people.PLATFORM, today=timezone.localdate(self.now))
            found.append(
                {
                    "id": row.pk,
                    "procedure": row.procedure,
                    "end": row.end,
                    "open": [item.node.code for item in view.items],
                    "terms": {term.clock: term.due_on.isoformat() if term.due_on else "none" for term in view.terms},
                    "chosen": entrustment.brief(root_id).institution_name,
                }
            )
        return found

    def move_to(self, day: date) -> None:
        """09:00 of a day."""
        self.now = timezone.make_aware(datetime.combine(day, time(9)))

    def pulse(self, matter_id: int) -> Done:
        """The round that is waited for falls: the demonstration's beacon makes its pulse, whatever the clock says."""
        chosen, pulse = beacon.chain(), self._pulse(matter_id)
        self.now = max(self.now, chosen.time_of(pulse.round)) + timedelta(seconds=1)
        beacon.take(pulse, chosen=chosen, by=beacon.title(chosen), now=self.now)
        done = [one for one in selection.conclude_due(self.now) if one.matter_id == matter_id]
        if not done:
            raise ScenarioError("摇号没有结果")
        self.place()
        return Done(matter_id, done[0].seq, done[0].outcome, tuple(paper["kind"] for paper in done[0].documents))

    def pulse_line(self, matter_id: int) -> str:
        """The pulse that is waited for, as a line; its round falls first."""
        pulse = self._pulse(matter_id)
        self.now = max(self.now, beacon.chain().time_of(pulse.round))
        return pulse.line()

    def falls_at(self, matter_id: int) -> datetime:
        """When the round falls that is waited for."""
        return beacon.chain().time_of(self._pulse(matter_id).round)

    def _pulse(self, matter_id: int) -> beacon.Pulse:
        file = selection.draw_file(matter_id)
        if file is None:
            raise ScenarioError("没有等待信标的摇号")
        return Beacon.ensure(Path(settings.JIANHENG_BEACON_CHAIN).parent).pulse(file["announcement"]["round"])

    def lapse(self) -> None:
        """Every clock that has run out."""
        procedures.lapse_due(now=self.now)
        self.place()
