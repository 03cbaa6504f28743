"""A clock was hours ahead: two operators state it and everybody goes on; nobody moves a date by it unseen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from jianheng import verifier
from jianheng.config import cli
from jianheng.config.bench.acts import ITEM
from jianheng.desks.exchange.schemas import ProofOut
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.ledger.clocks import KIND
from jianheng.services.ledger.models import Held
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db
FIVE_HOURS, MINUTE = timedelta(hours=5), timedelta(minutes=1)


class Ahead:
    """A case in which one act was done while the clock was five hours ahead, and the clock is right again."""

    def __init__(self, case: Any) -> None:
        self.case, self.now = case, case.now
        while sequencer.run_once(self.now):
            pass
        self.act = UUID(self.add(at=self.now + FIVE_HOURS).entry)
        self.seal()

    def add(self, *, at: datetime) -> procedures.Receipt:
        """A material enters the file."""
        judge = self.case.actor("judge")
        return procedures.perform(self.case.root_id, act="add_material", by=judge, given=ITEM, now=at)

    def seal(self) -> int:
        """The sequencer runs a moment later; how many entries it placed."""
        self.now += timedelta(seconds=2)
        return sequencer.run_once(self.now)

    def state(self) -> None:
        """Two operators say so, and what they say is sealed, then what it names."""
        ledger.state_ahead(ground="SET_BY_HAND", by=(1, 2), now=self.now)
        assert self.seal()
        assert self.seal()

    def by_hand(self, **changed: Any) -> UUID:
        """A statement as whoever holds the application's connection would write it."""
        said = {
            "ahead": 5 * 3600,
            "by": [1, 2],
            "entries": [],
            "from": "2026-03-02T00:00:00.000000Z",
            "ground": "SET_BY_HAND",
            "until": "2026-03-03T00:00:00.000000Z",
        } | changed
        made = ledger.entry(KIND, region="000000", matter_id=None, data=said, now=self.now)
        ledger.append(made)
        return made.id

    def verified(self, place: Path) -> verifier.Report:
        """What a stranger finds in an export made now."""
        ledger.export(place / "export")
        return verifier.verify([place / "export"], keys=[ledger.public_key()])


@pytest.fixture
def ahead(played) -> Ahead:
    return Ahead(played(before="entrustment.screen"))


def status(entry: UUID) -> str:
    receipt = ledger.receipt(entry)
    assert receipt is not None
    return str(receipt["status"])


def leaf(entry: UUID) -> str:
    receipt = ledger.receipt(entry)
    assert receipt is not None
    return str(receipt["leaf_hash"])


def name_by_hand(entry: UUID, statement: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into ledger_explained (entry_id, statement_id) values (%s, %s)", [entry, statement])


def test_until_it_is_stated_the_entry_waits_and_its_matter_with_it(ahead) -> None:
    told = ledger.waiting_ahead(ahead.now)

    assert status(ahead.act) == "pending"
    assert told is not None
    assert (told.count, told.until) == (1, ahead.case.now + FIVE_HOURS)
    with pytest.raises(procedures.ClockWentBackError):
        ahead.add(at=ahead.now + MINUTE)


def test_once_stated_the_entry_has_its_place_the_matter_goes_on_and_everybody_reads_why(ahead, tmp_path) -> None:
    ahead.state()
    done = ahead.add(at=ahead.now + MINUTE)
    ahead.now += MINUTE
    assert ahead.seal()

    report = ahead.verified(tmp_path)

    assert not report.problems
    assert [note for note in report.notes if "服务器时钟曾快至多" in note and "不能证明" in note]
    assert done.at < ahead.case.now + FIVE_HOURS
    assert ledger.waiting_ahead(ahead.now) is None


def test_a_step_opened_while_the_clock_was_ahead_is_closed_when_it_is_right_again(played) -> None:
    case = played(before="entrustment.screen")
    while sequencer.run_once(case.now):
        pass
    judge, screening = (
        case.actor("judge"),
        {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"},
    )
    procedures.perform(case.root_id, act="screen", by=judge, given=screening, now=case.now + FIVE_HOURS)
    ledger.state_ahead(ground="TIME_SOURCE", by=(1, 2), now=case.now)
    assert sequencer.run_once(case.now)

    withdrawn = procedures.perform(
        case.root_id, act="withdraw", by=judge, given={"reason": "双方和解"}, now=case.now + MINUTE
    )

    assert withdrawn.at == case.now + MINUTE


def test_the_receipt_of_what_was_stated_carries_the_statement(ahead, tmp_path) -> None:
    ahead.state()
    receipt = ProofOut(**ledger.receipt(ahead.act) or {}).model_dump()  # as the interface gives it
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")

    report = verifier.verify([tmp_path / "receipt.json"], keys=[ledger.public_key()])

    assert not report.problems
    assert [note for note in report.notes if "服务器时钟曾快至多" in note]


@pytest.mark.parametrize("how", ["taken out", "of another entry", "not sealed"])
def test_attack_the_statement_in_a_receipt(ahead, tmp_path, how) -> None:
    ahead.state()
    receipt = ledger.receipt(ahead.act)
    assert receipt is not None
    if how == "taken out":
        del receipt["clock"]
    elif how == "of another entry":
        other = ahead.by_hand(entries=["00" * 32])
        ahead.seal()
        receipt["clock"] = ledger.receipt(other)
    else:
        receipt["clock"] = receipt["clock"] | {"status": "pending"}
    (tmp_path / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")

    report = verifier.verify([tmp_path / "receipt.json"], keys=[ledger.public_key()])

    expected = "ENTRY_TIME_OUTSIDE" if how == "taken out" else "RECEIPT_INVALID"
    assert {one.code for one in report.problems} == {expected}


def test_attack_nothing_waits(ahead) -> None:
    ahead.state()
    with pytest.raises(ledger.NothingAheadError):
        ledger.state_ahead(ground="SET_BY_HAND", by=(1, 2), now=ahead.now)


def test_attack_a_ground_of_ones_own(ahead) -> None:
    with pytest.raises(ledger.ClockGroundError):
        ledger.state_ahead(ground="BECAUSE", by=(1, 2), now=ahead.now)


def test_attack_an_entry_sealed_long_ago_is_stated_to_have_been_ahead(ahead, tmp_path) -> None:
    ahead.by_hand(entries=[leaf(newest_sealed())])
    ahead.seal()

    assert "CLOCK_STATEMENT_WRONG" in {one.code for one in ahead.verified(tmp_path).problems}


def newest_sealed() -> UUID:
    with connection.cursor() as cursor:
        cursor.execute('select entry_id from ledger_leaf order by "index" desc limit 1')
        return UUID(str(cursor.fetchone()[0]))


def test_attack_back_dated_through_a_statement(ahead) -> None:
    """Named by hand in a statement and in the table: it is held all the same."""
    yesterday = ahead.now - timedelta(days=1)
    forged = ledger.entry("test", region="220000", matter_id=None, data={}, now=yesterday)
    ledger.append(forged)
    name_by_hand(forged.id, ahead.by_hand(entries=[forged.leaf_hash.hex()]))
    ahead.seal()
    ahead.seal()

    assert Held.objects.filter(pk=forged.id).exists()
    assert status(forged.id) == "pending"


def test_attack_a_later_entry_slipped_under_a_statement_that_does_not_name_it(ahead) -> None:
    ahead.state()
    with connection.cursor() as cursor:
        cursor.execute("select statement_id from ledger_explained")
        statement = cursor.fetchone()[0]
    forged = ledger.entry("test", region="220000", matter_id=None, data={}, now=ahead.now + timedelta(hours=3))
    ledger.append(forged)
    name_by_hand(forged.id, statement)
    ahead.seal()

    assert status(forged.id) == "pending"


def test_attack_dated_further_ahead_than_was_stated(ahead, tmp_path) -> None:
    """The sequencer is told by hand; the verifier reads what the statement says."""
    name_by_hand(ahead.act, ahead.by_hand(entries=[leaf(ahead.act)], ahead=600))
    ahead.seal()
    ahead.seal()

    assert status(ahead.act) == "sealed"
    found = {one.code for one in ahead.verified(tmp_path).problems}
    assert found == {"CLOCK_STATEMENT_WRONG", "ENTRY_TIME_OUTSIDE"}


def test_attack_a_statement_that_comes_after_what_it_names(ahead, tmp_path) -> None:
    """Signed over by whoever holds the key, with the sequencer's clock ahead: a statement behind it explains nothing."""
    sequencer.run_once(ahead.case.now + FIVE_HOURS)
    ahead.now = ahead.case.now + FIVE_HOURS
    ahead.by_hand(entries=[leaf(ahead.act)])
    ahead.seal()

    assert [one.code for one in ahead.verified(tmp_path).problems] == ["CLOCK_STATEMENT_WRONG"]


@pytest.fixture
def operators(cast) -> dict[str, str]:
    """Two persons who run the platform, with their passwords."""
    body = people.add_organisation(
        region="220000", kind="PLATFORM", name="平台运行中心（示例）", code="", parent_id=None, is_demo=True
    )
    since = datetime(2026, 1, 1).date()
    for login, name in (("op1", "运行甲（示例）"), ("op2", "运行乙（示例）")):
        person = people.add_person(name, is_demo=True)
        people.add_account(login, password_hash=people.hash_password(f"{login} secret"), person_id=person)
        people.add_post(person, organisation_id=body, role="operator", since=since)
    return {"op1": "op1 secret", "op2": "op2 secret"}


def test_two_operators_state_it_by_the_command(operators, monkeypatch, capsys, client) -> None:
    now = timezone.now()
    waits = ledger.entry("test", region="220000", matter_id=None, data={}, now=now + FIVE_HOURS)
    ledger.append(waits)
    monkeypatch.setattr("jianheng.config.commands.ledger.getpass", lambda asked: operators[asked.split()[0]])

    assert client.get("/healthz").json() == {"ok": True, "waiting_for_their_time": 1}
    assert cli.main(["ledger", "clock"]) == 0
    assert "SET_BY_HAND" in capsys.readouterr().out
    assert cli.main(["ledger", "clock", "--ground", "SET_BY_HAND", "--by", "op1", "--by", "op1"]) == 1
    assert cli.main(["ledger", "clock", "--ground", "SET_BY_HAND", "--by", "op1", "--by", "op2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stated"] is True
    assert client.get("/healthz").json() == {"ok": True}
    assert cli.main(["ledger", "clock"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"op1": "op1 secret"},
        {"op1": "op1 secret", "op2": "guessed"},
        {"op1": "op1 secret", "nobody": "op2 secret"},
    ],
)
def test_attack_one_operator_alone(operators, wrong) -> None:
    with pytest.raises(people.TwoOperatorsError):
        people.two_operators(wrong, today=datetime(2026, 3, 2).date())


def test_attack_a_judge_as_the_second_operator(operators, cast) -> None:
    passwords = {"op1": "op1 secret", "judge": cast["judge"]["password"]}
    with pytest.raises(people.TwoOperatorsError):
        people.two_operators(passwords, today=datetime(2026, 3, 2).date())
