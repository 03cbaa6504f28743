"""Sign-in under attack: guesses from everywhere, sessions fixed or stale, codes, tokens and calls played again."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from jianheng.services.events import webhooks
from jianheng.services.people import api as people
from jianheng.services.people import guessing, waiting
from jianheng.services.people.models import Account, PassAttempt
from tests.bad_input.test_guessing import NOON, code_now, sign_in

pytestmark = pytest.mark.django_db
NEW = "xinkouling-2026-changle"


def seen_from(address: str) -> dict[str, str]:
    """The header the operator's reverse proxy adds."""
    return {"X-Forwarded-For": f"203.0.113.99, {address}"}


def entered(client: Client) -> bool:
    """Whether somebody is signed in."""
    return "_auth_user_id" in client.session


def signed_in(cast: dict[str, Any], login: str = "judge") -> Client:
    """A browser that came in by the sign-in page."""
    client = Client()
    assert sign_in(client, login, cast[login]["password"]).status_code == 302
    return client


def test_one_name_guessed_from_many_addresses_waits_for_all_of_them(cast, settings) -> None:
    settings.JIANHENG_PROXIES = 1
    answers = [
        sign_in(Client(), "judge", "wrong", **seen_from(f"198.51.{n}.7")).status_code for n in range(waiting.FREE + 1)
    ]
    browser = Client()
    closed = sign_in(browser, "judge", cast["judge"]["password"], **seen_from("198.51.100.250"))

    assert answers == [200] * waiting.FREE + [429]
    assert closed.status_code == 429
    assert "SIGN_IN_TOO_OFTEN" in closed.content.decode()
    assert "通行密钥" in closed.content.decode()
    assert not entered(browser)
    assert sign_in(Client(), "tech", cast["tech"]["password"], **seen_from("198.51.100.251")).status_code == 302
    PassAttempt.objects.update(at=timezone.now() - waiting.FIRST_WAIT)
    assert sign_in(browser, "judge", cast["judge"]["password"], **seen_from("198.51.100.250")).status_code == 302


def test_one_password_tried_on_many_names_closes_the_address_and_no_other(cast, settings, monkeypatch) -> None:
    settings.JIANHENG_PROXIES = 1
    monkeypatch.setattr(guessing, "OF_AN_ADDRESS", 20)

    answers = [
        sign_in(Client(), f"nobody-{n}", "qwerty123456", **seen_from("198.51.100.7")).status_code for n in range(21)
    ]

    assert answers == [200] * 20 + [429]
    assert sign_in(Client(), "judge", cast["judge"]["password"], **seen_from("198.51.100.7")).status_code == 429
    assert sign_in(Client(), "judge", cast["judge"]["password"], **seen_from("198.51.100.8")).status_code == 302


def test_an_address_invented_by_the_client_is_not_believed(cast, settings, monkeypatch) -> None:
    monkeypatch.setattr(guessing, "OF_AN_ADDRESS", 4)

    def wrong(n: int, **headers: str) -> int:
        return int(sign_in(Client(), f"nobody-{n}", "wrong", **headers).status_code)

    settings.JIANHENG_PROXIES = 1
    behind_a_proxy = [wrong(n, **{"X-Forwarded-For": f"10.0.0.{n}, 198.51.100.7"}) for n in range(5)]
    settings.JIANHENG_PROXIES = 0
    at_the_door = [wrong(n, **{"X-Forwarded-For": f"10.0.0.{n}"}) for n in range(5)]

    assert behind_a_proxy == at_the_door == [200] * 4 + [429]


def test_sixty_wrong_passwords_of_a_stranger_do_not_lock_the_judge_out(cast, monkeypatch) -> None:
    at_home = signed_in(cast)
    at_home.post("/accounts/logout/")
    for _ in range(60):
        sign_in(Client(), "judge", "wrong")

    assert sign_in(Client(), "judge", cast["judge"]["password"]).status_code == 429
    assert sign_in(at_home, "judge", cast["judge"]["password"]).status_code == 302, "the browser used yesterday"
    kept = PassAttempt.objects.filter(kind="FAILED")
    assert kept.count() <= 2 * waiting.FREE, "what is refused is not counted: it prolongs nothing"


def test_the_wait_doubles_to_an_hour_and_no_further(cast) -> None:
    now, door = timezone.now(), "a door"
    waits = []
    for _ in range(15):
        waiting.failed(door, now=now)
        refused = 0
        for seconds in (1, 29, 31, 59, 61, 3599, 3601):
            try:
                waiting.must_wait_no_more(door, now=now + timedelta(seconds=seconds))
            except waiting.SignInTooOftenError:
                refused = seconds
        waits.append(refused)

    assert waits[:6] == [0, 0, 0, 0, 29, 59]
    assert waits[-1] == 3599


def test_a_stolen_or_made_up_device_cookie_is_worth_nothing(cast) -> None:
    for _ in range(5):
        sign_in(Client(), "judge", "wrong")
    tech = signed_in(cast, "tech")
    name = guessing._cookie("judge")
    for value in (
        next(one.value for key, one in tech.cookies.items() if key.startswith("device-")),
        "x",
        "a:b:c",
        "",
    ):
        thief = Client()
        thief.cookies[name] = value
        assert sign_in(thief, "judge", cast["judge"]["password"]).status_code == 429


def test_wrong_guesses_in_a_known_browser_make_that_browser_wait_and_no_other(cast) -> None:
    stolen, at_home = signed_in(cast), signed_in(cast)
    for browser in (stolen, at_home):
        browser.post("/accounts/logout/")
    answers = [sign_in(stolen, "judge", "wrong").status_code for _ in range(6)]

    assert answers == [200] * 5 + [429]
    assert sign_in(at_home, "judge", cast["judge"]["password"]).status_code == 302
    assert sign_in(Client(), "judge", cast["judge"]["password"]).status_code == 302


def test_names_nobody_has_wait_alike(cast) -> None:
    known = [sign_in(Client(), "judge", "wrong").status_code for _ in range(7)]
    unknown = [sign_in(Client(), "nobody-at-all", "wrong").status_code for _ in range(7)]

    assert known == unknown == [200] * 5 + [429] * 2


def test_a_session_fixed_before_signing_in_is_worth_nothing_afterwards(cast) -> None:
    victim, attacker = Client(), Client()
    victim.get("/accounts/login/")
    session = victim.session
    session["planted"] = True
    session.save()
    fixed = session.session_key

    sign_in(victim, "judge", cast["judge"]["password"])
    attacker.cookies["sessionid"] = fixed

    assert victim.session.session_key != fixed
    assert attacker.get("/desk/").status_code == 302


def test_a_session_key_of_ones_own_choice_is_not_taken_up(cast) -> None:
    victim = Client()
    victim.cookies["sessionid"] = "a" * 32

    sign_in(victim, "judge", cast["judge"]["password"])

    assert victim.cookies["sessionid"].value != "a" * 32


def test_a_partys_session_fixed_before_the_code_is_worth_nothing_afterwards(played) -> None:
    case = played(before="entrustment.screen")
    code = people.send_pass_code(root_id=case.root_id, phone="13800000001", now=timezone.now())
    victim, attacker = Client(), Client()
    session = victim.session
    session["planted"] = True
    session.save()
    fixed = session.session_key

    victim.post("/progress/", {"number": str(case.root_id), "phone": "13800000001", "code": code})
    attacker.cookies["sessionid"] = fixed

    assert "民初100号" in victim.get("/progress/").content.decode()
    assert "民初100号" not in attacker.get("/progress/").content.decode()


def test_sessions_from_before_a_change_of_password_are_over(cast) -> None:
    here, stolen = signed_in(cast), signed_in(cast)

    changed = here.post(
        "/accounts/password/change/",
        {"oldpassword": cast["judge"]["password"], "password1": NEW, "password2": NEW},
    )

    assert changed.status_code == 302
    assert here.get("/desk/").status_code == 200
    assert stolen.get("/desk/").status_code == 302
    assert sign_in(Client(), "judge", cast["judge"]["password"]).status_code == 200


def test_sessions_and_tokens_of_a_closed_account_are_over(cast) -> None:
    stolen = signed_in(cast)
    headers = {"Authorization": f"Bearer {cast['judge']['token']}"}
    assert Client().get("/api/v1/work", headers=headers).status_code == 200

    people.close_account("judge", today=timezone.localdate())

    assert stolen.get("/desk/").status_code == 302
    assert Client().get("/api/v1/work", headers=headers).status_code == 401


def test_a_cookie_kept_from_before_signing_out_opens_nothing(cast) -> None:
    victim, attacker = signed_in(cast), Client()
    attacker.cookies["sessionid"] = victim.cookies["sessionid"].value
    assert attacker.get("/desk/").status_code == 200

    victim.post("/accounts/logout/")

    assert attacker.get("/desk/").status_code == 302


def test_a_token_is_dead_from_the_moment_it_is_revoked_or_expired(cast) -> None:
    actor = people.actor_of_login("judge", today=timezone.localdate())
    assert actor is not None
    mine = {"organisation_id": actor.posts[0].organisation_id, "person_id": actor.person_id, "label": "试"}
    revoked = people.issue_token(**mine, now=timezone.now())
    expired = people.issue_token(**mine, now=timezone.now() - timedelta(days=366))
    token_id = max(one["id"] for one in people.tokens_of(actor.person_id) if one["expires_at"])

    def status(token: str) -> int:
        return int(Client().get("/api/v1/work", headers={"Authorization": f"Bearer {token}"}).status_code)

    assert (status(revoked), status(expired)) == (200, 401)
    for one in people.tokens_of(actor.person_id):
        if one["id"] in {token_id, token_id - 1}:
            people.revoke_token(one["id"], person_id=actor.person_id, now=timezone.now())
    assert status(revoked) == 401
    assert [status(text) for text in ("", "jh_", revoked[:-1], revoked + "x", revoked.upper())] == [401] * 5


def test_a_token_is_issued_only_after_the_password_is_given_again(cast, browser) -> None:
    actor = people.actor_of_login("judge", today=timezone.localdate())
    assert actor is not None
    left_open, before = browser("judge"), len(people.tokens_of(actor.person_id))
    asked = {"organisation": str(actor.posts[0].organisation_id), "label": "业务系统"}

    for given in ({}, {"password": ""}, {"password": "wrong"}):
        refused = left_open.post("/desk/account/", {**asked, **given})
        assert (refused.status_code, refused.context["fresh"]) == (403, "")
        assert "PASSWORD_NEEDED" in refused.content.decode()
    assert len(people.tokens_of(actor.person_id)) == before

    shown = left_open.post("/desk/account/", {**asked, "password": cast["judge"]["password"]})
    assert shown.context["fresh"].startswith("jh_")
    assert [one["label"] for one in people.tokens_of(actor.person_id)].count("业务系统") == 1


def test_a_partys_code_opens_once_and_not_after_ten_minutes(db) -> None:
    people.add_parties(region="220100", root_id=7, parties=[("applicant", "张某甲（示例）", "13800000001")])
    door = {"root_id": 7, "phone": "13800000001"}
    code = people.send_pass_code(**door, now=NOON)
    assert people.check_pass_code(**door, code=code, now=NOON)
    with pytest.raises(people.PassCodeError):
        people.check_pass_code(**door, code=code, now=NOON)

    older = people.send_pass_code(**door, now=NOON)
    newer = people.send_pass_code(**door, now=NOON + timedelta(minutes=9))
    assert older != code, "a code that was used is not made again, even at the same moment"
    for late, code in ((9, older), (20, newer)):
        with pytest.raises(people.PassCodeError):
            people.check_pass_code(**door, code=code, now=NOON + timedelta(minutes=late))


def test_a_code_of_the_second_factor_read_over_a_shoulder_is_not_taken_twice(cast) -> None:
    cache.clear()
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(Account.objects.get(username="judge"), secret)
    victim, attacker = Client(), Client()
    for browser in (victim, attacker):
        sign_in(browser, "judge", cast["judge"]["password"])
    code = code_now(secret)

    victim.post("/accounts/2fa/authenticate/", {"code": code})
    attacker.post("/accounts/2fa/authenticate/", {"code": code})

    assert entered(victim)
    assert not entered(attacker)


def test_a_webhook_played_again_or_under_another_time_does_not_fit_its_signature() -> None:
    body, at = b'{"type":"org.jianheng.act"}', int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())
    said = webhooks.signature("secret", at=at, body=body)

    assert said.startswith(f"t={at},v1=")
    assert len({webhooks.signature("secret", at=at + later, body=body) for later in range(3)}) == 3
    assert webhooks.signature("secret", at=at, body=body + b" ") != said
    assert webhooks.signature("other", at=at, body=body) != said


def test_a_wrong_password_takes_as_long_for_a_name_nobody_has(cast, settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    Account.objects.update(password=people.hash_password("shili-demo-2026"))

    def seconds(login: str) -> float:
        began = time.process_time()
        sign_in(Client(), login, "wrong")
        return time.process_time() - began

    known, unknown = (min(seconds(login) for _ in range(2)) for login in ("judge", "nobody-of-this-name"))

    assert unknown > known / 2
