"""Proofs and receipts come from tiles and the right edge, in few queries, and hold before the independent verifier."""

import json
import uuid

import pytest

from jianheng import verifier
from jianheng.kernel import merkle, notes
from jianheng.services.ledger import api, keys
from jianheng.services.ledger.errors import KeyFault
from jianheng.services.ledger.tests.conftest import an_entry, append_many, seal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("index", "size"), [(0, 1), (0, 600), (255, 256), (256, 600), (511, 512), (599, 600), (3, 300)]
)
def test_inclusion_holds_at_every_size(index, size):
    made = append_many(600)
    seal()
    root = merkle.root(entry.leaf_hash for entry in made[:size])

    proof = api.inclusion(index, size)

    assert merkle.inclusion_holds(made[index].leaf_hash, index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize(("old", "new"), [(0, 600), (1, 600), (256, 257), (300, 600), (511, 512), (600, 600)])
def test_consistency_holds_between_any_two_sizes(old, new):
    made = append_many(600)
    seal()
    old_root, new_root = (merkle.root(entry.leaf_hash for entry in made[:size]) for size in (old, new))

    proof = api.consistency(old, new)

    assert merkle.consistency_holds(old=old, new=new, proof=proof, old_root=old_root, new_root=new_root)


def test_a_size_the_log_has_not_reached_has_no_proof():
    append_many(3)
    seal()

    with pytest.raises(ValueError, match="no 4 leaves yet"):
        api.inclusion(0, 4)
    with pytest.raises(ValueError, match="no 4 leaves yet"):
        api.consistency(1, 4)


def test_a_tile_is_served_full_partial_or_empty():
    made = append_many(600)
    seal()

    assert api.tile(0, 0) == b"".join(entry.leaf_hash for entry in made[:256])
    assert api.tile(0, 2) == b"".join(entry.leaf_hash for entry in made[512:])
    assert len(api.tile(1, 0)) == 2 * 32
    assert api.tile(0, 3) == b""


@pytest.mark.parametrize("count", [300, 1500])
def test_a_receipt_costs_the_same_few_queries_however_long_the_log(count, django_assert_max_num_queries):
    made = append_many(count)
    seal()

    with django_assert_max_num_queries(5):
        receipt = api.receipt(made[7].id)

    assert receipt["index"] == 7
    assert api.is_sealed(made[7].id)


@pytest.mark.parametrize("digest", ["sha256", "sm3"])
def test_a_receipt_holds_offline(digest, tmp_path):
    append_many(20)
    ours = an_entry(20, digest=digest)
    api.append(ours)
    append_many(20, first=21)
    seal()

    (tmp_path / "receipt.json").write_text(json.dumps(api.receipt(ours.id), ensure_ascii=False, indent=2))

    report = verifier.verify([tmp_path / "receipt.json"], keys=[api.public_key()])
    assert not report.problems
    assert report.checked["receipts"] == 1


def test_a_receipt_is_pending_until_its_entry_has_a_place():
    ours = an_entry()
    api.append(ours)

    receipt = api.receipt(ours.id)

    assert (receipt["status"], receipt["leaf_hash"]) == ("pending", ours.leaf_hash.hex())
    assert receipt["entry"] == json.loads(ours.body)
    assert "checkpoint" not in receipt
    assert not api.is_sealed(ours.id)


def test_an_unknown_entry_has_no_receipt():
    assert api.receipt(uuid.uuid4()) is None
    assert not api.is_sealed(uuid.uuid4())


def test_the_state_tells_size_and_what_waits():
    assert api.state() == api.State(0, 0, None, None)
    append_many(3)
    seal()
    append_many(2, first=3)

    state = api.state()

    assert (state.size, state.waiting, state.checkpoint) == (3, 2, api.checkpoint())
    assert state.waiting_since == an_entry(3).at


def test_an_entry_s_id_sorts_by_time_and_is_version_7():
    ids = [an_entry(number).id for number in range(50)]

    assert ids == sorted(ids)
    assert {entry_id.version for entry_id in ids} == {7}


def test_a_commitment_depends_on_salt_and_row():
    row = {"a": 1}

    assert api.commitment(b"salt", row) == api.commitment(b"salt", {"a": 1})
    assert len({api.commitment(b"salt", row), api.commitment(b"tlas", row), api.commitment(b"salt", {"a": 2})}) == 3
    assert api.new_salt() != api.new_salt()


# --- the key ---


def test_the_key_is_made_once_and_for_its_owner_only(settings):
    path = settings.JIANHENG_LEDGER_KEY_FILE
    first = keys.ensure(path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert keys.ensure(path).private_bytes_raw() == first.private_bytes_raw()
    assert [inner.name for inner in path.parent.iterdir()] == [path.name]


def test_a_key_others_can_read_is_not_used(settings):
    keys.ensure(settings.JIANHENG_LEDGER_KEY_FILE)
    settings.JIANHENG_LEDGER_KEY_FILE.chmod(0o644)

    with pytest.raises(KeyFault, match="0644"):
        keys.signing()


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_what_is_not_an_ed25519_key_is_not_used(settings, content):
    path = settings.JIANHENG_LEDGER_KEY_FILE
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(KeyFault):
        keys.signing()


def test_the_verifier_key_bears_the_name_of_the_log():
    key = notes.parse_key(api.public_key())

    assert (key.name, key.kind) == ("jianheng.test/log", notes.ED25519)
