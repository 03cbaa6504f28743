"""到期清单: what may be erased, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from jianheng.services.procedures.models import Matter
from tests.attacks.test_erasing import APPLICANT, act, erased

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/erasing/"


def page(browser: Any, who: str) -> str:
    """The page as somebody sees it."""
    return str(browser(who).get(ADDRESS).content.decode())


def test_nothing_is_due_and_nothing_was_proposed(played, browser) -> None:
    played(before="entrustment.screen")

    assert "没有保管期限已经届满的案件。" in page(browser, "judge")
    assert "还没有提请销毁的案件。" in page(browser, "chief")
    assert browser("tech").get(ADDRESS).status_code == 403


def test_a_case_kept_long_enough_is_listed_by_its_number_for_its_own_court(played, browser) -> None:
    case = played()
    Matter.objects.filter(root_id=case.root_id).update(closed_at=timezone.now() - timedelta(days=31 * 366))
    number = Matter.objects.get(pk=case.root_id).reference

    assert number in page(browser, "judge")
    assert APPLICANT not in page(browser, "judge")
    assert number not in page(browser, "judge2")

    act(case, "judge", "seal", ground="PRIVACY", reason="涉及个人隐私，公开会造成伤害。")
    act(case, "chief", "confirm_seal", note="符合法定情形，知悉范围必要。")
    assert number not in page(browser, "judge")


def test_what_was_erased_stays_with_ground_and_persons_and_its_matter_opens(played, browser) -> None:
    case = erased(played())

    told = page(browser, "chief")
    matter = browser("judge").get(f"/desk/matters/{case.root_id}/")

    assert "已销毁" in told
    assert "示例法官甲、示例庭长甲" in told
    assert matter.status_code == 200
    assert APPLICANT not in matter.content.decode()
