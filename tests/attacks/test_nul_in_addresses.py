"""A NUL in any value of any address, or typed into any public form: an answer in words, never a fault."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.gate.test_addresses import every_pattern

pytestmark = pytest.mark.django_db
NAMES = (
    "q",
    "after",
    "state",
    "procedure",
    "node",
    "late",
    "wide",
    "on",
    "category",
    "institution",
    "since",
    "until",
)
NAMES += ("code", "next", "all", "format", "number", "phone", "x")
NUMBERS = {"matter_id", "document_id", "item_id", "seq", "institution_id", "level", "index", "webhook_id"}
FORMS = {
    "/progress/": ("number", "phone", "code"),
    "/verify/": ("code",),
    "/accounts/login/": ("login", "password"),
    "/i18n/setlang/": ("language", "next"),
    "/desk/account/": ("label", "password", "organisation", "revoke", "kinds"),
    "/desk/inbox/": ("x",),
    "/accounts/password/change/": ("oldpassword", "password1", "password2"),
    "/accounts/reauthenticate/": ("password", "next"),
}


def addresses(case_id: int) -> list[str]:
    """Every address of the project, with numbers and words for what it is made of."""
    found = []
    for pattern in every_pattern(get_resolver().url_patterns):
        plain = pattern.replace("^", "").replace("$", "").replace("\\Z", "")
        plain = re.sub(
            r"\(\?P<\w+>[^()]*\)|\(\?:([\w-]+)[^)]*\)", lambda found: found.group(1) or str(case_id), plain
        )
        plain = re.sub(
            r"<(?:\w+:)?(\w+)>", lambda found: str(case_id) if found.group(1) in NUMBERS else "screen", plain
        )
        found.append(f"/{plain}")
    return found


def test_a_nul_in_any_query_of_any_address_is_refused_in_words(played, cast, browser) -> None:
    case = played(before="selection.draw")
    client = browser("tech", raise_request_exception=False)
    headers = {"Authorization": f"Bearer {cast['tech']['token']}"}
    query = "&".join(f"{name}=a%00b" for name in NAMES)
    faults, tried = [], 0

    for address in addresses(case.root_id):
        for asked in (f"{address}?{query}", f"{address}?after=%00"):
            answer = client.get(asked, headers=headers if address.startswith("/api/") else {})
            tried += 1
            if answer.status_code != 400 and not address.startswith("/static"):
                faults.append(f"{asked}: {answer.status_code}")
    assert faults == []
    assert tried > 150


def test_a_nul_in_the_address_itself_is_refused_in_words(cast, browser) -> None:
    for address in ("/verify/%00/", "/rules/%00/", "/desk/begin/%00/", "/api/v1/%00", "/accounts/%00/"):
        assert browser("judge", raise_request_exception=False).get(address).status_code in {400, 404}


@pytest.mark.parametrize("who", ["", "judge"])
def test_a_nul_typed_into_a_form_is_no_fault(who, cast, browser) -> None:
    for address, names in FORMS.items():
        client: Client = browser(who, raise_request_exception=False)
        answer = client.post(address, dict.fromkeys(names, "a\x00b"))
        assert answer.status_code < 500, address
