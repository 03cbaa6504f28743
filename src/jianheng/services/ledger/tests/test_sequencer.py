"""The sequencer gives each entry one place, in one order, whatever interrupts it."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from jianheng.kernel import merkle, notes
from jianheng.services.ledger import api, models, sequencer, tasks, tree
from jianheng.services.ledger.errors import LedgerFault
from jianheng.services.ledger.tests.conftest import NOW, an_entry, append_many, as_attacker, seal

pytestmark = pytest.mark.django_db


def sealed_ids():
    return list(models.Leaf.objects.order_by("index").values_list("entry_id", flat=True))


def test_entries_are_placed_by_time_and_id_whatever_the_order_of_writing():
    made = [an_entry(number) for number in (5, 3, 4, 1, 2)]
    same_moment = [an_entry(3), an_entry(3)]
    for entry in [*made, *same_moment]:
        api.append(entry)

    assert sequencer.run_once(NOW) == 7

    assert sealed_ids() == [entry.id for entry in sorted([*made, *same_moment], key=lambda e: (e.at, e.id))]
    assert not models.Pending.objects.exists()


def test_a_run_with_nothing_waiting_changes_nothing():
    append_many(3)
    seal()
    before = api.checkpoint()

    assert sequencer.run_once(NOW) == 0
    assert api.checkpoint() == before


@pytest.mark.parametrize("limit", [1, 7, 100, 255, 256, 257, 10_000])
def test_batches_of_any_size_make_the_same_tree(limit):
    made = append_many(600 if limit > 1 else 40)

    seal(limit)

    newest = notes.parse_checkpoint(notes.parse(api.checkpoint()).text)
    assert newest.size == len(made)
    assert newest.root == merkle.root(entry.leaf_hash for entry in made)
    assert models.Tile.objects.count() == len(made) // 256


def test_the_checkpoint_is_signed_dated_and_linked_to_the_one_before():
    append_many(2)
    sequencer.run_once(NOW)
    append_many(3, first=2)
    sequencer.run_once(NOW)

    note = notes.parse(api.checkpoint())
    newest = notes.parse_checkpoint(note.text)

    assert (newest.origin, newest.size) == ("jianheng.test/log", 5)
    assert newest.extensions == ("time 2026-03-02T01:00:00.000000Z", "after 2")
    assert str(notes.parse_key(api.public_key())) == api.public_key()
    assert note.signatures[0].key_id == notes.parse_key(api.public_key()).key_id


def test_a_run_killed_before_its_end_leaves_nothing_behind_and_is_done_again(monkeypatch):
    append_many(300)
    usual = sequencer.sign

    def killed(*given, **named):
        raise KeyboardInterrupt

    monkeypatch.setattr(sequencer, "sign", killed)
    with pytest.raises(KeyboardInterrupt):
        sequencer.run_once(NOW)

    assert (models.Leaf.objects.count(), models.Tile.objects.count(), models.Pending.objects.count()) == (0, 0, 300)

    monkeypatch.setattr(sequencer, "sign", usual)
    assert sequencer.run_once(NOW) == 300


def test_an_entry_changed_behind_our_back_stays_out_and_is_reported(caplog):
    made = append_many(3)
    with as_attacker() as cursor:
        cursor.execute("alter table ledger_entry drop constraint ledger_entry_leaf")
        cursor.execute("update ledger_entry set body = %s where id = %s", [b"{}", made[1].id])

    with caplog.at_level(logging.ERROR):
        assert sequencer.run_once(NOW) == 2

    assert sealed_ids() == [made[0].id, made[2].id]
    assert str(made[1].id) in caplog.text


@pytest.mark.parametrize(
    "attack",
    [
        "update ledger_leaf set leaf_hash = sha256('other') where index = 299",
        "update ledger_tile set root = sha256('other')",
        "delete from ledger_leaf where index = 299",
        "delete from ledger_checkpoint where size = 300",
        "update ledger_checkpoint set root = sha256('other')",
    ],
)
def test_a_tree_that_was_tampered_with_is_not_continued(attack):
    append_many(300)
    seal(200)
    with as_attacker() as cursor:
        cursor.execute(attack)
    append_many(1, first=300)

    with pytest.raises((LedgerFault, IntegrityError)):
        sequencer.run_once(NOW)

    assert models.Pending.objects.count() == 1


def test_the_right_edge_is_read_back_from_the_tables():
    made = append_many(600)
    seal()

    frontier = tree.frontier(600)

    assert frontier.root() == merkle.root(entry.leaf_hash for entry in made)
    assert [len(hashes) for hashes in frontier.edge] == [600 % 256, 2]


@pytest.mark.django_db(transaction=True)
def test_never_two_sequencers_at_once():
    append_many(50)

    def run(_):
        try:
            return sequencer.run_once(NOW, limit=10)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as together:
        folded = sum(together.map(run, range(12)))
    seal()

    assert folded <= 50
    assert list(models.Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(50))
    assert api.state().waiting == 0


@pytest.mark.django_db(transaction=True)
def test_a_second_sequencer_finds_the_door_closed():
    append_many(5)

    def run():
        try:
            return sequencer.run_once(NOW)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [sequencer.LOCK])
        assert other.submit(run).result() == 0

    assert sequencer.run_once(NOW) == 5


def test_nothing_is_signed_while_this_clock_is_ahead_of_the_databases(monkeypatch, caplog):
    append_many(1)
    monkeypatch.setattr(sequencer, "database_clock", lambda: timezone.now() - timedelta(minutes=10))
    with caplog.at_level(logging.ERROR):
        tasks.sequence(0)
    assert not models.Checkpoint.objects.exists()
    assert "ahead of the database's" in caplog.text

    monkeypatch.setattr(sequencer, "database_clock", timezone.now)
    tasks.sequence(0)

    assert models.Checkpoint.objects.count() == 1
