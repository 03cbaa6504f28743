"""Brute force: at the sign-in page, and at the door where a party enters with the code sent to the phone."""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from allauth.mfa.totp.internal import auth
from django.db import connections
from django.test import Client
from django.utils import timezone

from jianheng.services.notices.models import Message
from jianheng.services.people import api as people
from jianheng.services.people.models import Account, PartyPass, PassAttempt

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PARTY, STRANGER = "13800000001", "13999999999"


@pytest.fixture
def case(db) -> int:
    """A case with one party whose phone is known."""
    people.add_parties(region="220100", root_id=7, parties=[("applicant", "张某甲（示例）", PARTY)])
    return 7


def plain(answer) -> str:  # type: ignore[no-untyped-def]
    """A page without its token and the number of the request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", page)


def wrong(code: str | None) -> str:
    """Six digits that are not the code."""
    return f"{(int(code or 0) + 1) % 1_000_000:06d}"


def test_asking_for_a_new_code_does_not_forgive_wrong_ones(case, settings) -> None:
    settings.JIANHENG_PASS_CODES_AN_HOUR = 100
    told = []

    for minute in range(12):
        now = NOON + timedelta(minutes=minute)
        try:
            code = people.send_pass_code(root_id=case, phone=PARTY, now=now)
            people.check_pass_code(root_id=case, phone=PARTY, code=wrong(code), now=now)
        except (people.PassCodeError, people.PassLockedError) as refusal:
            told.append(refusal.code)

    assert told == ["PASS_CODE_WRONG"] * 10 + ["PASS_LOCKED"] * 2


def guessed(case: int) -> str:
    """A door at which ten wrong codes were tried; the right one."""
    code = people.send_pass_code(root_id=case, phone=PARTY, now=NOON)
    for _ in range(10):
        with pytest.raises(people.PassCodeError):
            people.check_pass_code(root_id=case, phone=PARTY, code=wrong(code), now=NOON)
    return code or ""


def test_a_guesser_does_not_lock_the_party_out_whose_phone_gets_a_code_nobody_guesses(case) -> None:
    guessed(case)

    code = people.send_pass_code(root_id=case, phone=PARTY, now=NOON)
    for other in ("000000", "0" * 16, wrong(code)):
        with pytest.raises((people.PassCodeError, people.PassLockedError)):
            people.check_pass_code(root_id=case, phone=PARTY, code=other, now=NOON)
    shown = " ".join((code or "")[at : at + 4] for at in range(0, 16, 4))  # as somebody may type it

    assert len(code or "") == 16
    assert people.check_pass_code(root_id=case, phone=PARTY, code=shown, now=NOON + timedelta(minutes=59))
    assert PassAttempt.objects.filter(kind="FAILED").count() == 10, "what was guessed is not forgiven"


def test_whoever_uses_up_the_asking_leaves_a_good_code_on_the_phone(case) -> None:
    for _ in range(4):
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON)
    guessed(case)

    sent = [people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=n)) for n in range(1, 6)]
    with pytest.raises(people.PassCodeTooOftenError):
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=6))

    assert people.check_pass_code(root_id=case, phone=PARTY, code=sent[-1] or "", now=NOON + timedelta(minutes=60)), (
        "until the next can be asked for"
    )


def test_six_digits_stay_shut_out_even_the_right_ones_and_do_again_a_day_later(case) -> None:
    code = guessed(case)

    with pytest.raises(people.PassLockedError):
        people.check_pass_code(root_id=case, phone=PARTY, code=code, now=NOON)

    later = NOON + timedelta(days=1, seconds=1)
    fresh = people.send_pass_code(root_id=case, phone=PARTY, now=later)
    assert people.check_pass_code(root_id=case, phone=PARTY, code=fresh or "", now=later)
    assert PassAttempt.objects.filter(at=NOON).count() == 0


def test_codes_are_sent_five_times_an_hour(case) -> None:
    sent = [people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=n)) for n in range(5)]

    with pytest.raises(people.PassCodeTooOftenError):
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=59))

    assert all(sent)
    last = NOON + timedelta(minutes=5)
    assert people.check_pass_code(root_id=case, phone=PARTY, code=sent[-1] or "", now=last)
    assert people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=61))


def test_a_live_code_is_sent_again_and_used_once(case) -> None:
    sent = [people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=n)) for n in (0, 1, 7, 9)]

    assert sent[0] == sent[1] == sent[2] != sent[3], "with two minutes left the next one is new"
    people.check_pass_code(root_id=case, phone=PARTY, code=sent[3] or "", now=NOON + timedelta(minutes=9))
    with pytest.raises(people.PassCodeError):
        people.check_pass_code(root_id=case, phone=PARTY, code=sent[3] or "", now=NOON + timedelta(minutes=9))
    assert people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(minutes=10)) != sent[3]


def test_a_strangers_asking_does_not_use_up_the_partys(case) -> None:
    for _ in range(5):
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON, address="203.0.113.9")
    with pytest.raises(people.PassCodeTooOftenError):
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON, address="203.0.113.9")

    later = NOON + timedelta(minutes=20)
    code = people.send_pass_code(root_id=case, phone=PARTY, now=later, address="198.51.100.7")

    assert people.check_pass_code(root_id=case, phone=PARTY, code=code or "", now=later)


def test_strangers_who_use_up_every_message_leave_a_code_that_lasts(case) -> None:
    sent = [
        people.send_pass_code(root_id=case, phone=PARTY, now=NOON + timedelta(seconds=n), address=f"203.0.113.{n}")
        for n in range(40)
    ]
    messages = [code for code in sent if code]

    assert len(messages) == 6
    assert len(messages[-1]) == 16
    assert people.check_pass_code(root_id=case, phone=PARTY, code=messages[-1], now=NOON + timedelta(minutes=59))


def test_a_phone_gets_so_many_messages_an_hour_for_all_its_cases_together(case) -> None:
    for root_id in range(8, 20):
        people.add_parties(region="220100", root_id=root_id, parties=[("respondent", "张某甲（示例）", PARTY)])
    sent = [
        people.send_pass_code(root_id=root_id, phone=PARTY, now=NOON, address=f"203.0.113.{root_id}")
        for root_id in range(7, 20)
    ]

    assert len([code for code in sent if code]) == 6


def test_whoever_uses_the_codes_sent_to_a_phone_gets_as_many_as_are_needed(case) -> None:
    for n in range(20):
        code = people.send_pass_code(root_id=case, phone=PARTY, now=NOON, address=f"203.0.113.{n}")

        assert people.check_pass_code(root_id=case, phone=PARTY, code=code or "", now=NOON)


def test_another_case_of_the_same_phone_is_another_door(case) -> None:
    people.add_parties(region="220100", root_id=8, parties=[("respondent", "张某甲（示例）", PARTY)])
    for _ in range(10):
        with pytest.raises(people.PassCodeError):
            people.check_pass_code(root_id=case, phone=PARTY, code="000000", now=NOON)

    code = people.send_pass_code(root_id=8, phone=PARTY, now=NOON)

    assert people.check_pass_code(root_id=8, phone=PARTY, code=code or "", now=NOON)


def test_no_answer_tells_whether_a_phone_is_a_partys(case) -> None:
    def whole_story(phone: str) -> list[tuple[int, str]]:
        browser, seen = Client(), []
        steps = [{}] * 6 + [{"code": "000000"}] * 11 + [{}] * 6 + [{"code": "0" * 16}, {"code": "000000"}]
        for step in steps:
            answer = browser.post("/progress/", {"number": str(case), "phone": phone, **step})
            seen.append((answer.status_code, plain(answer).replace(phone, "PHONE")))
        return seen

    PartyPass.objects.filter(root_id=case).update(phone=PARTY)
    known, unknown = whole_story(PARTY), whole_story(STRANGER)

    assert [status for status, _ in known] == [200] * 5 + [429] + [403] * 10 + [429] + [200] * 5 + [429, 403, 429]
    assert known == unknown
    assert "PASS_LOCKED" in known[-1][1]
    assert "请重新获取验证码" in known[-1][1]
    assert Message.objects.filter(to=PARTY).count() == 10
    assert Message.objects.filter(to=STRANGER).count() == 0
    assert STRANGER not in str(list(PassAttempt.objects.values()))


@pytest.mark.parametrize("phone", ["\x00", "1380000\x000001", "\ud800", "'; drop table--", "9" * 500])
def test_whatever_is_typed_as_a_phone_is_answered_like_any_other(case, phone) -> None:
    browser = Client()

    asked = browser.post("/progress/", {"number": str(case), "phone": phone.encode(errors="replace").decode()})
    tried = browser.post(
        "/progress/", {"number": str(case), "phone": phone.encode(errors="replace").decode(), "code": "1\x002"}
    )

    assert (asked.status_code, tried.status_code) == (200, 403)
    assert people.send_pass_code(root_id=case, phone=phone, now=NOON) is None


@pytest.mark.django_db(transaction=True)
def test_guesses_made_at_the_same_time_are_all_counted(settings) -> None:
    settings.JIANHENG_PASS_FAILURES_A_DAY = 4
    people.add_parties(region="220100", root_id=7, parties=[("applicant", "张某甲（示例）", PARTY)])
    people.send_pass_code(root_id=7, phone=PARTY, now=NOON)
    told: Counter[str] = Counter()

    def guess() -> None:
        try:
            people.check_pass_code(root_id=7, phone=PARTY, code="x", now=NOON)
        except (people.PassCodeError, people.PassLockedError) as refusal:
            told[refusal.code] += 1
        finally:
            connections.close_all()

    guessers = [threading.Thread(target=guess) for _ in range(12)]
    for one in guessers:
        one.start()
    for one in guessers:
        one.join()

    assert told == {"PASS_CODE_WRONG": 4, "PASS_LOCKED": 8}


def sign_in(browser: Client, login: str, password: str, **headers: str):  # type: ignore[no-untyped-def]
    """An attempt to sign in."""
    return browser.post("/accounts/login/", {"login": login, "password": password}, headers=headers)


def test_five_wrong_passwords_lock_the_name_even_to_the_right_one(cast) -> None:
    browser, password = Client(), cast["judge"]["password"]

    tries = [sign_in(browser, "judge", "wrong", **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(6)]
    locked = sign_in(browser, "judge", password, **{"X-Forwarded-For": "10.0.0.99"})

    assert [answer.status_code for answer in tries] == [200] * 5 + [429]
    assert locked.status_code == 429
    assert "分钟" in locked.content.decode()
    assert "_auth_user_id" not in browser.session
    assert sign_in(Client(), "tech", cast["tech"]["password"]).status_code == 302


def code_now(secret: str) -> str:
    """What an authenticator would show."""
    return auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))


def test_five_wrong_codes_close_the_second_factor_even_to_the_right_one(cast) -> None:
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(Account.objects.get(username="judge"), secret)
    browser, address = Client(), "/accounts/2fa/authenticate/"
    assert sign_in(browser, "judge", cast["judge"]["password"])["Location"].startswith(address)

    tries = [browser.post(address, {"code": wrong(code_now(secret))}).status_code for _ in range(5)]
    closed = browser.post(address, {"code": code_now(secret)})

    assert tries == [200] * 5
    assert "动态口令输错次数过多，请15分钟后再试" in closed.content.decode()
    assert "_auth_user_id" not in browser.session
    PassAttempt.objects.update(at=timezone.now() - timedelta(minutes=16))
    assert browser.post(address, {"code": code_now(secret)}).status_code == 302
    assert "_auth_user_id" in browser.session


def test_a_name_nobody_has_is_answered_like_a_wrong_password(cast) -> None:
    def page(login: str) -> tuple[int, str]:
        answer = sign_in(Client(), login, "wrong")
        return answer.status_code, plain(answer).replace(login, "LOGIN")

    assert page("judge") == page("nobody-of-this-name")
