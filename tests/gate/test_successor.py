"""An institution that follows another sees its own papers and material, not its predecessor's; refunds are not lost."""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.modules.entrustment.models import Entrustment, Predecessor
from jianheng.services.documents.models import Document
from jianheng.services.files.models import CaseItem
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db

BEFORE_HAND_OVER = "entrustment.hand_over"


@pytest.fixture
def succeeded(played) -> Any:
    """A case whose first institution was paid, reported and withdrew; the second has its letter, not the material yet."""
    case = played(before="entrustment.select_again", scenario="opinion_withdrawn")
    case.next_step()
    return case.until(BEFORE_HAND_OVER)


def shown(client: Any, root_id: int) -> tuple[set[int], set[int]]:
    """The papers and files that open for somebody's browser, of all there are."""
    page = client.get(f"/desk/matters/{root_id}/").content.decode()
    papers, entries = set(), set()
    for paper in Document.objects.filter(matter_id=root_id):
        opened = client.get(f"/desk/matters/{root_id}/documents/{paper.pk}/").status_code in {200, 202}
        assert opened == (f"documents/{paper.pk}/" in page)
        papers |= {paper.pk} if opened else set()
    for item in CaseItem.objects.filter(root_id=root_id).exclude(file=None):
        opened = client.get(f"/desk/matters/{root_id}/files/{item.pk}/").status_code == 200
        entries |= {item.pk} if opened else set()
    return papers, entries


def kinds(ids: set[int]) -> list[str]:
    """What papers these are, in the order they were asked for."""
    return list(Document.objects.filter(pk__in=ids).order_by("pk").values_list("kind", flat=True))


def test_the_successor_opens_what_was_sent_to_it_and_nothing_from_before(succeeded, browser) -> None:
    root_id = succeeded.root_id
    client = browser(succeeded.play.who("intake@chosen"))

    papers, entries = shown(client, root_id)

    assert kinds(papers) == ["cross_examination_record", "court_entrustment"]
    assert Document.objects.filter(kind="court_entrustment").latest("pk").pk in papers
    assert entries == set()

    succeeded.next_step()
    papers, entries = shown(client, root_id)

    assert kinds(papers) == ["cross_examination_record", "court_entrustment", "handover_list"]
    assert set(CaseItem.objects.filter(pk__in=entries).values_list("title", flat=True)) == {"住院病历"}


def test_the_interface_shows_the_successor_the_same(succeeded, cast, client) -> None:
    token = cast[succeeded.play.who("intake@chosen")]["token"]

    def asked(what: str) -> Any:
        address = f"/api/v1/matters/{succeeded.root_id}{what}"
        return client.get(address, headers={"Authorization": f"Bearer {token}"}).json()

    assert [paper["kind"] for paper in asked("/documents")] == ["cross_examination_record", "court_entrustment"]
    assert asked("/files") == []
    assert not any("前任" in label or label == "已交" for label, _ in asked("")["facts"])


def test_court_and_parties_go_on_seeing_everything(succeeded, browser) -> None:
    papers, _ = shown(browser("judge"), succeeded.root_id)

    assert {"fee_notice", "objection", "court_entrustment", "handover_list"} <= set(kinds(papers))


def test_what_was_paid_to_the_predecessor_and_has_to_be_returned_is_kept(succeeded, browser) -> None:
    row, before = Entrustment.objects.get(matter_id=succeeded.root_id), Predecessor.objects.get()

    assert (row.paid_fen, row.paid_on, row.report_number, row.refund_due, row.appraisers) == (0, None, "", False, [])
    assert (before.paid_fen, before.refund_due) == (120_000, True)
    assert before.report_number
    page = browser("judge").get(f"/desk/matters/{row.matter_id}/").content.decode()
    assert f"{before.name}，已交1,200.00元，应退还鉴定费" in page


def test_an_institution_rejected_before_its_letter_leaves_nothing_to_return(played) -> None:
    case = played(before="entrustment.entrust", scenario="refusal_next_name")

    named = procedures.asking(case.root_id, "reject_institution", by=case.actor("tech")).choices["institution"][0][0]
    evidence = case.driver.upload("tech", "公告.txt")
    given = {"institution": named, "ground": "UNLICENSED", "reason": "许可证即将届满。", "evidence": evidence}
    case.driver.act("tech", "entrustment", "reject_institution", case.root_id, given)
    agreed = {"agrees": True, "reason": "属实。"}
    case.driver.act("judge", "entrustment", "confirm_rejection", case.root_id, agreed)

    assert not Predecessor.objects.exists()
