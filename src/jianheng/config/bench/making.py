"""What is made: papers, log entries, proofs, imports; each beside the least that could be done instead."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import statistics
import tempfile
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.db import connection
from django.utils import timezone

from jianheng import verifier
from jianheng.config.bench import measure
from jianheng.modules.institutions import api as institutions
from jianheng.services.documents import api as documents
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer

ENTRIES = 20_000
JUDGED = 400_000
EMPTY_PAGE = b'#set page(paper: "a4")\n= \n'


def figures() -> dict[str, Any]:
    """Papers, log, proofs and imports."""
    return {
        "papers, typeset and signed": _papers(),
        "log entries written (per second)": _appended(),
        "log entries sealed (per second)": _sealed(),
        "proof of inclusion (ms)": _proof(),
        "roster rows read (per second)": _roster(),
    }


def _papers() -> dict[str, Any]:
    """The papers a whole case has asked for, made one after the other, beside an empty page by the same typesetter."""
    with connection.cursor() as cursor:
        cursor.execute("select id, kind from documents_document where status = 'requested' order by id")
        waiting = cursor.fetchall()
    spent: dict[str, float] = {}
    for document_id, kind in waiting:
        started = time.perf_counter()
        documents.produce(document_id)
        spent[kind] = (time.perf_counter() - started) * 1000
    floor = measure.median_ms(lambda: typst.compile(EMPTY_PAGE, format="pdf"), 10)
    return {
        "median of all kinds (ms)": measure.beside(round(statistics.median(spent.values()), 1), floor),
        "the opinion, five pages and more (ms)": measure.beside(round(spent["opinion_disability"], 1), floor),
        "kinds": len(spent),
    }


def _appended() -> dict[str, float]:
    """Entries written with an act's transaction each, beside one row of text in a transaction each."""

    def ours() -> None:
        ledger.append(ledger.entry("bench", region="220199", matter_id=None, data={"n": 1}, now=timezone.now()))

    with connection.cursor() as cursor:
        cursor.execute("create table if not exists bench_floor (n bigint, body bytea)")

        def floor() -> None:
            cursor.execute("insert into bench_floor values (1, %s)", [os.urandom(300)])

        return measure.beside(measure.rate(ours), measure.rate(floor), more_is_better=True)


def _sealed() -> dict[str, float]:
    """Waiting entries folded into the tree, beside SHA-256 of the same bytes and COPY of the same hashes."""
    done, started = 0, time.perf_counter()
    while done < ENTRIES and (now_done := sequencer.run_once(_as_dated())):
        done += now_done
    ours = done / (time.perf_counter() - started)
    started = time.perf_counter()
    with connection.cursor() as cursor, cursor.copy("copy bench_floor from stdin") as rows:
        for number in range(ENTRIES):
            rows.write_row((number, hashlib.sha256(b"\0" + number.to_bytes(300, "big")).digest()))
    return measure.beside(round(ours, 1), round(ENTRIES / (time.perf_counter() - started), 1), more_is_better=True)


def _as_dated() -> datetime:
    """When the next ten thousand were made: a population was grown in the past, and is sealed as if then."""
    with connection.cursor() as cursor:
        cursor.execute(
            """select max(at) from (select e.created_at as at from ledger_pending p join ledger_entry e on e.id = p.entry_id
               order by p.entry_id limit 10000) next"""
        )
        return cursor.fetchone()[0] or timezone.now()


def verification() -> dict[str, float]:
    """Everything there is exported and judged by the independent verifier, state folded: entries a second, beside
    SHA-256 of the same entries and rows, once each. Only where there are at most ``JUDGED`` entries."""
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ledger_entry")
        entries = int(cursor.fetchone()[0])
    if entries > JUDGED:
        return {}
    with tempfile.TemporaryDirectory() as place:
        ledger.export(Path(place) / "export")
        started = time.perf_counter()
        report = verifier.verify([Path(place) / "export"], keys=[ledger.public_key()])
        ours = time.perf_counter() - started
        lines = [
            line.encode()
            for name in ("entries", "changes", "state", "acts")
            for line in (Path(place) / "export" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
    started = time.perf_counter()
    for line in lines:
        hashlib.sha256(line).digest()
    floor = time.perf_counter() - started
    told = {"entries": entries, "rows": report.checked["rows"], "problems": len(report.problems)}
    return told | measure.beside(round(entries / ours), round(entries / floor), more_is_better=True)


def _proof() -> dict[str, float]:
    """A proof for the middle leaf, beside one row fetched by its key."""
    size = ledger.state().size

    def floor() -> None:
        with connection.cursor() as cursor:
            cursor.execute('select leaf_hash from ledger_leaf where "index" = %s', [size // 2])
            cursor.fetchone()

    return measure.beside(measure.median_ms(lambda: ledger.inclusion(size // 2, size)), measure.median_ms(floor))


def _roster() -> dict[str, float]:
    """The roster of real institutions read and understood, beside the csv module over the same bytes."""
    content = (Path(institutions.__file__).parent / "data" / "guizhou.csv").read_bytes()
    rows = institutions.read_sheet(content)
    many = rows * 20

    def ours() -> None:
        institutions.import_institutions(many, source="bench", now=timezone.now(), dry_run=True)

    def floor() -> None:
        for _ in range(20):
            list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))

    per_call = len(many) * 1000
    return measure.beside(
        round(per_call / measure.median_ms(ours, 5), 1),
        round(per_call / measure.median_ms(floor, 5), 1),
        more_is_better=True,
    )
