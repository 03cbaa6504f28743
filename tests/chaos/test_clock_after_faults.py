"""A clock that was ahead and is set right: what was begun under it goes on, and no paper is signed before it was asked for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.signing import api as signing
from jianheng.services.signing.authority import DemonstrationAuthority

pytestmark = pytest.mark.django_db


def test_a_list_published_while_the_clock_was_ahead_is_drawn_from_after_it_was_set_right(played) -> None:
    case = played(before="selection.draw")
    case.driver.now -= timedelta(seconds=100)
    case.driver.pace = timedelta(seconds=1)

    case.until("entrustment.entrust")

    with connection.cursor() as cursor:
        cursor.execute(
            "select code, at from procedures_actrecord where matter_id = %s order by seq", [case.newest("selection")]
        )
        acts = cursor.fetchall()
    assert [code for code, _ in acts][-1] == "draw"
    times = [at for _, at in acts]
    assert times == sorted(set(times)), "each later than the one before it"


def test_a_paper_made_while_the_clock_was_behind_is_not_signed_before_it_was_asked_for(
    played, settings, tmp_path
) -> None:
    settings.JIANHENG_SIGNING_HOME = tmp_path / "signing"
    case = played(before="entrustment.add_material")
    with connection.cursor() as cursor:
        cursor.execute("select id, requested_at from documents_document where kind = 'screening_form'")
        ((paper, asked_at),) = cursor.fetchall()

        documents.produce(paper, now=case.now - timedelta(days=463))

        cursor.execute("select sha256, issued_at from documents_document where id = %s", [paper])
        ((sha256, issued_at),) = cursor.fetchall()
    report = signing.check(files.read(sha256), now=case.now)
    assert issued_at == asked_at
    assert report.verdict is signing.Verdict.PASSED
    assert all(one.signed_at >= asked_at.replace(microsecond=0) for one in report.signatures)


def test_a_certificate_made_while_the_clock_was_a_day_ahead_can_be_used_once_it_was_set_right(tmp_path) -> None:
    authority, now = DemonstrationAuthority(tmp_path), timezone.now()
    clerk = signing.Holder("person:1", "示例己", signing.HolderKind.PERSON, "示例市示例司法鉴定中心")
    root = authority.root(now).certificate.not_valid_before_utc

    made_ahead = authority.holder(clerk, now + timedelta(hours=25))

    assert authority.holder(clerk, now).certificate == made_ahead.certificate, "not refused as expired"
    assert made_ahead.certificate.not_valid_before_utc == root, "and not before whoever vouches for it"
    assert authority.time_stamper(now + timedelta(hours=25)).certificate.not_valid_before_utc == root
