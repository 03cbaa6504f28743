"""Somebody reads every table as it changes, such as a replica: what they read lets them in nowhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.conf import settings as house_settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from jianheng.services.events import webhooks
from jianheng.services.notices import api as notices
from jianheng.services.notices.models import Message
from jianheng.services.people import factor_secrets, sessions
from jianheng.services.people.models import Account

pytestmark = pytest.mark.django_db
NAME = house_settings.SESSION_COOKIE_NAME
KEY_OF = sessions.key_of


@pytest.fixture
def real_sessions(monkeypatch) -> None:
    """Sessions as they are in service: the house's tests put keys into cookies."""
    monkeypatch.setattr(sessions, "key_of", KEY_OF)


def every_text() -> str:
    """All that stands in the tables of the platform."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if not name.startswith("pg_")]
        found = []
        for table in tables:
            cursor.execute(f'select t::text from "{table}" t')
            found += [row for (row,) in cursor.fetchall()]
    return "\n".join(found)


def signed_in(cast: Any, who: str = "judge") -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": who, "password": cast[who]["password"]})
    return client


def test_attack_session_continued_from_the_table(cast, real_sessions) -> None:
    judge = signed_in(cast)
    token = judge.cookies[NAME].value
    assert judge.get("/desk/").status_code == 200

    assert token not in every_text()
    kept = set(Session.objects.values_list("session_key", flat=True))
    kept |= set(UserSession.objects.values_list("session_key", flat=True))
    assert kept
    for key in kept:
        thief = Client()
        thief.cookies[NAME] = key
        assert thief.get("/desk/").status_code == 302, "asked to sign in"


def test_a_session_is_listed_ended_and_changed_at_sign_in_as_before(cast, real_sessions) -> None:
    first, second = signed_in(cast), signed_in(cast)
    before = first.cookies[NAME].value

    page = second.get("/accounts/sessions/").content.decode()
    assert page.count("127.0.0.1") >= 2
    second.post("/accounts/sessions/", {})

    assert second.get("/desk/").status_code == 200
    assert first.get("/desk/").status_code == 302
    again = Client()
    again.cookies[NAME] = "x" * 32
    again.post("/accounts/login/", {"login": "judge", "password": cast["judge"]["password"]})
    assert again.cookies[NAME].value not in {"x" * 32, before}, "no session is handed to somebody who signs in"


def test_attack_code_of_a_party_read_from_the_messages(played) -> None:
    case = played(before="entrustment.screen")
    phone = "13800000001"
    Client().post("/progress/", {"number": str(case.root_id), "phone": phone})

    shown = next(one["text"] for one in notices.messages() if "验证码" in one["text"])
    code = re.search(r"验证码 (\d+)", shown)
    assert code, "the party reads it"
    assert code[1] not in Message.objects.latest("pk").text
    assert code[1] not in every_text()
    party = Client()
    assert party.post("/progress/", {"number": str(case.root_id), "phone": phone, "code": code[1]}).status_code == 302


def test_attack_second_factor_copied_from_the_table(cast) -> None:
    judge = Account.objects.get(username="judge")
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(judge, secret)
    codes = RecoveryCodes.activate(judge).get_unused_codes()

    kept = every_text()

    assert secret not in kept
    assert not any(code in kept for code in codes)
    one = auth.TOTP(Authenticator.objects.get(user=judge, type="totp"))
    assert one.validate_code(
        auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    )


def test_attack_webhook_forged_with_the_secret_in_the_table(cast, monkeypatch) -> None:
    monkeypatch.setattr(webhooks, "_public_address", lambda url: None)
    tech = Account.objects.get(username="tech").person
    court = tech.posts.first().organisation_id

    made, secret = webhooks.add_webhook(
        organisation_id=court, person_id=tech.pk, url="https://court.example/hook", now=timezone.now()
    )

    assert secret not in every_text()
    assert webhooks._secret(webhooks.Webhook.objects.get(pk=made)) == secret


def test_what_was_kept_in_the_clear_is_read_and_what_another_key_sealed_fits_no_code(settings) -> None:
    adapter = factor_secrets.SealedSecretsAdapter()
    sealed = adapter.encrypt("JBSWY3DPEHPK3PXP")

    assert adapter.decrypt("JBSWY3DPEHPK3PXP") == adapter.decrypt(sealed) == "JBSWY3DPEHPK3PXP"
    settings.SECRET_KEY = "another"
    assert adapter.decrypt(sealed) == ""
