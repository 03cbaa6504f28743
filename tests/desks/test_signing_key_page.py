"""The page of a person's own signing key: what it says while there is none, enrolling, replacing, ending."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from jianheng.services.ledger.models import Entry
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.people.models import Account
from jianheng.services.personalkeys import api as personalkeys

ADDRESS = "/desk/account/signing-key/"
OWN = "桂林山水甲天下-2026"


@pytest.fixture
def judge(cast) -> people.Actor:
    """Who has no key yet."""
    found = people.actor_of_login("judge", today=timezone.localdate())
    assert found is not None
    return found


class KeyPage:
    """The page, as the judge uses it: posts bring the password unless said otherwise."""

    def __init__(self, client: Client, password: str) -> None:
        self.client, self.password = client, password

    def __call__(self, **fields: str) -> Any:
        """Send a form."""
        return self.client.post(ADDRESS, {"password": self.password, "sure": "yes", **fields})

    def shown(self) -> str:
        """What it says now."""
        return self.client.get(ADDRESS).content.decode()


@pytest.fixture
def page(cast, browser, settings) -> KeyPage:
    settings.JIANHENG_SIGNING_KEY_WAIT = timedelta(hours=72)
    return KeyPage(browser("judge"), cast["judge"]["password"])


def code_of(answer: Any) -> str:
    """What was refused."""
    return str(answer.context["refusal"].reasons[0].code)


def test_without_a_key_the_page_says_who_signs_and_what_to_do(page) -> None:
    shown = page.shown()

    assert "有您签名的文书现在由平台代签，并在证书上注明。请在下面登记您本人的密钥。" in shown
    assert "停用哪一把" not in shown


def test_a_phrase_made_by_the_platform_is_shown_once_and_the_key_waits(page, judge) -> None:
    answer = page()

    [key] = personalkeys.keys_of(judge.person_id)
    phrase = answer.context["fresh"]
    assert [len(group) for group in phrase.split("-")] == [4] * 6
    assert phrase in answer.content.decode()
    assert phrase not in page.shown()
    assert key.fingerprint in page.shown()
    assert key.effective_at - key.enrolled_at == timedelta(hours=72)
    assert not personalkeys.must_sign(judge.person_id, at=timezone.now())
    opened = personalkeys.unlock(judge.person_id, phrase, now=key.effective_at)
    assert opened.public == key.public


def test_the_person_is_told_and_the_log_knows(page, judge) -> None:
    page()

    [key] = personalkeys.keys_of(judge.person_id)
    assert key.fingerprint in notices.inbox(judge.holders)[0]["text"]
    said = bytes(Entry.objects.get(kind="personal_key").body).decode()
    assert f'"key":"{key.public}","person":{judge.person_id}' in said


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"password": "wrong"}, "PASSWORD_NEEDED"),
        ({"sure": ""}, "CONFIRMATION_NEEDED"),
        ({"own": "yes", "phrase": OWN, "again": OWN + "x"}, "PHRASES_DIFFER"),
        ({"own": "yes", "phrase": "短口令", "again": "短口令"}, "SIGNING_PHRASE_UNFIT"),
        ({"own": "yes", "phrase": "1111111111111111", "again": "1111111111111111"}, "SIGNING_PHRASE_UNFIT"),
        ({"own": "yes", "phrase": "shili-demo-2026", "again": "shili-demo-2026"}, "PHRASE_IS_PASSWORD"),
    ],
)
def test_what_is_refused_changes_nothing(page, judge, fields, code) -> None:
    assert code_of(page(**fields)) == code
    assert personalkeys.keys_of(judge.person_id) == ()


def test_whoever_has_a_second_factor_gives_it_again(page, judge) -> None:
    cache.clear()
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(Account.objects.get(username="judge"), secret)

    assert code_of(page(code="000000")) == "SECOND_FACTOR_NEEDED"
    assert personalkeys.keys_of(judge.person_id) == ()
    page(code=auth.format_hotp_value(auth.hotp_value(secret, next(auth.yield_hotp_counters_from_time()))))
    assert len(personalkeys.keys_of(judge.person_id)) == 1


def test_replaced_with_the_old_phrase_it_signs_at_once_without_it_after_the_wait(page, judge) -> None:
    personalkeys.enrol(judge.person_id, OWN, now=timezone.now(), waits=timedelta(0))

    fresh = page(old=OWN).context["fresh"]
    assert personalkeys.unlock(judge.person_id, fresh, now=timezone.now())

    page()
    waiting = personalkeys.keys_of(judge.person_id)[0]
    assert waiting.effective_at > timezone.now() + timedelta(hours=71)
    assert personalkeys.unlock(judge.person_id, fresh, now=timezone.now()).public != waiting.public
    assert code_of(page()) == "SIGNING_KEY_WAITING"


def test_an_old_phrase_that_is_wrong_replaces_nothing(page, judge) -> None:
    personalkeys.enrol(judge.person_id, OWN, now=timezone.now(), waits=timedelta(0))

    assert code_of(page(old="not-the-phrase-1")) == "SIGNING_PHRASE_WRONG"
    assert len(personalkeys.keys_of(judge.person_id)) == 1


def test_ended_it_signs_no_more_and_the_platform_does_not_sign_instead(page, judge) -> None:
    key = personalkeys.enrol(judge.person_id, OWN, now=timezone.now(), waits=timedelta(0))

    page(end=key.public)

    assert "还没有生效的签名密钥" in page.shown()
    assert personalkeys.must_sign(judge.person_id, at=timezone.now())
    with pytest.raises(personalkeys.NoKeyInForceError):
        personalkeys.unlock(judge.person_id, OWN, now=timezone.now())


def test_nobody_ends_the_key_of_another(page, judge) -> None:
    tech = people.actor_of_login("tech", today=timezone.localdate())
    key = personalkeys.enrol(tech.person_id, OWN, now=timezone.now(), waits=timedelta(0))

    page(end=key.public)

    assert personalkeys.keys_of(tech.person_id)[0].ended_at is None
