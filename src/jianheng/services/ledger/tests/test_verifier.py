"""The independent verifier: alone on its machine, of one mind with the writer, and of no other."""

import ast
import copy
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng import verifier
from jianheng.kernel import canonical, merkle
from jianheng.services.ledger import api

SOURCE = Path(verifier.__file__)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def codes(*paths, **given):
    return [problem.code for problem in verifier.verify(paths, **given).problems]


def written(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1))
    return path


# --- independence ---


def imported(nodes):
    """The packages that statements import, but for the standard library."""
    found = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


def test_it_imports_the_standard_library_and_cryptography_only():
    """And, where a pulse is judged, the one package that can: its absence is a refusal, never an acceptance."""
    read = ast.parse(SOURCE.read_text())

    assert imported(read.body) == {"cryptography"}
    assert imported(ast.walk(read)) == {"cryptography", "py_ecc"}


def test_it_runs_alone_from_a_copy_of_its_one_file(original, tmp_path):
    shutil.copy(SOURCE, tmp_path / "verifier.py")
    receipt = written(tmp_path / "receipt.json", original.receipts[3])
    command = [sys.executable, "-I", "verifier.py", original.export, receipt, "--key", original.key, "--json"]

    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["ok"] is True
    assert json.loads(ran.stdout)["checked"]["receipts"] == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(VALUES)
def test_it_writes_canonical_json_as_the_writer_does(value):
    assert verifier.canonical(value) == canonical.encode(value)
    assert verifier.read_json(canonical.encode(value)) == value


@given(st.data())
def test_it_climbs_to_the_root_the_writer_grew(data):
    size = data.draw(st.integers(1, 300))
    index = data.draw(st.integers(0, size - 1))
    leaves = [merkle.leaf_hash(b"%d" % number) for number in range(size)]
    frontier, tree = merkle.TiledFrontier(), verifier.Tree()
    tiles = {}
    for leaf in leaves:
        tiles |= {tile: hashes for tile, hashes, _ in frontier.append(leaf)}
        tree.add(leaf)
    tiles |= {tile: frontier.edge[tile.level] for tile in merkle.edge_of(size)}
    path = [merkle.range_hash(one, tiles) for one in merkle.inclusion_ranges(index, size)]

    assert verifier.root_along(leaves[index], index, size, path) == tree.root() == frontier.root()


# --- receipts ---


@pytest.mark.django_db
class TestReceipts:
    @pytest.fixture
    def receipt(self, original):
        return copy.deepcopy(original.receipts[17])

    def test_an_honest_receipt_holds(self, receipt, original, tmp_path):
        assert codes(written(tmp_path / "r.json", receipt), keys=[original.key]) == []

    def test_without_a_pinned_key_it_holds_and_says_what_that_is_worth(self, receipt, tmp_path):
        report = verifier.verify([written(tmp_path / "r.json", receipt)])

        assert not report.problems
        assert "--key" in report.notes[0]

    @pytest.mark.parametrize(
        "attack",
        [
            {"leaf_hash": "00" * 32},
            {"index": 18},
            {"index": -1},
            {"index": True},
            {"size": 274},
            {"inclusion": []},
            {"inclusion": ["00" * 32] * 9},
            {"inclusion": ["zz"]},
            {"inclusion": [1]},
            {"digest": "md5"},
            {"digest": "sm3"},
            {"checkpoint": ""},
            {"checkpoint": "jianheng.test/log\n275\nAAAA\n\n"},
            {"key": "nonsense"},
            {"entry": "text"},
            {"entry": {}},
            {"status": None},
        ],
    )
    def test_attack_edited_receipt(self, receipt, original, tmp_path, attack):
        assert codes(
            written(tmp_path / "r.json", receipt | attack), keys=[original.key] if "key" not in attack else []
        ) == ["RECEIPT_INVALID"]

    def test_attack_edited_entry(self, receipt, tmp_path):
        receipt["entry"]["data"]["code"] = "REFUSE"

        assert codes(written(tmp_path / "r.json", receipt)) == ["RECEIPT_INVALID"]

    def test_attack_edited_entry_with_its_leaf(self, receipt, tmp_path):
        receipt["entry"]["data"]["code"] = "REFUSE"
        receipt["leaf_hash"] = merkle.leaf_hash(canonical.encode(receipt["entry"]), receipt["digest"]).hex()

        assert codes(written(tmp_path / "r.json", receipt)) == ["RECEIPT_INVALID"]

    def test_attack_edited_checkpoint(self, receipt, tmp_path):
        receipt["checkpoint"] = receipt["checkpoint"].replace("\n275\n", "\n276\n")
        receipt["size"] = 276

        assert codes(written(tmp_path / "r.json", receipt)) == ["RECEIPT_INVALID"]

    def test_attack_receipt_of_another_log(self, receipt, tmp_path):
        assert codes(written(tmp_path / "r.json", receipt), keys=[api.public_key()]) == ["RECEIPT_INVALID"]

    def test_a_pending_receipt_proves_nothing_yet(self, receipt, tmp_path):
        pending = {name: receipt[name] for name in ("format", "entry", "digest", "leaf_hash")} | {"status": "pending"}

        assert codes(written(tmp_path / "r.json", pending)) == ["RECEIPT_PENDING"]

    def test_an_opening_must_fit_the_commitment(self, original, tmp_path):
        rows = [json.loads(line) for line in (original.export / "acts.jsonl").read_text().splitlines()]
        act = rows[17]
        opened = original.receipts[17] | {"opening": {"salt": act["salt"], "row": act["row"]}}
        attacked = opened | {"opening": {"salt": act["salt"], "row": act["row"] | {"outcome": "REFUSED"}}}

        assert codes(written(tmp_path / "good.json", opened)) == []
        assert codes(written(tmp_path / "bad.json", attacked)) == ["RECEIPT_INVALID"]


# --- files and directories ---


@pytest.mark.django_db
class TestFiles:
    def test_a_logged_pdf_holds_beside_the_export(self, original):
        assert codes(original.export, *sorted((original.export / "documents").glob("*.pdf"))) == []

    def test_attack_changed_pdf_byte(self, original, tmp_path):
        changed = tmp_path / "opinion.pdf"
        changed.write_bytes(next((original.export / "documents").glob("*.pdf")).read_bytes() + b"\n")

        assert codes(original.export, changed) == ["DOCUMENT_FILE_CHANGED"]

    def test_a_pdf_alone_cannot_be_judged(self, tmp_path):
        (tmp_path / "opinion.pdf").write_bytes(b"%PDF-1.7\n")

        assert codes(tmp_path / "opinion.pdf") == ["NO_REFERENCE"]

    def test_a_directory_is_searched_for_everything_that_can_be_checked(self, original, tmp_path):
        shutil.copytree(original.export, tmp_path / "deep" / "export")
        written(tmp_path / "deep" / "receipt.json", original.receipts[0])
        written(tmp_path / "manifest.json", {"anything": 1})
        (tmp_path / "deep" / "now.checkpoint").write_text(original.checkpoint)
        (tmp_path / "notes.txt").write_text("nothing of ours")

        report = verifier.verify([tmp_path], keys=[original.key])

        assert not report.problems
        assert (report.checked["exports"], report.checked["receipts"]) == (1, 1)

    @pytest.mark.parametrize(
        "content", [b"", b"text", b"{}", b"[]", b'{"format":"other"}', b"\xff\xfe", b"[" * 100_000]
    )
    def test_what_is_named_must_be_something_to_check(self, tmp_path, content):
        (tmp_path / "file").write_bytes(content)

        assert codes(tmp_path / "file") == ["UNKNOWN_FILE"]
        assert codes(tmp_path) == ["UNKNOWN_FILE"]

    def test_a_missing_path_is_named(self, tmp_path):
        assert codes(tmp_path / "absent") == ["UNKNOWN_FILE"]

    def test_a_checkpoint_of_an_unknown_log_is_not_believed(self, original, tmp_path):
        (tmp_path / "c").write_text(original.checkpoint)

        assert codes(tmp_path / "c", keys=[api.public_key()]) == ["CHECKPOINT_FORGED"]

    def test_material_of_two_logs_needs_a_pinned_key(self, original, tmp_path):
        one, other = original.receipts[0], original.receipts[1] | {"key": api.public_key()}

        found = codes(written(tmp_path / "1.json", one), written(tmp_path / "2.json", other))

        assert "KEY_DIFFERS" in found

    @pytest.mark.parametrize(("key", "status"), [("nonsense", 2), ("a+b+c", 2)])
    def test_a_key_that_cannot_be_read_is_misuse(self, original, capsys, key, status):
        assert verifier.main([str(original.export), "--key", key]) == status
        assert "无法核验" in capsys.readouterr().err

    def test_it_speaks_chinese_and_exits_1_when_something_does_not_hold(self, original, tmp_path, capsys):
        receipt = written(tmp_path / "r.json", original.receipts[2] | {"index": 3})

        status = verifier.main([str(receipt)])

        said = capsys.readouterr().out
        assert status == 1
        assert "不成立 [RECEIPT_INVALID]" in said
        assert str(receipt) in said
        assert "结论：不成立，共 1 处。" in said

    def test_the_key_may_lie_in_a_file(self, original, tmp_path, capsys):
        (tmp_path / "log.vkey").write_text(original.key + "\n")

        assert verifier.main([str(original.export), "--key", str(tmp_path / "log.vkey")]) == 0
        assert "结论：全部成立。" in capsys.readouterr().out
