"""The independent verifier: alone on its machine, of one mind with the writer, and of no other."""

import ast
import copy
import json
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng import verifier
from jianheng.kernel import canonical, draw, merkle
from jianheng.services.ledger import api
from jianheng.services.ledger.tests.conftest import seal

SOURCE = Path(verifier.__file__)
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def codes(*paths, **given):
    return [problem.code for problem in verifier.verify(paths, **given).problems]


def written(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1))
    return path


# --- independence ---


def test_it_imports_the_standard_library_and_cryptography_only():
    imported = set()
    for node in ast.walk(ast.parse(SOURCE.read_text())):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module.split(".")[0])

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.django_db
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


# --- draws ---


def drawn(size=6, texts=("my own words", "被告的话")):
    later = AT + timedelta(minutes=5)
    secret = "c3" * 32
    file = draw.build(
        matter="（2026）示0101委鉴1号",
        category="0104",
        digest="sm3",
        candidates=[draw.Candidate(f"9{number:017d}", f"示例司法鉴定所{number}") for number in range(size)],
        exclusions=[
            draw.Exclusion(
                "8" + "0" * 17, "示例已过期鉴定所", (draw.Reason(code="EXPIRED", text="执业许可证已过期。"),)
            )
        ],
        sources=[
            *(draw.Source("party", who, text, later) for who, text in zip(("原告", "被告"), texts, strict=True)),
            draw.Source("server", "本院服务器", secret, later, draw.secret_commitment(secret)),
            draw.Source("beacon", "公共信标", (9, 18, 2), later),
        ],
        committed_at=AT,
        drawn_at=later,
    )
    return draw.next_turn(file, passed="不予受理", at=later + timedelta(days=1))


def test_an_honest_draw_holds_and_its_missing_receipt_is_remarked(tmp_path):
    report = verifier.verify([written(tmp_path / "draw.json", drawn())])

    assert not report.problems
    assert "回执" in report.notes[0]


def places(value, way=()):
    """Every place in a JSON value that holds no further places."""
    if isinstance(value, dict):
        return [place for name in value for place in places(value[name], (*way, name))]
    if isinstance(value, list):
        return [place for index, item in enumerate(value) for place in places(item, (*way, index))]
    return [way]


FILE = drawn()


@given(st.sampled_from(places(FILE)), st.text(max_size=5) | st.integers(-5, 2**60) | st.none() | st.just([]))
def test_both_programs_judge_a_changed_draw_alike(place, value):
    changed = copy.deepcopy(FILE)
    inner = changed
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = value
    report = verifier.Report()

    verifier.check_draw(verifier.Case(report, []), changed, "draw")

    assert bool(report.problems) == bool(draw.verify(changed)), (report.problems, draw.verify(changed))


@given(st.integers(1, 40), st.lists(st.text(st.characters(codec="utf-8"), max_size=8), min_size=2, max_size=2))
def test_both_programs_accept_every_draw_that_is_built(size, texts):
    try:
        file = drawn(size, texts)
    except draw.DrawError:
        return
    report = verifier.Report()

    verifier.check_draw(verifier.Case(report, []), file, "draw")

    assert not report.problems


def test_the_key_of_rfc_3797_is_formed_alike():
    sources = [9319, [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45], "aB-1", "", "摇"]

    assert "".join(map(verifier.seed_key, sources)) == draw.key_string(sources)


@pytest.mark.django_db
def test_attack_good_receipt_of_something_else_put_into_a_draw(original, tmp_path):
    file = drawn() | {"proofs": {"announcement": original.receipts[5]}}

    assert codes(written(tmp_path / "draw.json", file)) == ["LOG_DIFFERS"]


@pytest.mark.django_db
class TestLoggedDraws:
    @pytest.fixture
    def logged(self):
        """A draw whose list was announced in the log first, and whose result was logged after."""
        file = drawn()
        exclusions = [
            draw.Exclusion(
                one["uscc"], one["name"], tuple(draw.Reason(one_["code"], one_["text"]) for one_ in one["reasons"])
            )
            for one in file["exclusions"]
        ]
        announced = draw.announcement(
            candidates=[draw.Candidate(**candidate) for candidate in file["candidates"]],
            exclusions=exclusions,
            digest=file["digest"],
            sources=[
                draw.Source(one["kind"], one["who"], committed=one.get("committed", "")) for one in file["sources"]
            ],
        )
        said = {"announcement": (announced, AT), "result": (draw.result(file), AT + timedelta(minutes=5))}
        entries = {
            name: api.entry("draw", region="440000", matter_id=1, data=data, now=at)
            for name, (data, at) in said.items()
        }
        for entry in entries.values():
            api.append(entry)
        seal(now=AT + timedelta(minutes=5))
        return file | {"proofs": {name: api.receipt(entry.id) for name, entry in entries.items()}}

    def test_it_holds_before_both_programs(self, logged, tmp_path):
        assert draw.verify(logged) == []
        assert codes(written(tmp_path / "draw.json", logged), keys=[api.public_key()]) == []

    def test_attack_receipt_without_its_proof(self, logged, tmp_path):
        logged["proofs"]["announcement"]["inclusion"] = ["00" * 32]

        assert codes(written(tmp_path / "draw.json", logged)) == ["RECEIPT_INVALID"]

    def test_a_result_not_yet_sealed_is_remarked(self, logged, tmp_path):
        known = logged["proofs"]["result"]
        logged["proofs"]["result"] = {name: known[name] for name in ("format", "entry", "digest", "leaf_hash")} | {
            "status": "pending"
        }

        report = verifier.verify([written(tmp_path / "draw.json", logged)], keys=[api.public_key()])

        assert not report.problems
        assert any("尚未封账" in note for note in report.notes)

    def test_attack_list_announced_after_the_result(self, logged, tmp_path):
        """Both receipts are good; the log itself says which came first."""
        late = api.entry(
            "draw", region="440000", matter_id=1, data=logged["proofs"]["announcement"]["entry"]["data"], now=AT
        )
        api.append(late)
        seal(now=AT + timedelta(minutes=6))
        logged["proofs"]["announcement"] = api.receipt(late.id)

        assert codes(written(tmp_path / "draw.json", logged)) == ["LIST_ANNOUNCED_LATE"]

    def test_attack_another_list_after_the_announcement(self, logged, tmp_path):
        other = drawn(size=5) | {"proofs": {"announcement": logged["proofs"]["announcement"]}}

        assert codes(written(tmp_path / "draw.json", other)) == ["LOG_DIFFERS"]
        assert [reason.code for reason in draw.verify(other)] == ["LOG_DIFFERS"]
