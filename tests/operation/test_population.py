"""Copies of one real act: a log that verifies, numbers without gaps, work lists that hold what they should."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from jianheng import verifier
from jianheng.config import cast, registers
from jianheng.config.bench import population
from jianheng.services.ledger import export, sequencer
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

MATTERS = 400


@pytest.fixture
def grown(transactional_db: None, settings, tmp_path: Path) -> Path:  # type: ignore[no-untyped-def]
    """Four hundred matters, sealed and exported."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    registers.load_courts()
    cast.make(tmp_path / "accounts.json")
    population.grow(MATTERS)
    while sequencer.run_once(timezone.now()):
        pass
    export.export(tmp_path / "export")
    return tmp_path / "export"


def test_the_copies_verify_and_each_court_finds_its_own(grown: Path) -> None:
    assert population.size() == MATTERS
    assert verifier.main([str(grown)]) == 0
    _every_matter_is_whole()
    _the_busiest_holds_a_tenth()


def _every_matter_is_whole() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) from procedures_matter m where
                 (select count(*) from procedures_actrecord a where a.matter_id = m.id) <> m.acts
                 or (select count(*) from procedures_workitem i where i.matter_id = m.id and i.closed_at is null) <> 1
                 or (select count(*) from entrustment_entrustment e where e.matter_id = m.id) <> 1
                 or not exists (select from procedures_actrecord a join ledger_entry l on l.id = a.entry
                                where a.matter_id = m.id and l.matter_id = m.id)"""
        )
        assert cursor.fetchone() == (0,)


def _the_busiest_holds_a_tenth() -> None:
    today = timezone.localdate()
    judge = people.actor_of_login("judge", today=today)
    assert judge is not None
    held = procedures.work_list(judge, today=today)

    assert abs(held.total - MATTERS / population.SHARE_OF_ONE) <= 2
    row = held.rows[0]
    assert procedures.find(judge, text=row.reference)[0].id == row.matter_id
    assert procedures.matter(row.matter_id, judge).acts == 1


def test_the_same_seed_gives_the_same_people_and_days() -> None:
    import random

    pattern = population.Pattern(
        {}, "%(case)s", "%(case)s", _words(), (population.Court(7, "吉0101"),), population.Court(1, "吉0199")
    )

    once, again = (population.fill(pattern, 42, random.Random(5)) for _ in range(2))

    assert once == again


def _words() -> dict[str, frozenset[str]]:
    return {text: frozenset({text}) for text in (*population.PEOPLE, *population.CAUSES, "fixed")}
