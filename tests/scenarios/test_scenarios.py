"""Every scenario file goes as written, in process, on a day with a known calendar; together they play every act."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from jianheng.config import cast
from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from jianheng.services.procedures import api as procedures

FILES = sorted(SCENARIOS.glob("*.yaml"))
FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

# Acts that no scenario plays, each with why: an entry here is a gap that somebody decided to leave.
LEFT_OUT: dict[str, str] = {
    "selection.draw.late": "needs a log that stood still for ten minutes: tests/attacks/test_draw_acts.py",
}

_played: dict[Path, frozenset[str]] = {}


def play(path: Path, home: Path) -> frozenset[str]:
    """Play a file; what was done in it, as "procedure.act.outcome", by people and by the platform."""
    cast.make(home / "accounts.json", now=FIRST_DAY, keys=True)
    Play(InProcess(now=FIRST_DAY)).run(read(path))
    with connection.cursor() as cursor:
        cursor.execute("""
            select distinct concat_ws('.', m.procedure, a.code, a.outcome)
            from procedures_actrecord a join procedures_matter m on m.id = a.matter_id""")
        _played[path] = frozenset(name for (name,) in cursor.fetchall())
    return _played[path]


def everything_played(home: Path) -> frozenset[str]:
    """What all files together do; those not played in this run yet are played now."""
    for path in FILES:
        if path not in _played:
            apart = transaction.atomic()  # each on the same first day, so in a log of its own
            apart._from_testcase = True  # the sequencer's own transaction may be inside
            with apart:
                play(path, home)
                transaction.set_rollback(True)
            (home / "accounts.json").unlink()
    return frozenset().union(*_played.values())


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_scenario_goes_as_written(path, tmp_path) -> None:
    assert play(path, tmp_path)


@pytest.mark.django_db
def test_every_declared_act_with_every_outcome_is_played_by_some_scenario(tmp_path) -> None:
    declared = {
        f"{procedure.code}.{act.code}.{outcome}"
        for procedure in procedures.procedures()
        for act in procedure.acts
        for outcome in act.outcomes
    }

    assert "\n".join(sorted(declared - everything_played(tmp_path))) == "\n".join(sorted(LEFT_OUT))
