"""A superuser who switches the triggers off and edits the tables is found by export and verifier, with the place."""

import pytest
from django.db import connection

from jianheng import verifier
from jianheng.services.ledger import api
from jianheng.services.ledger.tests.conftest import as_attacker

pytestmark = pytest.mark.django_db

FIFTH = "(select entry_id from ledger_leaf where index = 4)"
EDITED = "convert_to(replace(convert_from(body, 'UTF8'), '\"seq\":1}', '\"seq\":7}'), 'UTF8')"
ATTACKS = {
    "edited entry row": (
        f"update ledger_entry set body = {EDITED}, leaf_hash = sha256('\\x00'::bytea || {EDITED}) where id = {FIFTH}",
        "LEAF_EDITED",
        "leaves.jsonl 第 5 行",
    ),
    "edited kind": (
        f"update ledger_entry set kind = 'x' where id = {FIFTH}",
        "ENTRY_EDITED",
        "entries.jsonl 第 5 行",
    ),
    "edited matter": (
        f"update ledger_entry set matter_id = 77 where id = {FIFTH}",
        "ENTRY_EDITED",
        "entries.jsonl 第 5 行",
    ),
    "edited region": (
        f"update ledger_entry set region = '370000' where id = {FIFTH}",
        "ENTRY_EDITED",
        "entries.jsonl 第 5 行",
    ),
    "edited time": (
        f"update ledger_entry set created_at = created_at + interval '1 microsecond' where id = {FIFTH}",
        "ENTRY_EDITED",
        "entries.jsonl 第 5 行",
    ),
    "missing entry": (f"delete from ledger_entry where id = {FIFTH}", "ENTRY_MISSING", "leaves.jsonl 第 5 行"),
    "inserted entry": (
        "insert into ledger_entry select gen_random_uuid(), region, kind, matter_id, body, leaf_hash, digest, created_at"
        f" from ledger_entry where id = {FIFTH}",
        "LEAF_MISSING",
        "entries.jsonl 第",
    ),
    "edited leaf": (
        "update ledger_leaf set leaf_hash = sha256('other') where index = 270",
        "LEAF_EDITED",
        "leaves.jsonl 第 271 行",
    ),
    "swapped leaves": (
        "update ledger_leaf set index = case index when 20 then -21 else -20 end where index in (20, 21);"
        "update ledger_leaf set index = - index where index < 0",
        "TILE_EDITED",
        "tiles.jsonl 第 1 行",
    ),
    "swapped leaves in the last, partial tile": (
        "update ledger_leaf set index = case index when 262 then -263 else -262 end where index in (262, 263);"
        "update ledger_leaf set index = - index where index < 0",
        "ROOT_DIFFERS",
        "leaves.jsonl 第 263 行",
    ),
    "missing leaf": ("delete from ledger_leaf where index = 40", "LEAF_MISSING", "leaves.jsonl 第 41 行"),
    "missing last leaf": ("delete from ledger_leaf where index = 274", "LEAF_MISSING", "checkpoints.jsonl"),
    "edited tile": ("update ledger_tile set root = sha256('other')", "TILE_EDITED", "tiles.jsonl 第 1 行"),
    "missing tile": ("delete from ledger_tile", "TILE_MISSING", "tiles.jsonl"),
    "edited checkpoint root": (
        "update ledger_checkpoint set root = sha256('other') where size = 201",
        "CHECKPOINT_EDITED",
        "checkpoints.jsonl 第 2 行",
    ),
    "edited checkpoint note": (
        "update ledger_checkpoint set note = replace(note, E'\\n201\\n', E'\\n200\\n') where size = 201",
        "CHECKPOINT_FORGED",
        "checkpoints.jsonl 第 2 行",
    ),
    "edited checkpoint time": (
        "update ledger_checkpoint set created_at = created_at + interval '1 day' where size = 201",
        "CHECKPOINT_EDITED",
        "checkpoints.jsonl 第 2 行",
    ),
    "missing checkpoint": (
        "delete from ledger_checkpoint where size = 201",
        "CHECKPOINT_MISSING",
        "checkpoints.jsonl 第 2 行",
    ),
    "missing last checkpoint": (
        "delete from ledger_checkpoint where size = 275",
        "CHECKPOINT_MISSING",
        "checkpoints.jsonl",
    ),
    "waiting entry made to vanish": ("delete from ledger_pending", "LEAF_MISSING", "entries.jsonl 第 276 行"),
    "sealed entry queued again": (
        f"insert into ledger_pending values ({FIFTH})",
        "PENDING_INVALID",
        "pending.jsonl 第 1 行",
    ),
}
CHECKS = "alter table ledger_leaf drop constraint ledger_leaf_counted"


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack(world, tmp_path, attack):
    statements, code, place = ATTACKS[attack]
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute(CHECKS)
    with as_attacker() as cursor:
        for statement in statements.split(";"):
            cursor.execute(statement)
        assert cursor.rowcount, "the attack must have touched something"
    api.export(tmp_path / "export")

    found = verifier.verify([tmp_path / "export"], keys=[api.public_key()]).problems

    assert [problem for problem in found if problem.code == code and place in problem.place], found


def test_attack_rolled_back_log(world, tmp_path):
    """All that came after the second checkpoint vanishes from every table; only an older checkpoint tells."""
    (tmp_path / "kept.checkpoint").write_text(api.checkpoint())
    gone = "(select entry_id from ledger_leaf where index >= 201)"
    with as_attacker() as cursor:
        cursor.execute(f"delete from ledger_entry where id in {gone} or id in (select entry_id from ledger_pending)")
        cursor.execute("delete from ledger_pending")
        cursor.execute("delete from ledger_leaf where index >= 201")
        cursor.execute("delete from ledger_tile")
        cursor.execute("delete from ledger_checkpoint where size > 201")
    del world.acts[201:], world.documents[:]
    api.export(tmp_path / "export")

    assert not verifier.verify([tmp_path / "export"]).problems
    report = verifier.verify([tmp_path / "export"], since=tmp_path / "kept.checkpoint")
    assert [problem.code for problem in report.problems] == ["LOG_ROLLED_BACK"]
