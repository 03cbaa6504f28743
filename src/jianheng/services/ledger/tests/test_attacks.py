"""Whoever changes an export, the database or a file is found, with the place. Each test bears the attack's name."""

import base64
import copy
import hashlib
import json
import shutil

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jianheng import verifier
from jianheng.kernel import canonical, merkle
from jianheng.services.ledger import api, sequencer
from jianheng.services.ledger.tests.world import START

pytestmark = pytest.mark.django_db  # for the session's honest export


class Copy:
    """An export in the attacker's hands."""

    def __init__(self, path):
        self.path = path

    def rows(self, name):
        return [json.loads(line) for line in (self.path / f"{name}.jsonl").read_text().splitlines()]

    def write(self, name, rows, *, count=True):
        (self.path / f"{name}.jsonl").write_bytes(b"".join(canonical.encode(row) + b"\n" for row in rows))
        if count:
            manifest = json.loads((self.path / "manifest.json").read_text())
            manifest["rows"][name] = len(rows)
            (self.path / "manifest.json").write_text(json.dumps(manifest))

    def edit(self, name, line, **members):
        rows = self.rows(name)
        rows[line - 1] |= members
        self.write(name, rows)

    def drop(self, name, line):
        rows = self.rows(name)
        dropped = rows.pop(line - 1)
        self.write(name, rows)
        return dropped


@pytest.fixture
def attacked(original, tmp_path):
    shutil.copytree(original.export, tmp_path / "export")
    return Copy(tmp_path / "export")


def problems(attacked, **given):
    return [
        (problem.code, problem.place.removeprefix(f"{attacked.path} "))
        for problem in verifier.verify([attacked.path], **given).problems
    ]


def test_the_copy_holds_before_it_is_attacked(attacked, original):
    assert problems(attacked, keys=[original.key]) == []


# --- attacks on entries, leaves, tiles and checkpoints ---


def test_attack_edited_entry_body(attacked):
    row = attacked.rows("entries")[4]
    attacked.edit("entries", 5, body=row["body"].replace('"seq":1', '"seq":9'))

    assert ("ENTRY_EDITED", "entries.jsonl 第 5 行") in problems(attacked)


@pytest.mark.parametrize(
    ("column", "value"),
    [("kind", "document"), ("matter", 99), ("region", "370000"), ("at", "2026-01-01T00:00:00.000000Z")],
)
def test_attack_edited_entry_column(attacked, column, value):
    attacked.edit("entries", 5, **{column: value})

    assert ("ENTRY_EDITED", "entries.jsonl 第 5 行") in problems(attacked)


def test_attack_entry_edited_with_its_hashes(attacked):
    """The attacker knows how leaves are made and puts entry, leaf and tile right; the signature stays."""
    row = attacked.rows("entries")[4]
    content = json.loads(row["body"])
    content["data"]["code"] = "REFUSE"
    body = canonical.encode(content)
    leaf = merkle.leaf_hash(body, row["digest"])
    attacked.edit("entries", 5, body=body.decode(), leaf_hash=leaf.hex())
    attacked.edit("leaves", 5, leaf_hash=leaf.hex())
    leaves = [bytes.fromhex(one["leaf_hash"]) for one in attacked.rows("leaves")[:256]]
    tile = {"hashes": base64.b64encode(b"".join(leaves)).decode(), "root": merkle.root(leaves).hex()}
    attacked.edit("tiles", 1, **tile)

    found = problems(attacked)

    assert ("ROOT_DIFFERS", "leaves.jsonl 第 1–101 行") in found
    assert any(code == "ACT_EDITED" and "acts.jsonl 第 5 行" in place for code, place in found)


def test_attack_missing_entry(attacked):
    dropped = attacked.drop("entries", 30)

    found = problems(attacked)

    assert ("ENTRY_MISSING", "leaves.jsonl 第 30 行") in found
    assert dropped["kind"] == "act"
    assert any(code == "ACT_NOT_LOGGED" and "第 30 行" in place for code, place in found)


def test_attack_inserted_entry(attacked):
    rows = attacked.rows("entries")
    content = json.loads(rows[9]["body"]) | {"id": "00000000-0000-4000-8000-000000000000"}
    body = canonical.encode(content)
    extra = rows[9] | {"id": content["id"], "digest": "sha256", "body": body.decode()}
    extra["leaf_hash"] = merkle.leaf_hash(body).hex()
    attacked.write("entries", [*rows[:10], extra, *rows[10:]])

    found = problems(attacked)

    assert ("LEAF_MISSING", "entries.jsonl 第 11 行") in found
    assert ("ACT_MISSING", "entries.jsonl 第 11 行") in found


@pytest.mark.parametrize(("one", "other"), [(20, 21), (3, 90), (258, 270)])
def test_attack_swapped_leaves(attacked, one, other):
    rows = attacked.rows("leaves")
    for line, from_line in ((one, other), (other, one)):
        rows[line - 1] |= {name: attacked.rows("leaves")[from_line - 1][name] for name in ("entry", "leaf_hash")}
    attacked.write("leaves", rows)

    report = verifier.verify([attacked.path])

    named = [problem for problem in report.problems if problem.code in ("ROOT_DIFFERS", "TILE_EDITED")]
    assert {problem.code for problem in named} >= {"ROOT_DIFFERS"}
    assert any(f"第 {one} 行" in problem.place or f"{one}、{other} 行" in problem.text for problem in named)


def test_attack_leaves_exchanged_in_place(attacked):
    """Only the entries are exchanged, the hashes stay: each leaf no longer fits its entry."""
    rows = attacked.rows("leaves")
    rows[19]["entry"], rows[20]["entry"] = rows[20]["entry"], rows[19]["entry"]
    attacked.write("leaves", rows)

    assert {("LEAF_EDITED", "leaves.jsonl 第 20 行"), ("LEAF_EDITED", "leaves.jsonl 第 21 行")} <= set(
        problems(attacked)
    )


def test_attack_missing_leaf(attacked):
    attacked.drop("leaves", 40)

    found = problems(attacked)

    assert ("LEAF_MISSING", "leaves.jsonl 第 40 行") in found
    assert ("LEAF_MISSING", "entries.jsonl 第 40 行") in found


def test_attack_missing_last_leaf(attacked):
    attacked.drop("leaves", 275)

    assert ("LEAF_MISSING", "checkpoints.jsonl") in problems(attacked)


def test_attack_edited_tile(attacked):
    tile = attacked.rows("tiles")[0]
    hashes = bytearray(base64.b64decode(tile["hashes"]))
    hashes[32 * 6] ^= 1
    attacked.edit("tiles", 1, hashes=base64.b64encode(hashes).decode())

    report = verifier.verify([attacked.path])

    assert [(problem.code, "第 7 行" in problem.text) for problem in report.problems] == [("TILE_EDITED", True)]


def test_attack_edited_tile_root_and_missing_tile(attacked):
    attacked.edit("tiles", 1, root="00" * 32)
    assert problems(attacked) == [("TILE_EDITED", "tiles.jsonl 第 1 行")]

    attacked.write("tiles", [])
    assert problems(attacked) == [("TILE_MISSING", "tiles.jsonl")]


@pytest.mark.parametrize(
    ("column", "value"),
    [("size", 274), ("root", "00" * 32), ("at", "2026-01-01T00:00:00.000000Z")],
)
def test_attack_edited_checkpoint(attacked, column, value):
    attacked.edit("checkpoints", 3, **{column: value})

    assert ("CHECKPOINT_EDITED", "checkpoints.jsonl 第 3 行") in problems(attacked)


def test_attack_edited_checkpoint_note(attacked):
    note = attacked.rows("checkpoints")[2]["note"]
    attacked.edit("checkpoints", 3, note=note.replace("\n275\n", "\n274\n"), size=274)

    assert ("CHECKPOINT_FORGED", "checkpoints.jsonl 第 3 行") in problems(attacked)


def test_attack_forged_checkpoint(attacked, original):
    """Another key of the same name signs another history; the reader has pinned the true key."""
    root = hashlib.sha256(b"another history").digest()
    forged = sequencer.sign(275, root, START, after=201)
    attacked.edit("checkpoints", 3, note=forged, root=root.hex(), at=canonical.instant(START))

    assert ("CHECKPOINT_FORGED", "checkpoints.jsonl 第 3 行") in problems(attacked, keys=[original.key])


def test_attack_log_of_another_key_with_its_own_manifest(attacked, original):
    """Everything is signed anew by the thief and agrees with itself; only the pinned key tells."""
    rows = attacked.rows("checkpoints")
    for row, after in zip(rows, (0, 101, 201), strict=True):
        at = canonical.read_instant(row["at"])
        row["note"] = sequencer.sign(row["size"], bytes.fromhex(row["root"]), at, after=after)
    attacked.write("checkpoints", rows)
    manifest = json.loads((attacked.path / "manifest.json").read_text())
    (attacked.path / "manifest.json").write_text(json.dumps(manifest | {"keys": [api.public_key()]}))

    assert problems(attacked) == []
    assert {code for code, _ in problems(attacked, keys=[original.key])} >= {"CHECKPOINT_FORGED"}


def test_attack_checkpoint_taken_out_of_the_row(attacked):
    attacked.drop("checkpoints", 2)

    assert problems(attacked) == [("CHECKPOINT_MISSING", "checkpoints.jsonl 第 2 行")]


def roll_back(attacked):
    """Leaves, entries, acts and checkpoints after the second checkpoint vanish, and everything fits again."""
    kept = 201
    attacked.write("checkpoints", attacked.rows("checkpoints")[:2])
    leaves = attacked.rows("leaves")[:kept]
    attacked.write("leaves", leaves)
    known = {leaf["entry"] for leaf in leaves}
    attacked.write("entries", [row for row in attacked.rows("entries") if row["id"] in known])
    attacked.write("acts", [row for row in attacked.rows("acts") if row["entry"] in known])
    for name in ("documents", "tiles", "pending"):
        attacked.write(name, [])


def test_attack_rolled_back_log(attacked, original, tmp_path):
    old = tmp_path / "old.checkpoint"
    old.write_text(original.checkpoint)
    roll_back(attacked)

    assert problems(attacked, since=old) == [("LOG_ROLLED_BACK", str(attacked.path))]


def test_attack_rolled_back_log_is_shown_by_any_receipt_of_what_vanished(attacked, original, tmp_path):
    receipt = tmp_path / "receipt.json"
    receipt.write_text(json.dumps(original.receipts[250], ensure_ascii=False))
    roll_back(attacked)

    assert [problem.code for problem in verifier.verify([receipt, attacked.path]).problems] == ["LOG_ROLLED_BACK"]


def test_attack_rewritten_log(attacked, original, tmp_path, settings):
    """The keeper of the key himself rewrites history; whoever kept an older checkpoint sees it."""
    settings.JIANHENG_LEDGER_KEY_FILE = original.key_file
    old = tmp_path / "old.checkpoint"
    published = hashlib.sha256(b"the history that was published").digest()
    old.write_text(sequencer.sign(150, published, START, after=101))

    assert problems(attacked, since=old) == [("LOG_REWRITTEN", str(attacked.path))]


def test_attack_two_histories_for_two_readers(original, tmp_path, settings):
    settings.JIANHENG_LEDGER_KEY_FILE = original.key_file
    (tmp_path / "one.checkpoint").write_text(sequencer.sign(150, bytes(32), START, after=101))
    (tmp_path / "other.checkpoint").write_text(sequencer.sign(150, bytes(31) + b"1", START, after=101))

    report = verifier.verify([tmp_path], keys=[original.key])

    assert [problem.code for problem in report.problems] == ["LOG_FORKED"]


def test_attack_truncated_export(attacked):
    attacked.write("entries", attacked.rows("entries")[:-1], count=False)
    data = (attacked.path / "acts.jsonl").read_bytes()
    (attacked.path / "acts.jsonl").write_bytes(data[:-20])

    found = problems(attacked)

    assert ("EXPORT_TRUNCATED", "entries.jsonl") in found
    assert ("ROW_MALFORMED", "acts.jsonl 第 262 行") in found


@pytest.mark.parametrize(
    "name", ["entries", "leaves", "tiles", "checkpoints", "pending", "acts", "documents", "manifest"]
)
def test_attack_missing_file(attacked, name):
    suffix = "json" if name == "manifest" else "jsonl"
    (attacked.path / f"{name}.{suffix}").unlink()

    assert any(place == f"{name}.{suffix}" for _, place in problems(attacked))


# --- attacks on acts ---


@pytest.mark.parametrize("column", ["outcome", "holder", "at", "code", "seq", "matter", "id"])
def test_attack_edited_act_column(attacked, column):
    value = attacked.rows("acts")[20][column]
    attacked.edit("acts", 21, **{column: value + 1 if isinstance(value, int) else f"{value}x"})

    assert any(code == "ACT_EDITED" and "acts.jsonl 第 21 行" in place for code, place in problems(attacked))


def test_attack_edited_act_content(attacked):
    act = attacked.rows("acts")[20]
    attacked.edit("acts", 21, row=act["row"] | {"given": {"reason": "材料不齐", "days": 30}})

    assert any(code == "ACT_EDITED" and "acts.jsonl 第 21 行" in place for code, place in problems(attacked))


def test_attack_edited_salt(attacked):
    attacked.edit("acts", 21, salt="00" * 16)

    assert any(code == "ACT_EDITED" and "acts.jsonl 第 21 行" in place for code, place in problems(attacked))


def test_attack_edited_act_with_a_commitment_that_fits(attacked):
    act = attacked.rows("acts")[20]
    row = act["row"] | {"outcome": "REFUSED"}
    commitment = api.commitment(bytes.fromhex(act["salt"]), row)
    attacked.edit("acts", 21, row=row, outcome="REFUSED", commitment=commitment)

    assert any(code == "ACT_EDITED" and "acts.jsonl 第 21 行" in place for code, place in problems(attacked))


def test_attack_column_nothing_covers(attacked):
    attacked.edit("acts", 21, remark="批准")

    assert any(code == "ACT_EDITED" for code, _ in problems(attacked))


def test_attack_missing_act(attacked):
    attacked.drop("acts", 21)

    found = problems(attacked)

    assert ("ACT_MISSING", "entries.jsonl 第 21 行") in found
    assert ("ACT_GAP", "acts.jsonl") in found


def test_attack_inserted_act_without_log_entry(attacked):
    rows = attacked.rows("acts")
    extra = copy.deepcopy(rows[-1]) | {"id": "1/999", "seq": 999, "entry": "00000000-0000-4000-8000-000000000000"}
    attacked.write("acts", [*rows, extra])

    assert any(code == "ACT_NOT_LOGGED" and "第 263 行" in place for code, place in problems(attacked))


def test_attack_inserted_act_with_the_entry_of_another(attacked):
    rows = attacked.rows("acts")
    attacked.write("acts", [*rows, rows[-1]])

    assert any(code == "ACT_NOT_LOGGED" and "第 263 行" in place for code, place in problems(attacked))


def test_attack_content_hidden_as_if_erased(attacked):
    attacked.edit("acts", 21, row=None, salt=None)

    assert any(code == "ERASED_WITHOUT_ENTRY" and "第 21 行" in place for code, place in problems(attacked))


# --- attacks on documents ---


def test_attack_changed_pdf_byte(attacked):
    path = attacked.path / attacked.rows("documents")[3]["path"]
    data = bytearray(path.read_bytes())
    data[12] ^= 1
    path.write_bytes(data)

    found = problems(attacked)

    assert [code for code, _ in found] == ["DOCUMENT_FILE_CHANGED"]
    assert "documents.jsonl 第 4 行" in found[0][1]


def test_attack_missing_pdf(attacked):
    (attacked.path / attacked.rows("documents")[3]["path"]).unlink()

    assert [code for code, _ in problems(attacked)] == ["FILE_MISSING"]


def test_attack_path_out_of_the_export(attacked):
    outside = attacked.path.parent / "outside.pdf"
    outside.write_bytes((attacked.path / attacked.rows("documents")[3]["path"]).read_bytes())
    attacked.edit("documents", 4, path="../outside.pdf")

    assert [code for code, _ in problems(attacked)] == ["FILE_MISSING"]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("status", "DRAFT"),
        ("number", "示例鉴〔2026〕99号"),
        ("version", 2),
        ("sha256", "00" * 32),
        ("kind", "LETTER"),
        ("matter", 3),
    ],
)
def test_attack_edited_document_column(attacked, column, value):
    attacked.edit("documents", 4, **{column: value})

    assert any(code == "DOCUMENT_EDITED" and "documents.jsonl 第 4 行" in place for code, place in problems(attacked))


def test_attack_withdrawn_document_shown_as_issued(attacked):
    """The row of the time before the withdrawal is put back, with its own good commitment."""
    entry = next(
        json.loads(row["body"])
        for row in attacked.rows("entries")
        if row["kind"] == "document" and "〔2026〕3号" in row["body"]
    )
    attacked.edit("documents", 3, entry=entry["id"], commitment=entry["data"]["commitment"])

    found = verifier.verify([attacked.path]).problems

    assert any(problem.code == "DOCUMENT_EDITED" and "更新的记录" in problem.text for problem in found)


def test_attack_missing_document(attacked):
    attacked.drop("documents", 2)

    found = problems(attacked)

    assert "DOCUMENT_MISSING" in [code for code, _ in found]
    assert ("NUMBER_GAP", "documents.jsonl") in found


# --- any edit at all ---

FILES = ["entries", "leaves", "tiles", "checkpoints", "pending", "acts", "documents"]
OTHER_VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2**53 - 1)
    | st.text(max_size=8)
    | st.just([])
    | st.just({})
    | st.just("00" * 32)
)


@pytest.fixture(scope="module")
def kept(original, tmp_path_factory):
    """One copy for all examples; each example puts back what it changed."""
    path = tmp_path_factory.mktemp("kept") / "export"
    shutil.copytree(original.export, path)
    return Copy(path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_member_of_any_row_can_be_edited_unseen(kept, data):
    name = data.draw(st.sampled_from(FILES))
    honest = kept.rows(name)
    line = data.draw(st.integers(1, len(honest)))
    member = data.draw(st.sampled_from(sorted(set(honest[line - 1]) - {"path"})))
    value = data.draw(OTHER_VALUES)
    assume(canonical.encode(honest[line - 1][member]) != canonical.encode(value))
    try:
        kept.edit(name, line, **{member: value})
        found = problems(kept)
    finally:
        kept.write(name, honest)

    assert found


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_no_row_can_be_taken_out_or_doubled_unseen(kept, data):
    name = data.draw(st.sampled_from(FILES))
    honest = kept.rows(name)
    line = data.draw(st.integers(0, len(honest) - 1))
    attack = data.draw(st.sampled_from(["drop", "double"]))
    try:
        kept.write(name, [*honest[:line], *([honest[line]] * (2 if attack == "double" else 0)), *honest[line + 1 :]])
        found = problems(kept)
    finally:
        kept.write(name, honest)

    assert found
