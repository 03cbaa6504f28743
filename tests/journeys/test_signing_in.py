"""Signing in: a second factor of both kinds, lock-out, sessions, and what the platform insists on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import struct
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

import pytest

from jianheng.config.commands.demo import free_port

pytestmark = pytest.mark.browser


def one_time_password(secret: str) -> str:
    """The six digits of now (RFC 6238 with SHA-1 and thirty seconds)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


@pytest.fixture
def strict(served) -> Iterator[str]:
    """A second web server on the same data that insists on a second factor."""
    port = free_port()
    environment = os.environ | {
        "JIANHENG_HOME": str(served.home),
        "JIANHENG_DEMO": "1",
        "JIANHENG_SECOND_FACTOR": "1",
        "JIANHENG_URL": f"http://127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
    }
    environment.pop("JIANHENG_DSN", None)
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1", "--blocking-threads", "1", "--no-ws", "jianheng.config.wsgi:application"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base, deadline = f"http://127.0.0.1:{port}", time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=5).close()
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)
    yield base
    process.terminate()
    process.wait(timeout=30)


def test_a_second_factor_is_set_up_and_asked_for(window, gallery) -> None:
    tech = window("desktop", "tech2")
    tech.visit("/accounts/2fa/totp/activate/")
    tech.confirm_identity()
    secret = tech.page.input_value("#authenticator_secret")
    tech.page.fill("[name=code]", one_time_password(secret))
    tech.submit()
    tech.visit("/accounts/2fa/recovery-codes/")
    tech.see("recovery-codes")
    code = tech.page.input_value("#recovery_codes").split()[0]
    tech.page.locator("header button", has_text="退出").click()

    tech.sign_in("tech2", tech.password)
    tech.see("second-factor")
    tech.visit("/desk/")
    assert "/accounts/2fa/authenticate/" in tech.page.url

    tech.page.fill("[name=code]", code)
    tech.page.locator("main form button[type=submit]").first.click()

    assert tech.page.url.endswith("/desk/")
    assert "\n".join(gallery.faults) == ""


def test_a_passkey_is_added_and_opens_the_door_alone(window, served, gallery) -> None:
    # A passkey belongs to a name, never to a bare network address.
    one = window("desktop")
    one.base = served.base.replace("127.0.0.1", "localhost")
    keys = one.context.new_cdp_session(one.page)
    keys.send("WebAuthn.enable")
    about = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": about})
    one.sign_in("leader", served.password("leader"))
    one.visit("/accounts/2fa/webauthn/add/")
    one.confirm_identity()
    one.page.fill("[name=name]", "办公室电脑")
    one.page.check("[name=passwordless]")
    with one.page.expect_navigation():
        one.page.click("#mfa_webauthn_add")
    one.visit("/accounts/2fa/webauthn/")
    assert "办公室电脑" in one.page.locator("main").inner_text()
    one.see("passkeys-added")
    one.page.locator("header button", has_text="退出").click()

    one.visit("/accounts/login/")
    with one.page.expect_navigation(url="**/desk/"):
        one.page.click("#passkey_login")

    assert "示例院长甲" in one.page.locator("header").inner_text()
    assert "\n".join(gallery.faults) == ""


def test_five_wrong_passwords_lock_the_name(window, served, gallery) -> None:
    stranger = window("phone")
    for _ in range(5):
        stranger.sign_in("reviewer-e", "not-the-password")
    stranger.sign_in("reviewer-e", served.password("reviewer-e"))
    stranger.see("locked-out")

    assert "登录失败次数过多" in stranger.page.locator("main").inner_text()
    stranger.visit("/desk/")
    assert "/accounts/login/" in stranger.page.url
    assert "\n".join(gallery.faults) == ""


def test_other_sessions_are_listed_and_ended(window) -> None:
    here, there = window("desktop", "archivist-e"), window("phone", "archivist-e")
    here.visit("/accounts/sessions/")
    assert here.page.locator("main tbody tr").count() == 2

    with here.page.expect_navigation():
        here.page.locator("main form button", has_text="退出其他会话").click()
    there.visit("/desk/")

    assert "/accounts/login/" in there.page.url


def test_without_a_second_factor_one_is_sent_to_set_it_up_where_it_is_required(window, strict, served) -> None:
    regulator = window("desktop")
    regulator.base = strict
    regulator.sign_in("regulator", served.password("regulator"))

    for path in ("/oversight/", "/desk/", "/desk/account/", "/rules/"):
        regulator.visit(path)
        assert regulator.page.url == f"{strict}/accounts/2fa/"
