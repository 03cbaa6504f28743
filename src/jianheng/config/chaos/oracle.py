"""What clients were told against what is stored; each answer names one thing that does not hold.

Asked of the tables while nobody works: first :func:`unsettled` until nothing is due any more, then :func:`findings`.
The journal is the clients'; beyond it, whatever must hold of every matter (:mod:`jianheng.config.simulation.oracle`)
and of every paper must hold here, and the whole log must convince the independent verifier (:func:`log_findings`).
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.db import connection

from jianheng.config.chaos.journal import ACKNOWLEDGED, REFUSED, Intention, Journal
from jianheng.config.simulation import oracle as matters
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.signing import api as signing

WAITING = {
    "a job: {}": """
        select concat_ws(' ', id, task_name, args, status, 'attempts', attempts, 'at', scheduled_at)
        from procrastinate_jobs where queueing_lock is null and status in ('todo', 'doing')""",
    "a paper: {}": "select concat_ws(' ', id, kind, last_error) from documents_document where status = 'requested'",
    "an entry for the log: {}": "select entry_id from ledger_pending",
    "an event: {}": "select id from events_outboxevent where relayed_at is null",
    "a message: {}": "select id from notices_message where sent_at is null",
    "a clock that has run out: {}": """
        select concat_ws(' ', matter_id, clock, due_on) from procedures_term
        where stopped_at is null and lapse <> '' and due_on < current_date - 1""",
}
GIVEN_UP = """
select concat_ws(' ', id, task_name, args, status) from procrastinate_jobs where status in ('failed', 'aborted')"""
STORED = """
select key, matter_id, seq, code, outcome, entry::text, commitment from procedures_actrecord where key <> '' """
ENTRIES = """
select a.matter_id, a.seq from procedures_actrecord a left join ledger_entry e on e.id = a.entry where e.id is null"""
SERIES = """
select s.key, s.last, count(d.id), coalesce(min(d.serial), 1), coalesce(max(d.serial), 0)
from documents_series s join documents_document d on d.series_id = s.id group by s.id
having s.last <> count(d.id) or s.last <> coalesce(max(d.serial), 0) or coalesce(min(d.serial), 1) <> 1"""
SIGNED = """
select id, kind, sha256, greatest(issued_at, now()) from documents_document where status not in ('requested', 'void')"""
EARLY = "select id, kind from documents_document where issued_at < requested_at"
PAPERS = "select id, matter_id, kind, number, status, sha256 from documents_document"
UNTOLD = """
select a.matter_id, a.seq, a.code from procedures_actrecord a where not exists (
  select from events_outboxevent o where o.matter_id = a.matter_id and o.type like '%%.' || a.code)"""


def unsettled() -> list[str]:
    """What is still to be done; empty when the platform has caught up."""
    return [text.format(row[0]) for text, sql in WAITING.items() for row in _rows(sql)]


def findings(journal: Journal, *, today: date) -> list[str]:
    """Everything that does not hold; empty after a sound run. What is still waiting is not asked here."""
    return [
        *journal.faulty,
        *_acts(journal),
        *_uploads(journal),
        *_papers(journal),
        *(f"act {matter}/{seq} has no entry for the log" for matter, seq in _rows(ENTRIES)),
        *(f"act {matter}/{seq} ({code}) was not published" for matter, seq, code in _rows(UNTOLD)),
        *(f"the job was given up: {job}" for (job,) in _rows(GIVEN_UP)),
        *matters.faults(today),
    ]


def _acts(journal: Journal) -> Iterator[str]:
    stored: dict[str, list[tuple[Any, ...]]] = {}
    for key, *told in _rows(STORED):
        stored.setdefault(key, []).append(tuple(told))
    for key, rows in stored.items():
        if len(rows) > 1:
            yield f"key {key} was applied {len(rows)} times: {[f'{row[0]}/{row[1]}' for row in rows]}"
        if key not in journal.intentions:
            yield f"act {rows[0][0]}/{rows[0][1]} ({rows[0][2]}): nobody meant to do it"
    for one in journal.of(ACKNOWLEDGED):
        if one.key not in stored:
            yield f"{one.path} was acknowledged and is not stored: key {one.key}, told {_brief(one)}"
        elif one.told and (differing := _differing(one, stored[one.key][0])):
            yield f"{one.path} was acknowledged otherwise than it is stored: {differing}"
    for one in journal.of(REFUSED):
        for row in stored.get(one.key, ()):
            yield f"{one.path} was refused ({one.told.get('code')}) and is stored as act {row[0]}/{row[1]}"


def _brief(one: Intention) -> str:
    return f"{one.told.get('matter_id', '?')}/{one.told.get('seq', '?')}"


def _differing(one: Intention, row: tuple[Any, ...]) -> str:
    """What a client was told of an act and is stored otherwise."""
    names = ("matter_id", "seq", "act", "outcome", "entry", "commitment")
    return "; ".join(
        f"{name} told {one.told[name]!r}, stored {kept!r}"
        for name, kept in zip(names, row, strict=True)
        if one.told[name] != kept
    )


def _uploads(journal: Journal) -> Iterator[str]:
    for one in journal.of(ACKNOWLEDGED, "file"):
        if wrong := _content(str(one.told["sha256"])):
            yield f"an uploaded file was acknowledged and {wrong}"


def _content(sha256: str) -> str:
    """What is wrong with a content, "" when it is there and whole."""
    try:
        found = hashlib.sha256(files.read(sha256)).hexdigest()
    except OSError as error:
        return f"its content is not there: {sha256} ({type(error).__name__})"
    return "" if found == sha256 else f"its content is another one: {sha256}"


def _papers(journal: Journal) -> Iterator[str]:
    kept = {row[0]: row for row in _rows(PAPERS)}
    for document, matter, kind, number, status, sha256 in kept.values():
        if status not in {"requested", "void"} and (wrong := _content(sha256)):
            yield f"paper {document} ({kind} {number}) of matter {matter} is {status} and {wrong}"
    for one in journal.of(ACKNOWLEDGED):
        for told in one.told.get("documents", ()):
            _, _, kind, number, *_ = kept.get(told["id"], (0, 0, "", ""))
            if (kind, number) != (told["kind"], told["number"]):
                yield f"{one.path} was told of paper {told['id']} ({told['kind']} {told['number']}): {kind or 'missing'}"
    for key, last, count, least, most in _rows(SERIES):
        yield f"series {key}: taken up to {last}, {count} papers numbered {least} to {most}"


def log_findings() -> list[str]:
    """What the independent verifier says of an export of the whole log; empty when it is convinced."""
    from jianheng import verifier

    with tempfile.TemporaryDirectory(prefix="jianheng-chaos-export-") as name:
        directory = Path(name) / "export"
        ledger.export(directory)
        command = [
            sys.executable,
            str(Path(verifier.__file__)),
            str(directory),
            "--key",
            ledger.public_key(),
            "--json",
        ]
        judged = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if judged.returncode == 0:
        return []
    try:
        problems = json.loads(judged.stdout)["problems"]
        return [f"the verifier: {problem}" for problem in problems]
    except (ValueError, KeyError):
        return [f"the verifier: {judged.stdout[-2000:]}{judged.stderr[-2000:]}"]


def signature_findings() -> list[str]:
    """Papers whose signatures do not hold, or were made before the paper was asked for."""
    wrong = [f"paper {paper} ({kind}) was issued before it was asked for" for paper, kind in _rows(EARLY)]
    for paper, kind, sha256, moment in _rows(SIGNED):
        report = signing.check(files.read(sha256), now=moment)
        if report.verdict is not signing.Verdict.PASSED:
            wrong.append(f"paper {paper} ({kind}): {report.text}")
    return wrong


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [])
        return list(cursor.fetchall())
