"""Every forgery the generator makes is refused by the verifier with a code and the place; the honest ones pass."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import TestCase, override_settings
from django.utils import timezone

from jianheng import verifier
from jianheng.config import cast as demonstration
from jianheng.services.documents import api as documents
from jianheng.services.documents.models import Document
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.ledger.models import Entry
from jianheng.services.ledger.tests.house import House

from ..conftest import FIRST_DAY, Case
from . import forging

pytestmark = pytest.mark.django_db  # for the module's honest export
HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Honest:
    """An export of a running case, witnessed, with receipts of every kind; and how a stranger checks it."""

    def __init__(self, home: Path) -> None:
        demonstration.make(home / "accounts.json", now=FIRST_DAY)
        self.house = House(home / "witnesses", FIRST_DAY)
        with override_settings(JIANHENG_WITNESS_POLICY=str(self.house.policy)):
            case = Case("traffic_disability")
            case.driver.place = lambda: self._place(case.now)  # type: ignore[method-assign]
            while case.play.root_id is None or ledger.state().size < 70:  # enough of everything
                case.next_step()
            for row in Document.objects.order_by("pk")[:2]:
                documents.produce(row.pk)
            self._place(timezone.now())
            ledger.export(home / "export")
            self.receipts = {
                kind: ledger.receipt(Entry.objects.filter(kind=kind).order_by("pk").last().pk)
                for kind in ("act", "document", "register", "operation")
            }
        self.policy = verifier.Policy.read(self.house.policy.read_text())
        self.moment = int((self.house.now + timedelta(minutes=1)).timestamp())
        self.material = forging.Material(home / "export")
        self.receipt_file = home / "receipt.json"

    def _place(self, now: Any) -> None:
        sequencer.run_once(now)
        self.house.now = now
        self.house.collect()

    def problems(self, *paths: Path, pinned: bool = True) -> list[verifier.Problem]:
        """What a stranger finds, a minute after the newest cosignature."""
        policy = self.policy
        if not pinned:
            policy = verifier.Policy.read(
                "\n".join(line for line in self.house.policy.read_text().split("\n") if not line.startswith("log "))
            )
        return list(verifier.verify(paths or [self.material.path], policy=policy, at=self.moment).problems)

    def problems_of(self, receipt: Any, **given: Any) -> list[verifier.Problem]:
        """Of a receipt alone."""
        self.receipt_file.write_text(json.dumps(receipt, ensure_ascii=False), encoding="utf-8")
        return self.problems(self.receipt_file, **given)


@pytest.fixture(scope="module")
def honest(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Honest]:
    """Made once, in a transaction that is rolled back; what is tried on it is put back."""
    home = tmp_path_factory.mktemp("honest")
    named = {
        "STORAGES": settings.STORAGES
        | {"default": settings.STORAGES["default"] | {"OPTIONS": {"location": home / "f"}}},
        "JIANHENG_LEDGER_KEY_FILE": home / "keys" / "ledger.pem",
        "PASSWORD_HASHERS": HASHERS,
    }
    with django_db_blocker.unblock(), override_settings(**named):
        atomics = TestCase._enter_atomics()
        try:
            made = Honest(home)
        finally:
            TestCase._rollback_atomics(atomics)
    yield made


@pytest.fixture(autouse=True)
def untouched(honest) -> Iterator[None]:
    yield
    honest.material.put_back()


def test_the_honest_export_and_its_receipts_are_accepted(honest) -> None:
    assert honest.problems() == []
    for kind, receipt in honest.receipts.items():
        assert honest.problems_of(receipt) == [], kind


def test_there_are_forty_schemes_and_more() -> None:
    assert len({scheme.name for scheme in forging.SCHEMES}) == len(forging.SCHEMES) >= 40


@pytest.mark.parametrize("scheme", forging.SCHEMES, ids=[scheme.name for scheme in forging.SCHEMES])
def test_a_scheme_is_found_out(honest, scheme) -> None:
    scheme.do(honest.material)

    found = honest.problems()

    assert [one for one in found if one.code == scheme.code and scheme.place in one.place], found


# Members that are looked for in another file than the one they stand in.
ELSEWHERE = {"pending": ("entries",), "state": ("changes",), "changes": ("state", "entries")}


@pytest.mark.parametrize("name", forging.FILES)
def test_no_member_of_any_kind_of_row_can_have_another_value(honest, name) -> None:
    """Every member of one row of each kind; found, and placed in the file that was changed."""
    tried = 0
    for what, rows in forging.edited_members(honest.material, name):
        honest.material.write(name, rows)
        found = honest.problems()
        honest.material.put_back()
        places = (name, *ELSEWHERE.get(name, ()))
        assert any(f"{place}.jsonl" in one.place for one in found for place in places), (what, found)
        tried += 1
    assert tried >= forging.FILES[name]


def test_every_file_of_an_export_is_tried(honest) -> None:
    assert {name for name, content in honest.material.honest.items() if content} == set(forging.FILES)


@pytest.mark.parametrize("kind", ["act", "document", "register", "operation"])
def test_no_value_in_a_receipt_can_be_another(honest, kind) -> None:
    tried = 0
    for path, receipt in forging.edited_values(honest.receipts[kind]):
        found = honest.problems_of(receipt, pinned=path != ("key",))
        assert found and all(str(honest.receipt_file) in one.place for one in found), (path, found)
        tried += 1
    assert tried >= 20


@pytest.mark.parametrize("member", ["entry", "leaf_hash", "index", "size", "inclusion", "checkpoint", "status"])
def test_nothing_can_be_left_out_of_a_receipt(honest, member) -> None:
    receipt = {name: value for name, value in honest.receipts["act"].items() if name != member}

    assert honest.problems_of(receipt)


@pytest.mark.parametrize("member", ["entry", "index", "inclusion", "checkpoint"])
def test_no_part_of_a_receipt_can_be_that_of_another(honest, member) -> None:
    one, other = honest.receipts["act"], honest.receipts["register"]
    assert one[member] != other[member]

    assert honest.problems_of(one | {member: other[member]})
