"""An export can be read by whoever never heard of this platform: schemas fit, event logs are what their standards say."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from django.conf import settings
from django.test import TestCase, override_settings
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from jianheng import verifier
from jianheng.config import cast as demonstration
from jianheng.config import cli
from jianheng.config.openexport import schemas, writing, xes
from jianheng.config.openexport.events import Read
from jianheng.services.documents import api as documents
from jianheng.services.documents.models import Document
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord, Matter

from ..conftest import FIRST_DAY, Case
from .driven import REQUEST

HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
XES = f"{{{xes.NAMESPACE}}}"
NAMED = {"type": "object", "required": ["name", "value"], "properties": {"name": {"type": "string"}}}
RELATED = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["objectId", "qualifier"],
        "properties": {"objectId": {"type": "string"}, "qualifier": {"type": "string"}},
    },
}
TYPES = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["name", "attributes"],
        "properties": {
            "name": {"type": "string"},
            "attributes": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["name", "type"],
                    "properties": {
                        "name": {"type": "string"},
                        "type": {"enum": ["string", "time", "integer", "float", "boolean"]},
                    },
                },
            },
        },
    },
}
# The structure OCEL 2.0 publishes for its JSON form, in our words.
OCEL = {
    "type": "object",
    "required": ["objectTypes", "eventTypes", "objects", "events"],
    "additionalProperties": False,
    "properties": {
        "objectTypes": TYPES,
        "eventTypes": TYPES,
        "objects": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "attributes": {
                        "type": "array",
                        "items": NAMED | {"required": ["name", "value", "time"]},
                    },
                    "relationships": RELATED,
                },
            },
        },
        "events": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "type", "time"],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string"},
                    "type": {"type": "string"},
                    "time": {"type": "string", "format": "date-time"},
                    "attributes": {"type": "array", "items": NAMED},
                    "relationships": RELATED,
                },
            },
        },
    },
}


@dataclass
class Exported:
    """A whole case with three papers made, and another that only began; exported, and what was in the database."""

    everything: Path
    matter: Path
    other: Path
    family: set[int]
    matters: int
    acts: int
    key: str


@pytest.fixture(scope="session")
def exported(tmp_path_factory, django_db_setup, django_db_blocker) -> Exported:
    """Made in a transaction that is rolled back; the tests only read what was written."""
    home = tmp_path_factory.mktemp("exported")
    storages = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": home / "files"}}
    }
    with django_db_blocker.unblock(), override_settings(STORAGES=storages, PASSWORD_HASHERS=HASHERS):
        atomics = TestCase._enter_atomics()
        try:
            demonstration.make(home / "accounts.json", now=FIRST_DAY)
            case = Case("traffic_disability")
            while case.left:
                case.next_step()
            for row in Document.objects.order_by("pk")[:3]:
                documents.produce(row.pk)
            given_request = REQUEST | {"case_number": "（2026）吉0199民初999号"}
            other = procedures.begin("entrustment", by=case.actor("judge"), given=given_request, now=case.now)
            for moment in (case.now, timezone.now()):  # the acts, then the papers made of them today
                sequencer.run_once(moment)
            writing.everything(home / "everything")
            writing.matter(case.root_id, home / "matter")
            writing.matter(other.matter_id, home / "other")
            family = set(Matter.objects.exclude(pk=other.matter_id).values_list("pk", flat=True))
            counts = Matter.objects.count(), ActRecord.objects.count()
            return Exported(
                home / "everything", home / "matter", home / "other", family, *counts, ledger.public_key()
            )
        finally:
            TestCase._rollback_atomics(atomics)


def lines(path: Path) -> list[dict]:  # type: ignore[type-arg]
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_line_fits_the_schema_beside_it(exported) -> None:
    files = sorted(exported.everything.glob("*.jsonl"))

    assert {path.stem for path in files} == set(writing.TITLES)
    for path in files:
        schema = json.loads(path.with_suffix(".schema.json").read_text(encoding="utf-8"))
        judge = jsonschema_rs.validator_for(schema)
        rows = lines(path)
        assert all(judge.is_valid(row) for row in rows), path.name
        if rows:
            assert not judge.is_valid(rows[0] | {"unheard": 1}), path.name
            assert not judge.is_valid({name: rows[0][name] for name in list(rows[0])[1:]}), path.name


def test_an_export_of_everything_is_judged_by_the_independent_verifier(exported) -> None:
    report = verifier.verify([exported.everything], keys=[exported.key])

    assert not report.problems
    assert report.checked["acts"] == exported.acts


def test_an_export_of_one_case_brings_receipts_that_cover_its_content(exported, tmp_path) -> None:
    matter = shutil.copytree(exported.matter, tmp_path / "matter")
    report = verifier.verify([matter], keys=[exported.key])

    assert not report.problems
    assert report.checked["receipts"] == len(lines(matter / "acts.jsonl")) + len(lines(matter / "documents.jsonl"))
    receipt = next(iter(sorted((matter / "receipts").iterdir())))
    told = json.loads(receipt.read_text(encoding="utf-8"))
    told["opening"]["row"]["code"] = "changed"
    receipt.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    assert verifier.verify([matter], keys=[exported.key]).problems


def test_an_export_of_one_case_has_its_papers_and_materials_and_nothing_of_another(exported) -> None:
    matter = exported.matter
    papers = [row for row in lines(matter / "documents.jsonl") if row["path"]]
    materials = [row for row in lines(matter / "case_file.jsonl") if row["path"]]

    assert len(papers) == 3
    assert len(materials) >= 1
    for row in papers + materials:
        content = (matter / row["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
    assert all((matter / row["path"]).read_bytes().startswith(b"%PDF-") for row in papers)
    for name in ("acts", "items", "terms", "documents", "case_file"):
        assert {row["matter"] for row in lines(matter / f"{name}.jsonl")} <= exported.family, name
    assert {row["id"] for row in lines(matter / "matters.jsonl")} == exported.family


def test_another_case_stays_out_of_it(exported) -> None:
    assert {row["id"] for row in lines(exported.other / "matters.jsonl")} & exported.family == set()
    assert [row["code"] for row in lines(exported.other / "acts.jsonl")] == ["request"]
    assert len(list((exported.other / "receipts").iterdir())) == 1 + len(lines(exported.other / "documents.jsonl"))


@pytest.mark.parametrize("export", ["everything", "matter"])
def test_the_object_centric_log_is_as_its_standard_says(exported, export) -> None:
    log = json.loads((getattr(exported, export) / writing.OCEL).read_text(encoding="utf-8"))
    objects = {one["id"]: one["type"] for one in log["objects"]}
    of_objects = {one["name"]: {a["name"] for a in one["attributes"]} for one in log["objectTypes"]}
    of_events = {one["name"]: {a["name"] for a in one["attributes"]} for one in log["eventTypes"]}

    jsonschema_rs.validator_for(OCEL, validate_formats=True).validate(log)
    assert len(objects) == len(log["objects"])
    assert len({one["id"] for one in log["events"]}) == len(log["events"])
    assert len(log["events"]) == exported.acts - (1 if export == "matter" else 0)
    assert all({a["name"] for a in one["attributes"]} <= of_objects[one["type"]] for one in log["objects"])
    assert all({a["name"] for a in one["attributes"]} <= of_events[one["type"]] for one in log["events"])
    related = [to for one in (*log["objects"], *log["events"]) for to in one["relationships"]]
    assert {to["objectId"] for to in related} <= set(objects)
    assert {to["qualifier"] for to in related} >= {"matter", "case", "by", "for", "made", "from"}
    assert {"entrustment", "document", "organisation", "person"} <= set(objects.values())


def test_the_event_log_is_well_formed_with_the_standard_extensions(exported) -> None:
    log = ElementTree.parse(exported.everything / writing.XES).getroot()
    traces = log.findall(f"{XES}trace")
    events = [event for trace in traces for event in trace.findall(f"{XES}event")]

    assert (log.tag, log.get("xes.version")) == (f"{XES}log", "1849-2016")
    assert {one.get("prefix") for one in log.findall(f"{XES}extension")} == {"concept", "time", "lifecycle", "org"}
    assert [one.get("scope") for one in log.findall(f"{XES}global")] == ["trace", "event"]
    assert len(traces) == exported.matters
    assert len(events) == exported.acts
    for event in events:
        keys = {one.get("key"): one.get("value") for one in event}
        assert {"concept:name", "time:timestamp", "lifecycle:transition", "org:role"} <= set(keys)
        assert keys["lifecycle:transition"] == "complete"
    first = {one.get("key"): one.get("value") for one in events[0]}
    assert (first["act"], first["org:group"]) == ("entrustment.request", "示例市示例区人民法院")
    assert list(log).index(log.find(f"{XES}classifier")) < list(log).index(traces[0])


def test_characters_that_xml_does_not_know_do_not_break_the_log(exported, tmp_path) -> None:
    row = lines(exported.other / "matters.jsonl")[0] | {"title": '甲\x01乙<&"\ufffe'}
    (tmp_path / "matters.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    shutil.copy(exported.other / "acts.jsonl", tmp_path)

    assert xes.write(Read(tmp_path, lambda *_: "提出\x02鉴定"), tmp_path / "events.xes") == 1

    said = {one.get("value") for one in ElementTree.parse(tmp_path / "events.xes").getroot().iter(f"{XES}string")}
    assert {'甲\ufffd乙<&"\ufffd', "提出\ufffd鉴定"} <= said


@pytest.mark.django_db
def test_the_command_refuses_an_unknown_matter_and_says_what_it_wrote(tmp_path, capsys) -> None:
    assert cli.main(["export", "matter", "987654", str(tmp_path / "none")]) == 1
    assert not (tmp_path / "none").exists()
    capsys.readouterr()
    assert cli.main(["export", "everything", str(tmp_path / "all"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["acts"] == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3), min_size=1, max_size=4))
def test_a_schema_learned_from_rows_accepts_these_rows(rows) -> None:
    shape = schemas.Shape()
    for row in rows:
        shape.see(row)

    judge = jsonschema_rs.validator_for(schemas.of_lines("rows", "行", shape))

    assert all(judge.is_valid(row) for row in rows)
