"""Pages that no step of the case leads over: what anybody may see, one's own account, and every way to be stopped."""

from __future__ import annotations

import re

import pytest

pytestmark = pytest.mark.browser
both = pytest.mark.parametrize("device", ["desktop", "phone"])


@both
def test_a_visitor_finds_everything_public(window, gallery, device) -> None:
    visitor = window(device)
    for path, name in (
        ("/", "front"),
        ("/progress/", "progress"),
        ("/verify/", "verify"),
        ("/verify/AAAABBBBCCCCDDDD/", "verified-unknown"),
        ("/institutions/", "register"),
        ("/rules/", "rules"),
        ("/rules/entrustment/", "procedure"),
        ("/log/", "log"),
        ("/api/v1/docs", "interface"),
        ("/demonstration/outbox/", "outbox"),
        ("/nowhere/", "not-found"),
    ):
        visitor.visit(path)
        visitor.see(name)
    visitor.visit("/institutions/")
    visitor.page.fill("[name=q]", "示例甲")
    visitor.page.click("main form button")
    visitor.see("register-found")
    visitor.page.click("main td a")
    visitor.see("institution")

    assert visitor.page.locator("h1").inner_text().startswith("示例甲司法鉴定中心")
    assert "\n".join(gallery.faults) == ""


@both
def test_english_comes_by_switch_and_stays(window, gallery, device) -> None:
    visitor = window(device)
    visitor.visit("/")
    assert visitor.page.get_attribute("html", "lang") == "zh-Hans"

    visitor.page.click("button[value=en]")
    visitor.see("front-english")
    visitor.visit("/verify/")

    assert visitor.page.get_attribute("html", "lang") == "en"
    assert visitor.page.locator("h1").inner_text() == "Verify a document"
    assert "\n".join(gallery.faults) == ""


@both
def test_staff_find_their_own_pages(window, gallery, device) -> None:
    judge = window(device, "judge2")
    for path, name in (
        ("/desk/", "work-list-empty"),
        ("/desk/account/", "account"),
        ("/desk/account/signing-key/", "signing-key"),
        ("/accounts/password/change/", "password-change"),
        ("/accounts/2fa/", "two-factor"),
        ("/accounts/sessions/", "sessions"),
        ("/accounts/logout/", "sign-out"),
    ):
        judge.visit(path)
        judge.see(name)
    judge.visit("/accounts/2fa/totp/activate/")
    judge.confirm_identity()
    judge.see("authenticator-app")
    judge.visit("/accounts/2fa/webauthn/add/")
    judge.see("passkey-add")
    judge.visit("/accounts/2fa/webauthn/")
    judge.see("passkeys")

    assert "\n".join(gallery.faults) == ""


@both
def test_a_form_that_is_not_ours_is_refused_in_words(window, gallery, device) -> None:
    visitor = window(device)
    visitor.visit("/progress/")
    visitor.page.fill("[name=number]", "1")
    visitor.page.fill("[name=phone]", "13800000000")
    visitor.page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    visitor.submit()
    visitor.see("forged-form")

    assert visitor.refusal()[0] == "FORGED_FORM"
    assert "\n".join(gallery.faults) == ""


@both
def test_a_refused_form_comes_back_filled_in_and_leads_to_what_is_wrong(window, gallery, device) -> None:
    judge = window(device, "judge2")
    judge.visit("/desk/begin/entrustment/")
    judge.page.fill("[name=purpose]", "证明残疾等级")
    judge.submit()
    judge.see("refused")

    assert judge.page.input_value("[name=purpose]") == "证明残疾等级"
    for link in judge.page.locator(".reasons a").all():
        assert judge.page.locator(link.get_attribute("href")).count() == 1
    assert "\n".join(gallery.faults) == ""


def test_a_page_is_printed_without_menus_and_buttons(window) -> None:
    visitor = window("desktop")
    visitor.visit("/rules/selection/")
    visitor.page.emulate_media(media="print")

    assert not visitor.page.locator(".masthead").is_visible()
    assert visitor.page.locator("h1").is_visible()
    assert re.match(rb"%PDF-", visitor.page.pdf())


def test_the_keyboard_reaches_the_content_first(window) -> None:
    visitor = window("desktop")
    visitor.visit("/rules/")
    visitor.page.keyboard.press("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent") == "跳到正文"

    visitor.page.keyboard.press("Enter")

    assert visitor.page.evaluate("document.activeElement.id") == "main"
