"""The oracle of the fault harness is believed because it sees what was tampered with: each thing it must notice is done here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from jianheng.config.chaos import oracle
from jianheng.config.chaos.journal import ACKNOWLEDGED, REFUSED, Intention, Journal
from jianheng.services.documents import api as documents
from tests.interface.conftest import REQUEST, OrganisationClient

pytestmark = pytest.mark.django_db
SCREENING = {"technique_reliable": True, "decision": "ENTRUST", "reason": "属于专门性问题。"}
TODAY = date(2026, 3, 2)


class Clients:
    """Clients who write down what they were told."""

    def __init__(self, token: str, journal: Journal) -> None:
        self.client, self.journal = OrganisationClient(token), journal

    def post(self, path: str, given: dict[str, Any], *, key: str) -> Intention:
        one = self.journal.intend(key, "act", path)
        answer = self.client.post(path, given, key=key, seen=1)
        self.journal.ended(one, ACKNOWLEDGED if answer.status_code == 201 else REFUSED, answer.json())
        return one


@pytest.fixture
def journal(tmp_path) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.jsonl")
    yield found
    found.close()


@pytest.fixture
def sound(cast, journal, monkeypatch) -> Journal:
    """Three acts acknowledged, one refused, every paper made: nothing to be found."""
    clients = Clients(cast["judge"]["token"], journal)
    for number in (1, 2):
        request = {**REQUEST, "case_number": f"（2026）吉0199民初{number}号"}
        matter_id = clients.post("/entrustment", request, key=f"request-{number}").told["matter_id"]
    clients.post(f"/entrustment/{matter_id}/screen", SCREENING, key="screen")
    clients.post(f"/entrustment/{matter_id}/screen", SCREENING, key="screen-again")
    for (paper,) in rows("select id from documents_document order by id"):
        documents.produce(paper)
    assert found(journal) == []
    return journal


def rows(sql: str, *given: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall() if cursor.description else []


def tampered(sql: str, *given: object) -> None:
    """Change something behind the application's back, triggers and foreign keys notwithstanding."""
    rows("set constraints all immediate")
    rows("set session_replication_role = replica")
    rows(sql, *given)
    rows("set session_replication_role = origin")


def found(journal: Journal) -> list[str]:
    return oracle.findings(journal, today=TODAY)


def test_nothing_is_found_after_a_sound_run_and_everything_asked_for_is_waiting(sound) -> None:
    assert [one.key for one in sound.of(REFUSED)] == ["screen-again"]
    waiting = oracle.unsettled()
    assert any("an entry for the log" in one for one in waiting)
    assert any("documents.produce" in one for one in waiting)
    assert any("an event" in one for one in waiting)


def test_an_acknowledged_act_that_is_lost(sound) -> None:
    tampered("delete from procedures_actrecord where key = 'screen'")

    assert any("was acknowledged and is not stored: key screen" in one for one in found(sound))
    assert any("acts said" in one for one in found(sound)), "and the matter's own count no longer fits"


def test_an_act_that_was_applied_twice(sound) -> None:
    tampered("drop index if exists act_once_per_key")
    tampered("alter table procedures_actrecord drop constraint if exists act_once_per_key")
    columns = ", ".join(
        name
        for (name,) in rows(
            "select column_name from information_schema.columns where table_name = 'procedures_actrecord'"
        )
        if name not in {"id", "seq"}
    )
    tampered(
        f"insert into procedures_actrecord (seq, {columns}) "
        f"select seq + 1, {columns} from procedures_actrecord where key = 'screen'"
    )

    assert any("key screen was applied 2 times" in one for one in found(sound))


@pytest.mark.parametrize(
    ("column", "value"), [("outcome", "'not_entrust'"), ("entry", "gen_random_uuid()"), ("code", "'transfer'")]
)
def test_an_act_stored_otherwise_than_it_was_told(sound, column, value) -> None:
    tampered(f"update procedures_actrecord set {column} = {value} where key = 'screen'")

    assert any("was acknowledged otherwise than it is stored" in one for one in found(sound))


def test_a_refused_act_that_was_written_all_the_same(sound) -> None:
    tampered("update procedures_actrecord set key = 'screen-again' where key = 'screen'")

    assert any("was refused" in one and "is stored as act" in one for one in found(sound))


def test_an_act_that_nobody_meant_to_do(sound) -> None:
    del sound.intentions["screen"]

    assert any("nobody meant to do it" in one for one in found(sound))


def test_a_paper_that_was_told_of_and_is_missing(sound) -> None:
    tampered("delete from documents_document where id = (select min(id) from documents_document)")

    assert any("was told of paper" in one and "missing" in one for one in found(sound))


@pytest.mark.parametrize("how", ["is not there", "is another one"])
def test_a_paper_whose_file_is_lost_or_changed(sound, how) -> None:
    sha256 = rows("select sha256 from documents_document order by id")[0][0]
    path = next(Path(settings.STORAGES["default"]["OPTIONS"]["location"]).rglob(sha256))
    path.unlink() if how == "is not there" else path.write_bytes(b"%PDF-")

    assert any(how in one and sha256 in one for one in found(sound))


def test_a_paper_whose_signatures_do_not_hold_or_are_too_early(sound) -> None:
    assert oracle.signature_findings() == []
    sha256 = rows("select sha256 from documents_document order by id")[0][0]
    path = next(Path(settings.STORAGES["default"]["OPTIONS"]["location"]).rglob(sha256))
    path.write_bytes(path.read_bytes() + b"% added afterwards\n")
    tampered("update documents_document set issued_at = requested_at - interval '1 day' where sha256 = %s", sha256)

    early, broken = oracle.signature_findings()

    assert "was issued before it was asked for" in early
    assert broken.startswith("paper ")


def test_a_paper_that_was_never_made_is_still_waiting(sound) -> None:
    tampered("update documents_document set status = 'requested', sha256 = ''")

    assert sum("a paper: " in one for one in oracle.unsettled()) == 3


def test_an_uploaded_file_that_is_lost(sound) -> None:
    one = sound.intend("upload", "file", "/files")
    sound.ended(one, ACKNOWLEDGED, {"sha256": "0" * 64})

    assert any("an uploaded file was acknowledged" in text for text in found(sound))


def test_an_entry_or_an_event_of_an_act_that_is_missing(sound) -> None:
    tampered("delete from ledger_entry where id = (select entry from procedures_actrecord where key = 'screen')")
    tampered("delete from events_outboxevent where type = 'entrustment.screen'")

    assert any("has no entry for the log" in one for one in found(sound))
    assert any("was not published" in one for one in found(sound))


def test_a_job_that_was_given_up(sound) -> None:
    rows("update procrastinate_jobs set status = 'failed' where task_name = 'documents.produce'")

    assert sum("the job was given up" in one for one in found(sound)) == 3


def test_an_answer_that_should_never_be_given(sound) -> None:
    sound.fault("/entrustment was answered 500")

    assert found(sound) == ["/entrustment was answered 500"]


@pytest.mark.parametrize("change", ["last = last + 1", "last = last - 1"])
def test_a_gap_in_a_series_of_numbers(played, journal, change) -> None:
    played()
    usual = gaps(journal)
    tampered(f"update documents_series set {change} where id = (select min(series_id) from documents_document)")

    assert usual == []
    assert len(gaps(journal)) == 1


def gaps(journal: Journal) -> list[str]:
    return [one for one in found(journal) if one.startswith("series ")]


def test_what_the_verifier_refuses(played, tmp_path) -> None:
    case = played(before="entrustment.transfer")
    for (paper,) in rows("select id from documents_document where status = 'requested'"):
        documents.produce(paper)
    case.driver.place()
    assert verdict() == []

    tampered("update procedures_actrecord set outcome = 'reject' where code = 'screen'")

    assert any("the verifier" in one for one in verdict())


def verdict() -> list[str]:
    judge: Callable[[], list[str]] = oracle.log_findings
    return judge()
