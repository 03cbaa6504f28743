"""Whoever holds the application's connection, and what it copies from one row to another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as house_settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from jianheng.services.notices import api as notices
from jianheng.services.notices.models import Message
from jianheng.services.people import sessions

pytestmark = pytest.mark.django_db
KEY_OF = sessions.key_of
NAME = house_settings.SESSION_COOKIE_NAME


def test_attack_session_copied_under_a_key_of_ones_own(cast: Any, monkeypatch) -> None:
    """What a session says is signed, but not bound to its key: the judge's row again, under the thief's token."""
    monkeypatch.setattr(sessions, "key_of", KEY_OF)
    judge = Client()
    judge.post("/accounts/login/", {"login": "judge", "password": cast["judge"]["password"]})
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into django_session select %s, session_data, expire_date from django_session", [KEY_OF("thief")]
        )
    thief = Client()
    thief.cookies[NAME] = "thief"

    assert thief.get("/desk/").status_code == 302, "asked to sign in"


def test_attack_code_sent_to_another_phone_by_a_message_put_in(played) -> None:
    """A message says whose code stands in it; nothing ties that to the phone it goes to."""
    case = played(before="entrustment.screen")
    phone = "13800000001"
    Client().post("/progress/", {"number": str(case.root_id), "phone": phone})
    kept = Message.objects.exclude(secret=None).latest("pk")
    Message.objects.create(
        channel="SMS", to="13900009999", text=kept.text, secret=kept.secret, created_at=timezone.now()
    )

    stolen = next(
        re.search(r"验证码 (\d+)", one["text"])[1] for one in notices.messages() if one["to"] == "13900009999"
    )

    entered = Client().post("/progress/", {"number": str(case.root_id), "phone": phone, "code": stolen})
    assert entered.status_code != 302
