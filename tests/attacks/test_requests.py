"""Requests no page of ours would send: forged, redirected, poisoned, with members, names and hosts of their own."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from jianheng.services.events.models import Webhook
from jianheng.services.files.models import CaseItem, Upload
from jianheng.services.people.models import Account
from jianheng.services.procedures import api as procedures
from tests.attacks.test_signing_in import NEW, signed_in
from tests.bad_input.test_guessing import sign_in
from tests.gate.test_addresses import ANYWHERE, rows_of

pytestmark = pytest.mark.django_db
EVIL = "evil.example"
ELSEWHERE = (
    f"https://{EVIL}/",
    f"//{EVIL}/",
    f"/\\{EVIL}/",
    f"///{EVIL}/",
    f"https:{EVIL}",
    f"http://127.0.0.1@{EVIL}/",
    "javascript:alert(1)",
    f"/\t/{EVIL}/",
    f"\x01//{EVIL}/",
)


def test_a_form_sent_from_another_site_with_the_right_token_is_refused(played, browser) -> None:
    case = played(before="entrustment.screen")
    victim = browser("judge", enforce_csrf_checks=True)
    address = f"/desk/matters/{case.root_id}/acts/screen/"
    page = victim.get(address).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    given = {"csrfmiddlewaretoken": token.group(1), "technique_reliable": "on", "decision": "ENTRUST", "reason": "x"}

    forged = [victim.post(address, given, headers={"Origin": said}) for said in (f"https://{EVIL}", "null")]

    assert [answer.status_code for answer in forged] == [403, 403]
    assert procedures.matter(case.root_id, case.actor("judge")).acts == 1


def test_the_interface_takes_no_cookie_so_that_no_site_can_call_it_for_a_signed_in_person(cast) -> None:
    victim = signed_in(cast)

    assert victim.get("/api/v1/work").status_code == 401
    assert victim.post("/api/v1/webhooks", {"url": f"https://{EVIL}/"}, content_type="text/plain").status_code == 401


def test_the_interface_lets_no_other_site_read_its_answers(cast) -> None:
    for method in ("get", "options"):
        answer = getattr(Client(), method)(
            "/api/v1/work",
            headers={"Authorization": f"Bearer {cast['judge']['token']}", "Origin": f"https://{EVIL}"},
        )

        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_no_page_sends_anybody_on_to_another_site(cast) -> None:
    led = [place for target in ELSEWHERE for place in led_to(target, cast)]

    assert len(led) > 4 * len(ELSEWHERE)
    assert [place for place in led if not re.match(r"/(?![/\\])[\x21-\x7e]*$", place)] == []


def led_to(target: str, cast: dict[str, Any]) -> list[str]:
    """Where every page that takes an address leads with this one."""
    signing_in, judge = Client(), signed_in(cast)
    password = cast["judge"]["password"]
    answers = [
        signing_in.post("/accounts/login/", {"login": "judge", "password": password, "next": target}),
        judge.get("/accounts/login/", {"next": target}),
        judge.post("/accounts/reauthenticate/", {"password": password, "next": target}),
        judge.post("/i18n/setlang/", {"language": "en", "next": target}),
        judge.post("/i18n/setlang/", {"language": "en"}, headers={"Referer": target}),
        judge.post("/accounts/logout/", {"next": target}),
        Client().get("/verify/", {"code": target}),
        Client().get(f"/desk/?{target}"),
    ]

    return [answer["Location"] for answer in answers if answer.has_header("Location")]


def test_a_host_that_is_not_ours_is_answered_with_nothing(cast) -> None:
    for host in (EVIL, f"127.0.0.1.{EVIL}", f"127.0.0.1@{EVIL}", "127.0.0.1:80:80", ""):
        answer = Client(raise_request_exception=False).get("/", headers={"Host": host})

        assert answer.status_code == 400
        assert EVIL not in answer.content.decode()


def test_a_load_balancer_that_asks_by_address_is_told_whether_we_live(cast) -> None:
    for path in ("/healthz", "/readyz"):
        answer = Client().get(path, headers={"Host": "10.1.2.3:8000"})
        assert answer.status_code in (200, 503) and answer["Content-Type"].startswith("application/json")
    assert Client(raise_request_exception=False).get("/", headers={"Host": "10.1.2.3:8000"}).status_code == 400


def test_attack_the_first_visit_taken_over_in_the_clear(cast, settings) -> None:
    """Behind a proxy that ends TLS every answer tells browsers to come by https only."""
    settings.SERVED_OVER_TLS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    for path in ("/", "/verify/", "/api/v1/openapi.json", "/nothing/"):
        assert Client().get(path)["Strict-Transport-Security"] == "max-age=31536000", path


def test_a_host_named_in_another_header_is_on_no_page_and_in_no_redirect(played, browser) -> None:
    case = played(before="entrustment.screen")
    headers = {
        "X-Forwarded-Host": EVIL,
        "X-Host": EVIL,
        "X-Original-URL": "/oversight/",
        "Forwarded": f"host={EVIL}",
        "X-Forwarded-Prefix": f"//{EVIL}",
    }

    for page in ("/", "/progress/", "/log/", "/desk/", f"/desk/matters/{case.root_id}/", "/desk/nothing"):
        answer = browser("judge").get(page, headers=headers)

        assert EVIL not in answer.content.decode()
        assert EVIL not in str(answer.headers)


def test_no_answer_is_kept_by_a_cache_framed_guessed_at_or_read_by_other_sites(played, browser, cast) -> None:
    case = played(before="entrustment.screen")
    judge = browser("judge")
    pages = [address.format(institution=1) for address, _ in rows_of(ANYWHERE)]
    pages += [f"/desk/matters/{case.root_id}/", f"/desk/matters/{case.root_id}/receipts/1/", "/desk/matters/999/"]
    wrong = []
    for page in pages:
        answer = judge.get(page, headers={"Authorization": f"Bearer {cast['judge']['token']}"})
        expected = {
            "X-Frame-Options": "DENY",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        wrong += [(page, name) for name, value in expected.items() if answer.get(name) != value]
        if (
            not {"no-store", "no-cache"} & set(re.split(r", *", answer["Cache-Control"]))
            or "public" in answer["Cache-Control"]
        ):
            wrong.append((page, "Cache-Control"))
        policy = answer["Content-Security-Policy"]
        if "default-src 'none'" not in policy or "unsafe" in policy or "frame-ancestors 'none'" not in policy:
            wrong.append((page, policy))

    assert wrong == []
    assert len(pages) > 50


def test_a_stored_file_is_never_a_page_of_ours(played, browser) -> None:
    case = played(before="entrustment.screen")
    file = case.driver.upload("judge", "页面.txt")
    given = {"title": "页面", "kind": "书证", "source": "示例", "file": file}
    case.driver.act("judge", "entrustment", "add_material", case.root_id, given)
    item = CaseItem.objects.get(title="页面")

    answer = browser("judge").get(f"/desk/matters/{case.root_id}/files/{item.pk}/")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"


NAMES = (
    "../../../etc/cron.d/x.txt",
    "..\\..\\x.txt",
    "/etc/passwd.txt",
    "....//....//x.txt",
    "%2e%2e%2fx.txt",
    ".txt",
)
NAMES += ('a"; filename="b.html.txt', "a\r\nSet-Cookie: x=1.txt", "CON.txt", "a/../../b.txt")


def test_a_file_name_that_climbs_or_breaks_a_header_is_only_a_name(played, browser, cast) -> None:
    case = played(before="entrustment.screen")
    place = Path(configured.STORAGES["default"]["OPTIONS"]["location"])
    headers = {"Authorization": f"Bearer {cast['judge']['token']}"}
    for number, name in enumerate(NAMES):
        sent = SimpleUploadedFile("x.txt", f"文本{number}".encode())
        sent._name = name  # past the test client's own cleaning
        answer = Client(raise_request_exception=False).post("/api/v1/files", {"file": sent}, headers=headers)
        assert answer.status_code in {201, 400, 422}, name
        if answer.status_code == 201:
            given = {"title": f"第{number}份", "kind": "书证", "source": "示例", "file": answer.json()["sha256"]}
            case.driver.act("judge", "entrustment", "add_material", case.root_id, given)
            item = CaseItem.objects.get(title=f"第{number}份")
            got = browser("judge").get(f"/desk/matters/{case.root_id}/files/{item.pk}/")
            assert got.status_code == 200
            assert not re.search(r"[\r\n/\\]|\.\.", got["Content-Disposition"].partition("filename")[2]), name
            assert "Set-Cookie" not in got.headers

    outside = [path for path in place.parent.rglob("*") if path.is_file() and place not in path.parents]
    assert [path for path in outside if path.suffix == ".txt" or "passwd" in path.name] == []
    assert all(re.fullmatch(r"[0-9a-f]{64}", path.name) for path in place.rglob("*") if path.is_file())
    assert CaseItem.objects.filter(title__endswith="份").count() > 4


def test_members_of_an_archive_that_climb_are_read_and_never_unpacked(cast) -> None:
    place = Path(configured.STORAGES["default"]["OPTIONS"]["location"])
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member in ("[Content_Types].xml", "word/document.xml", "../../../climbed.txt", "/climbed.txt"):
            archive.writestr(member, "x")
    sent = SimpleUploadedFile("a.docx", packed.getvalue())

    answer = Client().post(
        "/api/v1/files", {"file": sent}, headers={"Authorization": f"Bearer {cast['judge']['token']}"}
    )

    assert answer.status_code == 201
    assert Upload.objects.count() == 1
    assert list(place.parent.rglob("*climbed*")) == []
    assert not Path("/climbed.txt").exists()


CLIMBING = (
    "/static/../secret",
    "/static/..%2fsecret",
    "/static/%2e%2e/secret",
    "/static//etc/passwd",
    "/static/..%5csecret",
    "/log/tile/../../secret",
    "/verify/..%2f..%2fsecret/",
    "/rules/..%2fsettings/",
    "/desk/matters/1/documents/..%2f1/",
    "/api/v1/..%2fdesk",
)


def test_no_address_climbs_out_of_its_place(cast) -> None:
    (Path(configured.STATIC_ROOT).parent / "secret").write_text("OUTSIDE", encoding="utf-8")
    judge = signed_in(cast)

    for path in CLIMBING:
        answer = judge.get(path)

        assert answer.status_code in {301, 302, 400, 401, 404}, path
        assert not {b"OUTSIDE", b"root:"} & set(re.findall(rb"OUTSIDE|root:", getattr(answer, "content", b"")))


def test_members_a_form_does_not_have_change_nothing(cast) -> None:
    judge = signed_in(cast)
    other = Account.objects.get(username="tech")
    before = list(Account.objects.order_by("pk").values_list("username", "is_superuser", "person_id"))
    foreign = {
        "is_staff": "on",
        "is_superuser": "on",
        "username": "tech",
        "person": other.person_id,
        "user": other.pk,
    }
    foreign |= {"id": other.pk, "pk": other.pk, "is_active": "", "groups": "1", "password": "x", "person_id": "1"}

    judge.post(
        "/accounts/password/change/",
        {**foreign, "oldpassword": cast["judge"]["password"], "password1": NEW, "password2": NEW},
    )
    judge.post("/desk/account/", {**foreign, "label": "试", "organisation": "1"})
    judge.post("/accounts/sessions/", foreign)
    judge.post("/desk/inbox/", foreign)
    sign_in(Client(), "judge", NEW)

    assert list(Account.objects.order_by("pk").values_list("username", "is_superuser", "person_id")) == before
    assert Account.objects.get(username="tech").check_password(cast["tech"]["password"])


def test_members_an_operation_does_not_have_are_refused(cast, played) -> None:
    case = played(before="entrustment.screen")
    headers = {"Authorization": f"Bearer {cast['judge']['token']}", "If-Match": '"1"'}
    given = {"technique_reliable": True, "decision": "ENTRUST", "reason": "需要鉴定"}

    for member in (
        "id",
        "matter_id",
        "by",
        "holder",
        "outcome",
        "at",
        "region",
        "seats",
        "root_id",
        "person_id",
        "__class__",
    ):
        act = Client().post(
            f"/api/v1/entrustment/{case.root_id}/screen",
            {**given, member: 1},
            content_type="application/json",
            headers=headers,
        )
        hook = Client().post(
            "/api/v1/webhooks",
            {"url": "https://example.org/", member: 1},
            content_type="application/json",
            headers={"Authorization": f"Bearer {cast['tech']['token']}"},
        )

        assert (act.status_code, hook.status_code) == (422, 422)
    assert procedures.matter(case.root_id, case.actor("judge")).acts == 1
    assert Webhook.objects.count() == 0


def test_a_label_with_characters_nothing_may_hold_is_refused_in_words(cast) -> None:
    judge = signed_in(cast)
    organisation = judge.get("/desk/account/").context["actor"].posts[0].organisation_id
    judge.post("/accounts/reauthenticate/", {"password": cast["judge"]["password"]})

    for label in ("a\x00b", "a\x1bb", "甲\u202e乙"):
        answer = judge.post(
            "/desk/account/",
            {"label": label, "organisation": str(organisation), "password": cast["judge"]["password"]},
        )

        assert answer.status_code == 422
        assert "INPUT" in answer.content.decode()
