"""Four witnesses, three of whom must sign: what reaches the reader when all is well, when one lies, when two are away,
and what they find of a log that was cut, forked, or signed with a copy of its key."""

import base64
import hashlib
import json
import logging
from datetime import timedelta

import pytest
from django.db import connection

from jianheng import verifier, witness
from jianheng.kernel import merkle, notes
from jianheng.services.ledger import api, asking, cosigning, keys, mark, models, sequencer, tree
from jianheng.services.ledger.errors import LedgerFault
from jianheng.services.ledger.tests.conftest import NOW, as_attacker, seal
from jianheng.services.ledger.tests.house import House

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def committed(monkeypatch):
    """The mark is set when a run has been committed; here every test is rolled back, so at once."""
    monkeypatch.setattr(sequencer.transaction, "on_commit", lambda do: do())


@pytest.fixture
def house(settings, tmp_path):
    made = House(tmp_path / "witnesses", NOW)
    settings.JIANHENG_WITNESS_POLICY = str(made.policy)
    return made


def entries(count, at):
    """That many entries of a moment."""
    made = [api.entry("act", region="440000", matter_id=1, data={"n": n}, now=at) for n in range(count)]
    for one in made:
        api.append(one)
    return made


def judged(house, tmp_path, *receipts, at=None, name="export"):
    """(code, file) of everything wrong with an export made now, and receipts beside it."""
    api.export(tmp_path / name)
    return codes(house, tmp_path / name, at=at) + codes_of(house, tmp_path, receipts)


def codes(house, *paths, at=None):
    policy = verifier.Policy.read(house.policy.read_text())
    moment = int((at or house.now).timestamp())
    found = verifier.verify(paths, policy=policy, at=moment).problems
    return [problem.code for problem in found if not problem.code.startswith(("ACT_", "FILE_MISSING"))]


def codes_of(house, tmp_path, receipts, **given):
    found = []
    for number, receipt in enumerate(receipts):
        path = tmp_path / f"receipt-{number}.json"
        path.write_text(json.dumps(receipt, ensure_ascii=False))
        found += codes(house, path, **given)
    return found


# --- all is well ---


def test_a_receipt_is_final_once_the_quorum_has_cosigned(house, tmp_path):
    [one] = entries(1, NOW)
    assert api.receipt(one.id)["status"] == "pending"
    seal()
    assert (api.receipt(one.id)["status"], api.is_sealed(one.id)) == ("unwitnessed", False)
    assert codes_of(house, tmp_path, [api.receipt(one.id)]) == ["RECEIPT_UNWITNESSED", "COSIGNATURES_MISSING"]

    assert house.collect(seconds=2) == 4

    assert (api.receipt(one.id)["status"], api.is_sealed(one.id)) == ("sealed", True)
    assert judged(house, tmp_path, api.receipt(one.id)) == []
    assert len(notes.parse(api.checkpoint()).signatures) == 5


def test_a_receipt_of_long_ago_stays_good_and_an_export_must_be_fresh(house, tmp_path):
    [one] = entries(1, NOW)
    seal()
    house.collect(seconds=2)
    receipt = api.receipt(one.id)
    api.export(tmp_path / "export")

    assert codes(house, tmp_path / "export", at=house.now + timedelta(minutes=59)) == []
    assert codes(house, tmp_path / "export", at=house.now + timedelta(minutes=61)) == ["COSIGNATURES_STALE"]
    assert codes_of(house, tmp_path, [receipt], at=house.now + timedelta(days=3650)) == []


def test_a_quiet_log_is_cosigned_again_every_ten_minutes(house, tmp_path):
    entries(1, NOW)
    seal()
    assert house.collect(seconds=2) == 4
    assert house.collect(minutes=9) == 0
    assert house.collect(minutes=1) == 4
    for _ in range(8):
        house.collect(minutes=10)

    assert judged(house, tmp_path) == []
    assert models.Cosignature.objects.count() == 4
    first, newest = models.Cosignature.objects.values_list("first_at", "newest_at").first()
    assert newest - first == timedelta(minutes=90)


def test_checkpoints_alone_need_the_quorum_between_them_and_must_be_fresh(house, tmp_path):
    entries(1, NOW)
    seal()
    house.collect(seconds=2)
    digest = hashlib.sha256(b"jianheng.test/log").hexdigest()
    for number, one in enumerate(house.each.values()):
        (tmp_path / f"{number}.checkpoint").write_text(one.newest(digest))
    fetched = sorted(tmp_path.glob("*.checkpoint"))

    assert codes(house, *fetched[:3]) == []
    assert codes(house, *fetched[:2]) == ["COSIGNATURES_MISSING"]
    assert codes(house, *fetched[:3], at=house.now + timedelta(hours=2)) == ["COSIGNATURES_STALE"]


def test_without_a_policy_the_verifier_says_that_nobody_outside_vouches(house, tmp_path):
    entries(1, NOW)
    seal()
    api.export(tmp_path / "export")

    assert any("没有外部机构证明" in note for note in verifier.verify([tmp_path / "export"]).notes)


def test_witnesses_who_fell_behind_are_brought_up_by_what_they_say_they_hold(house):
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    models.WitnessState.objects.update(size=1)  # as after a restore of our database
    entries(3, NOW)
    seal()

    assert house.collect(seconds=2) == 4


# --- one lies, one is away ---


def _signs_another_root(one, body):
    """A good signature, over a root of its own making."""
    text = notes.parse(body.partition("\n\n")[2]).text
    lines = text.split("\n")
    lines[2] = base64.b64encode(bytes(32)).decode()
    return asking.Answer(200, one._signature("\n".join(lines), int(NOW.timestamp())))


def _signs_another_time(seconds):
    def lie(one, body):
        text = notes.parse(body.partition("\n\n")[2]).text
        return asking.Answer(200, one._signature(text, int(NOW.timestamp()) + seconds))

    return lie


LIES = {
    "another root": _signs_another_root,
    "a time long past": _signs_another_time(-88 * 86400),
    "a time to come": _signs_another_time(86400),
    "nonsense": lambda one, body: asking.Answer(200, "signed\n"),
    "a size nobody has": lambda one, body: asking.Answer(409, "999999999\n"),
    "no": lambda one, body: asking.Answer(422, "no\n"),
    "an error": lambda one, body: asking.Answer(500, "<html>"),
}


@pytest.mark.parametrize("lie", LIES)
def test_three_of_four_survives_a_witness_that_lies(house, tmp_path, lie, caplog):
    house.lies["w4"] = LIES[lie]
    [one] = entries(1, NOW)
    seal()

    with caplog.at_level(logging.ERROR):
        assert house.collect(seconds=2) == 3

    assert judged(house, tmp_path, api.receipt(one.id)) == []
    assert api.receipt(one.id)["status"] == "sealed"
    assert "witness w4" in caplog.text
    entries(1, NOW)
    seal()  # and the log goes on: a lie without our signature raises no mark
    shown = {row.name: row for row in api.witnesses_shown(house.now)}
    assert (shown["w4"].at, shown["w1"].trouble) == (None, "")
    assert shown["w4"].trouble


def test_three_of_four_survives_a_witness_that_is_away(house, tmp_path):
    house.away = {"w3"}
    [one] = entries(1, NOW)
    seal()
    assert house.collect(seconds=2) == 3

    assert judged(house, tmp_path, api.receipt(one.id)) == []


def test_one_away_and_one_lying_are_one_too_many_and_nothing_is_final_until_one_is_back(house, tmp_path):
    house.away, house.lies["w4"] = {"w3"}, _signs_another_root
    [one] = entries(1, NOW)
    seal()
    assert house.collect(seconds=2) == 2
    assert api.receipt(one.id)["status"] == "unwitnessed"
    assert judged(house, tmp_path) == ["COSIGNATURES_MISSING"]

    assert house.collect(seconds=5) == 0  # who was away is not asked at every turn
    house.away.clear()
    assert house.collect(seconds=10) == 1

    assert api.receipt(one.id)["status"] == "sealed"
    assert judged(house, tmp_path, api.receipt(one.id), name="later") == []


def test_while_entries_wait_for_their_place_nobody_says_that_the_log_is_the_newest(house):
    entries(1, NOW)
    seal()
    house.collect(seconds=2)
    entries(1, NOW + timedelta(minutes=1))

    assert house.collect(minutes=20) == 0


# --- attacks ---


def test_attack_tail_cut_off_by_a_superuser_and_signed_over_by_the_running_sequencer(house, tmp_path):
    kept = entries(3, NOW)
    seal()
    house.collect(seconds=2)
    lost = entries(3, NOW)
    seal()
    house.collect(seconds=2)
    receipt = api.receipt(lost[0].id)
    cut_at(3)
    entries(4, house.now)

    with pytest.raises(LedgerFault, match="6"):
        sequencer.run_once(house.now)
    assert api.state().size == 3

    mark.place().unlink()  # the attacker is on the machine, too
    sequencer.run_once(house.now)
    assert house.collect(seconds=2) == 0  # no witness signs it
    assert mark.read().size == 7
    api.export(tmp_path / "export")
    receipt_file = tmp_path / "kept.json"
    receipt_file.write_text(json.dumps(receipt))
    found = codes(house, receipt_file, tmp_path / "export")
    assert "LOG_REWRITTEN" in found
    assert api.receipt(kept[0].id)["status"] == "sealed"


def test_attack_tail_cut_off_while_the_platform_is_stopped(house, monkeypatch):
    entries(3, NOW)
    seal()
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    cut_at(3)
    monkeypatch.setattr(cosigning.asking, "over_http", house.ask)
    monkeypatch.setattr(cosigning.heed_witnesses, "__defaults__", (house.ask,))

    with pytest.raises(api.LogBehindError):
        api.must_continue()
    mark.place().unlink()  # no mark: the witnesses still know
    with pytest.raises(api.LogBehindError, match="6"):
        api.must_continue()


def cut_at(size):
    """Everything after it vanishes from every table."""
    with as_attacker() as cursor:
        cursor.execute(f"create temp table gone as select entry_id from ledger_leaf where index >= {size}")
        cursor.execute(f"delete from ledger_leaf where index >= {size}")
        cursor.execute(f"delete from ledger_checkpoint where size > {size}")
        cursor.execute(f"delete from ledger_cosignature where size > {size}")
        cursor.execute(f"delete from ledger_witnessed where size > {size}")
        cursor.execute("update ledger_witness set size = 0")
        cursor.execute("delete from ledger_entry where id in (select entry_id from gone)")
        cursor.execute("drop table gone")


def _signed_elsewhere(leaves):
    """A checkpoint made with a copy of the key."""
    key, sign = keys.signing()
    text = notes.Checkpoint(key.name, len(leaves), merkle.root(leaves), (f"time {_instant(NOW)}", "after 3")).text()
    return str(notes.Note(text, (notes.sign(text, key, sign),)))


def _instant(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_attack_copy_of_the_logs_key_used_elsewhere(house, tmp_path, caplog):
    """The thief has key and database, and writes on from leaf 3; the house has gone on to 6."""
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    begun = [bytes(leaf) for leaf in models.Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    stolen = [*begun, *(merkle.leaf_hash(b"%d" % n) for n in range(5))]
    note = _signed_elsewhere(stolen)
    proof = [merkle.root(stolen[a:b]) for a, b in merkle.consistency_ranges(3, 8)]
    for size in (3, 6):
        lines = "".join(base64.b64encode(one).decode() + "\n" for one in proof)
        for name in house.each:
            assert house.ask(name, "", f"old {size}\n{lines}\n{note}").status in (409, 422)
    (tmp_path / "shown.checkpoint").write_text(note)

    assert codes(house, tmp_path / "shown.checkpoint") == ["COSIGNATURES_MISSING"]
    api.export(tmp_path / "export")
    assert "LOG_ROLLED_BACK" in codes(house, tmp_path / "export", tmp_path / "shown.checkpoint")


def test_attack_copy_of_the_logs_key_reaches_the_witnesses_first(house, caplog):
    """Then it is the house that cannot go on, and it says so."""
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    begun = [bytes(leaf) for leaf in models.Leaf.objects.order_by("index").values_list("leaf_hash", flat=True)]
    stolen = [*begun, *(merkle.leaf_hash(b"%d" % n) for n in range(5))]
    note = _signed_elsewhere(stolen)
    lines = "".join(
        base64.b64encode(merkle.root(stolen[a:b])).decode() + "\n" for a, b in merkle.consistency_ranges(3, 8)
    )
    for name in house.each:
        assert house.ask(name, "", f"old 3\n{lines}\n{note}").status == 200
    [one] = entries(1, NOW)
    seal()

    with caplog.at_level(logging.ERROR):
        assert house.collect(seconds=2) == 0

    assert api.receipt(one.id)["status"] == "unwitnessed"
    assert all("密钥在别处使用" in row.trouble for row in api.witnesses_shown(house.now))
    entries(1, NOW)
    with pytest.raises(LedgerFault):
        sequencer.run_once(house.now)


def test_attack_entry_back_dated_by_88_days(house, tmp_path, caplog):
    """Written today by someone with the database's password, as of 88 days ago, with a judge's valid signature of then."""
    entries(1, NOW - timedelta(days=90))
    seal(now=NOW - timedelta(days=90))
    house.now = NOW - timedelta(days=90)
    house.collect(seconds=2)
    for _ in range(3):
        house.collect(days=30)
    [dated] = entries(1, NOW - timedelta(days=88))
    [honest] = entries(1, house.now)

    with caplog.at_level(logging.ERROR):
        assert sequencer.run_once(house.now) == 1

    assert str(dated.id) in caplog.text
    house.collect(seconds=2)
    assert (api.receipt(dated.id)["status"], api.receipt(honest.id)["status"]) == ("pending", "sealed")
    assert api.figures(house.now)["log_held"] == 1
    assert judged(house, tmp_path) == ["ENTRY_TIME_OUTSIDE"]  # it waits, visibly, and is named


def test_attack_entry_back_dated_by_the_sequencer_itself(house, tmp_path, monkeypatch):
    """The operator holds the log's key: his sequencer dates the checkpoint back, too. The witnesses have seen the log
    without it in between."""
    first = NOW - timedelta(days=90)
    entries(1, first)
    seal(now=first)
    house.now = first
    house.collect(seconds=2)
    for _ in range(3):
        house.collect(days=30)
    [dated] = entries(1, first + timedelta(days=2))
    monkeypatch.setattr(sequencer, "_seen_without", lambda before: None)
    assert sequencer.run_once(first + timedelta(days=2)) == 1
    house.collect(seconds=2)

    found = judged(house, tmp_path, api.receipt(dated.id))

    assert set(found) == {"ENTRY_TIME_OUTSIDE", "CHECKPOINT_TIME_DIFFERS"}
    assert found[-1] == "ENTRY_TIME_OUTSIDE"  # the receipt alone says so
    alone = api.receipt(dated.id)
    assert codes_of(house, tmp_path, [alone | {"before": None}]) == ["ENTRY_TIME_OUTSIDE"]


def test_attack_entry_dated_ahead_waits_for_its_time(house):
    entries(1, NOW)
    entries(1, NOW + timedelta(minutes=10))

    assert sequencer.run_once(NOW) == 1
    assert sequencer.run_once(NOW + timedelta(minutes=5)) == 0
    assert sequencer.run_once(NOW + timedelta(minutes=9)) == 1


def test_an_act_still_being_written_when_the_log_was_signed_gets_its_place(house):
    entries(1, NOW)
    seal()
    [late] = entries(1, NOW - timedelta(minutes=14))

    assert sequencer.run_once(NOW) == 1
    assert api.receipt(late.id)["index"] == 1


def test_many_held_entries_do_not_keep_others_from_their_place(house):
    entries(1, NOW)
    seal()
    entries(30, NOW - timedelta(days=1))
    [honest] = entries(1, NOW)

    for _ in range(5):
        sequencer.run_once(NOW, limit=10)

    assert api.receipt(honest.id)["index"] == 1
    assert models.Held.objects.count() == 30


def test_attack_held_entry_released_by_hand(house):
    entries(1, NOW)
    seal()
    entries(1, NOW - timedelta(days=1))
    sequencer.run_once(NOW)

    with pytest.raises(Exception, match="账本只能追加"), connection.cursor() as cursor:
        cursor.execute("delete from ledger_held")


def test_attack_cosignature_forged_in_the_database(house, tmp_path):
    [one] = entries(1, NOW)
    seal()
    house.away = {"w2", "w3", "w4"}
    house.collect(seconds=2)
    for name in ("w2", "w3"):
        key = house.each[name].key
        forged = notes.Signature(key.name, key.id, int(NOW.timestamp()).to_bytes(8, "big") + bytes(64)).line()
        models.Cosignature.objects.create(
            size=1, witness=name, first_line=forged, first_at=NOW, newest_line=forged, newest_at=NOW
        )
    models.Witnessed.objects.create(size=1, at=NOW)

    assert set(judged(house, tmp_path, api.receipt(one.id))) == {"COSIGNATURE_FORGED", "COSIGNATURES_MISSING"}


def test_attack_unwitnessed_tail_shown_as_if_it_were_just_made(house, tmp_path):
    """A tail the witnesses never saw: an hour later nobody believes it."""
    entries(3, NOW)
    seal()
    house.collect(seconds=2)
    entries(2, house.now)
    sequencer.run_once(house.now)
    api.export(tmp_path / "export")

    assert codes(house, tmp_path / "export") == []
    later = codes(house, tmp_path / "export", at=house.now + timedelta(minutes=61))
    assert set(later) == {"COSIGNATURES_STALE", "COSIGNATURES_MISSING"}


# --- the mark ---


def test_the_mark_goes_up_with_every_signature_and_never_down(house):
    entries(3, NOW)
    seal()
    assert mark.read() == (3, tree.root_at(3))
    mark.raise_to(2, bytes(32))
    assert mark.read().size == 3
    assert mark.place().stat().st_mode & 0o077 == 0


def test_a_damaged_mark_signs_nothing(house):
    entries(1, NOW)
    seal()
    mark.place().write_text("{")
    entries(1, NOW)

    with pytest.raises(Exception, match="damaged"):
        sequencer.run_once(NOW)


def test_attack_history_rewritten_below_the_mark(house):
    """The whole log is made anew, as long as before, with other content."""
    entries(3, NOW)
    seal()
    with as_attacker() as cursor:
        for table in ("ledger_checkpoint", "ledger_leaf", "ledger_pending", "ledger_entry"):
            cursor.execute(f"delete from {table}")
    entries(3, NOW)

    with pytest.raises(LedgerFault):
        sequencer.run_once(NOW)
    entries(3, NOW)
    with pytest.raises(LedgerFault):
        sequencer.run_once(NOW)


# --- policies that cannot be used ---


@pytest.mark.parametrize("content", ["", "quorum nobody", "witness w1 x"])
def test_a_policy_that_cannot_be_read_is_refused_and_nothing_is_final(house, content):
    [one] = entries(1, NOW)
    seal()
    house.policy.write_text(content)

    with pytest.raises(api.WitnessPolicyError):
        api.receipt(one.id)


def test_over_the_wire(house, monkeypatch):
    """The client of :mod:`asking` and the server of :mod:`witness` understand each other."""
    import threading

    server = witness.Server(("127.0.0.1", 0), house.each["w1"])
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    try:
        entries(1, NOW)
        seal()
        body = cosigning._request(tree.latest(), 0)
        assert asking.over_http(address, "jianheng.test/log", body).status == 200
        held = asking.over_http(address, "jianheng.test/log", None)
        assert (held.status, cosigning._ours(held.body).size) == (200, 1)
    finally:
        server.shutdown()
        server.server_close()
    assert asking.over_http(address, "jianheng.test/log", None).status == 0
    assert asking.over_http("nowhere", "jianheng.test/log", None).status == 0


# --- papers ---


def _paper(signed_at):
    """As much of a signed PDF as says when it was signed, colon and quotes escaped as writers of PDF do."""
    said = signed_at.strftime("D\\072%Y%m%d%H%M%S\\05300\\04700\\047").encode()
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Contents <00> /ByteRange [0 9 11 9]\n/Type /Sig\n/M ("
        + said
        + b")\n>>\nendobj\n%%EOF\n"
    )


@pytest.mark.parametrize(
    ("ago", "found"),
    [
        (timedelta(), []),
        (timedelta(minutes=14), []),
        (timedelta(days=88), ["DOCUMENT_TIME_DIFFERS"]),
        (-timedelta(days=1), ["DOCUMENT_TIME_DIFFERS"]),
    ],
)
def test_attack_paper_with_a_good_signature_of_another_day(house, tmp_path, ago, found):
    """Signed with the judge's key as of 88 days ago, and logged today: its entry's time is right, its own is not."""
    paper = _paper(NOW - ago)
    told = {"document": "1", "number": "示例1号", "kind": "x", "sha256": hashlib.sha256(paper).hexdigest()}
    entry = api.entry("document", region="440000", matter_id=1, data=told, now=NOW)
    api.append(entry)
    seal()
    house.collect(seconds=2)
    (tmp_path / "paper.pdf").write_bytes(paper)
    (tmp_path / "receipt.json").write_text(json.dumps(api.receipt(entry.id)))

    assert codes(house, tmp_path / "receipt.json", tmp_path / "paper.pdf") == found
