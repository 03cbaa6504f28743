"""A key's life: enrolled, waiting, in force, replaced, ended; and who is signed for meanwhile."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from jianheng.services.ledger.models import Entry
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.people.models import Person
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.personalkeys.models import PersonalKey
from jianheng.services.personalkeys.phrases import OF_A_PUBLIC_PHRASE

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 4, 10, 1, tzinfo=UTC)
HOUR, WAIT = timedelta(hours=1), timedelta(hours=72)
FIRST, SECOND = "第一个口令-ab-cd-ef", "第二个口令-gh-jk-mn"


@pytest.fixture
def person(settings) -> int:
    settings.JIANHENG_SIGNING_KEY_WAIT = WAIT
    return people.add_person("示例甲", phone="13800000001", is_demo=True)


def enrolled(person: int, phrase: str = FIRST, **other: object) -> personalkeys.KeyRef:
    """A key enrolled now."""
    said = {"now": NOW, "cost": OF_A_PUBLIC_PHRASE, **other}
    return personalkeys.enrol(person, phrase, **said)  # type: ignore[arg-type]


def data_of_entries() -> list[dict[str, object]]:
    """What the log says of keys."""
    rows = Entry.objects.filter(kind="personal_key").order_by("created_at", "id")
    return [json.loads(bytes(row.body))["data"] for row in rows]


def test_until_it_is_in_force_its_person_is_signed_for_as_before(person) -> None:
    key = enrolled(person)

    assert key.effective_at == NOW + WAIT
    assert not personalkeys.must_sign(person, at=NOW + WAIT - HOUR)
    assert personalkeys.must_sign(person, at=NOW + WAIT)
    with pytest.raises(personalkeys.NoKeyInForceError):
        personalkeys.unlock(person, FIRST, now=NOW + WAIT - HOUR)
    assert personalkeys.unlock(person, FIRST, now=NOW + WAIT).public == key.public


def test_the_old_key_consents_and_the_new_one_is_in_force_at_once(person) -> None:
    old = enrolled(person, waits=timedelta(0))
    pen = personalkeys.unlock(person, FIRST, now=NOW)

    new = enrolled(person, SECOND, now=NOW + HOUR, consent=pen)

    assert personalkeys.unlock(person, SECOND, now=NOW + HOUR).public == new.public
    with pytest.raises(personalkeys.PhraseWrongError):
        personalkeys.unlock(person, FIRST, now=NOW + HOUR)
    assert [(said["replaces"], bool(said["consent"])) for said in data_of_entries()] == [
        (None, False),
        (old.public, True),
    ]


def test_without_consent_the_old_key_signs_until_the_new_one_is_in_force(person) -> None:
    old, new = enrolled(person, waits=timedelta(0)), enrolled(person, SECOND, now=NOW + HOUR)

    assert personalkeys.held([person], at=NOW + WAIT)[person].public == old.public
    assert personalkeys.held([person], at=NOW + WAIT + HOUR)[person].public == new.public


def test_only_one_new_key_waits(person) -> None:
    first = enrolled(person)
    with pytest.raises(personalkeys.AlreadyWaitingError):
        enrolled(person, SECOND, now=NOW + HOUR)

    personalkeys.end(person, first.public, now=NOW + 2 * HOUR)

    assert enrolled(person, SECOND, now=NOW + 3 * HOUR).effective_at == NOW + 3 * HOUR + WAIT


def test_a_key_ended_while_it_waited_never_was(person) -> None:
    key = enrolled(person)

    personalkeys.end(person, key.public, now=NOW + HOUR)

    assert personalkeys.held([person], at=NOW + 2 * WAIT) == {}


def test_an_ended_key_leaves_nobody_to_sign(person) -> None:
    key = enrolled(person, waits=timedelta(0))

    personalkeys.end(person, key.public, now=NOW + HOUR)

    assert personalkeys.held([person], at=NOW + 2 * HOUR) == {person: None}
    assert data_of_entries()[-1] == {"what": "ended", "person": person, "key": key.public}


def test_the_person_is_told_by_phone(person) -> None:
    key = enrolled(person)

    [message] = notices.messages(limit=5)
    assert message["to"] == "13800000001"
    assert key.fingerprint in message["text"]
    assert "不是您本人操作的" in message["text"]


def test_nothing_of_the_phrase_is_in_the_row(person) -> None:
    enrolled(person)

    row = json.dumps(PersonalKey.objects.filter(person_id=person).values().get(), default=str, ensure_ascii=False)
    assert FIRST not in row
    assert "第一个口令" not in row


def test_a_row_is_ended_once_and_otherwise_stays(person) -> None:
    key = enrolled(person, waits=timedelta(0))
    rows = PersonalKey.objects.filter(public=key.public)

    for change in ({"wrapped": ""}, {"person_id": 99}, {"effective_at": NOW - WAIT}, {"memory": 8}):
        with pytest.raises(DatabaseError, match="只能停用"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(DatabaseError, match="只能停用"), transaction.atomic():
        rows.delete()
    rows.update(ended_at=NOW)
    with pytest.raises(DatabaseError, match="只能停用"), transaction.atomic():
        rows.update(ended_at=None)


def test_wrong_phrases_are_counted_and_forgiven_by_the_right_one(person) -> None:
    enrolled(person, waits=timedelta(0))
    for _ in range(4):
        with pytest.raises(personalkeys.PhraseWrongError):
            personalkeys.unlock(person, SECOND, now=NOW)
    personalkeys.unlock(person, FIRST, now=NOW)
    for _ in range(5):
        with pytest.raises(personalkeys.PhraseWrongError):
            personalkeys.unlock(person, SECOND, now=NOW)

    with pytest.raises(personalkeys.PhraseTooOftenError):
        personalkeys.unlock(person, FIRST, now=NOW)


def test_a_clock_that_went_back_unmakes_no_key(person) -> None:
    """The act itself is refused for the clock then, by the core; the phrase is not called wrong."""
    key = enrolled(person, waits=timedelta(0))

    assert personalkeys.unlock(person, FIRST, now=NOW - timedelta(days=400)).public == key.public


def test_who_is_nobody_has_no_key(person) -> None:
    assert not personalkeys.must_sign(None, at=NOW)
    assert not personalkeys.must_sign(Person.objects.count() + 1000, at=NOW)
