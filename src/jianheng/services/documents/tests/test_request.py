"""Asking for a paper: number, row and log entry in the act's transaction, or a refusal and nothing."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jianheng.services.documents import api
from jianheng.services.documents.models import Document, DocumentSeries
from jianheng.services.documents.tests.conftest import BY_APPRAISERS, NOW, a_desk
from jianheng.services.documents.tests.samples import SAMPLES
from jianheng.services.ledger import api as ledger


@pytest.mark.parametrize(("kind", "statements"), [("fee_notice", 2), ("opinion_disability", 3), ("objection", 1)])
def test_request_takes_two_statements_and_one_for_the_keys_of_those_who_sign(desk, kind, statements) -> None:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        desk.ask(kind)

    assert len(captured) == statements


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("opinion_disability", "示例市示例司鉴中心〔2026〕临鉴字第1号"),
        ("opinion_general", "示例市示例司鉴中心〔2026〕文鉴字第1号"),
        ("extension_notice", "示例市示例司鉴中心〔2026〕鉴（延）字第1号"),
        ("refusal_notice", "示例市示例司鉴中心〔2026〕不受字第1号"),
        ("fee_notice", "（2026）吉0102委鉴12号-缴费"),
        ("screening_form", "（2026）吉0102民初345号-审查"),
        ("objection", ""),
    ],
)
def test_number_is_decided_at_once(desk, kind, number) -> None:
    asked = desk.ask(kind)

    assert asked.number == number
    assert (asked.status, asked.status_title, asked.sha256) == (api.Status.REQUESTED, "制作中", "")
    assert api.get(asked.id) == asked


def test_caller_may_say_the_parts_of_a_number(desk) -> None:
    asked = desk.ask("extension_notice", number_parts={"short_name": "示例所", "field": "临", "year": 2025})

    assert asked.number == "示例所〔2025〕临鉴（延）字第1号"


def test_operator_may_set_the_pattern_of_numbers(desk, settings) -> None:
    settings.JIANHENG_NUMBER_PATTERNS = {"COURT": "{entrustment_number}之{word}{serial}"}

    assert [desk.ask("fee_notice").number for _ in range(2)] == [
        "（2026）吉0102委鉴12号之缴费",
        "（2026）吉0102委鉴12号之缴费2",
    ]


def test_year_of_a_number_is_the_year_in_china(desk) -> None:
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)

    assert "〔2027〕" in desk.ask("refusal_notice", now=new_year).number


def test_papers_of_an_act_are_written_in_one_statement_and_in_their_order(desk) -> None:
    asked = [
        ("objection", {}),
        ("refusal_notice", {}),
        ("objection", {"root_id": 3}),
        ("fee_notice", {"deed": api.Deed(7, 9, "pay")}),
    ]
    decided = [desk.decide(kind, **other) for kind, other in asked]

    with CaptureQueriesContext(connection) as captured:
        written = api.write(decided)

    assert len(captured) == 1
    assert [one.kind for one in written] == [kind for kind, _ in asked]
    assert [one.number for one in written] == [paper.number for paper in decided]
    assert tuple(written) == api.of_matter(7)
    assert [ledger.receipt(one.entry)["entry"]["data"]["document"] for one in written] == [
        one.code for one in written
    ]


def test_nothing_decided_is_nothing_written(desk) -> None:
    with CaptureQueriesContext(connection) as captured:
        assert api.write([]) == ()

    assert len(captured) == 0


def test_serials_run_without_gaps_per_series(desk) -> None:
    numbers = [desk.ask("refusal_notice").number for _ in range(3)]
    with pytest.raises(RuntimeError), transaction.atomic():
        desk.ask("refusal_notice")
        raise RuntimeError("the act failed after asking")

    last = desk.ask("refusal_notice")

    assert [number[-3:] for number in [*numbers, last.number]] == ["第1号", "第2号", "第3号", "第4号"]
    assert Document.objects.get(pk=last.id).serial == 4


def test_other_things_are_counted_by_the_same_series(desk) -> None:
    assert [api.next_serial("court:1:2026") for _ in range(3)] == [1, 2, 3]
    assert api.next_serial("court:2:2026") == 1


def test_row_keeps_what_was_asked(desk) -> None:
    asked = desk.ask("opinion_disability", root_id=3, deed=api.Deed(7, 9, "issue"))

    row = Document.objects.get(pk=asked.id)
    form = api.form("opinion_disability")
    assert form.shape.model_validate(row.data["content"]) == form.shape.model_validate(SAMPLES["opinion_disability"])
    assert (row.matter_id, row.root_id, row.act_seq, row.issuer_id) == (7, 3, 9, desk.institution)
    assert row.audience == ["court", "unit", "institution"]
    assert [hand["key"] for hand in row.data["signers"]["hands"]] == ["appraiser-1", "appraiser-2"]
    assert row.data["signers"]["seals"] == [{"key": "institution", "organisation_id": None, "name": ""}]


def test_log_learns_of_the_number_at_once_without_a_word_of_the_content(desk) -> None:
    asked = desk.ask("opinion_disability")

    entry = ledger.receipt(asked.entry)["entry"]
    assert entry["kind"] == "document"
    assert entry["data"] == {
        "document": asked.code,
        "number": asked.number,
        "kind": "opinion_disability",
        "sha256": None,
        "commitment": Document.objects.get(pk=asked.id).commitment,
    }


@pytest.mark.parametrize(
    ("kind", "changed", "error", "words"),
    [
        ("nonsense", {}, api.UnknownFormError, "nonsense"),
        ("fee_notice", {"payer": None, "due_on": "2026-02-30"}, api.DocumentDataError, "交费人"),
        ("fee_notice", {"materials": []}, api.DocumentDataError, "不是该文书的内容"),
        ("fee_notice", {"payer": "示例\U0001f600"}, api.MissingGlyphError, "U\\+1F600"),
        ("fee_notice", {"payer": "示例\x00"}, api.DocumentDataError, "不能使用的字符"),
        ("transfer_form", {"materials": [{"name": ""}]}, api.DocumentDataError, "移送材料第1项名称”没有填写"),
        ("screening_form", {"excluded_kinds": ["N99"]}, api.DocumentDataError, "不予委托情形"),
    ],
)
def test_what_does_not_fit_is_refused_before_a_number_is_taken(desk, kind, changed, error, words) -> None:
    data = {**SAMPLES.get(kind, {}), **changed}

    with pytest.raises(error, match=words):
        api.decide(kind=kind, region="220000", matter_id=7, data=data, issuer=desk.court, now=NOW)

    assert not DocumentSeries.objects.exists()
    assert not Document.objects.exists()


def test_everything_wrong_is_told_at_once_with_its_law(desk) -> None:
    with pytest.raises(api.DocumentDataError) as refused:
        desk.ask("fee_notice", data={"payer": "", "bank": None, "amount_fen": -1})

    assert {reason.about for reason in refused.value.reasons} == {"payer", "bank", "amount_fen"}
    assert "诉讼费用交纳办法 第十二条" in refused.value.articles


def test_opinion_needs_every_appraiser_it_names(desk) -> None:
    with pytest.raises(api.SignatureMissingError, match="缺少司法鉴定人示例庚的签名"):
        desk.ask("opinion_disability", signers=BY_APPRAISERS[:1])

    with pytest.raises(api.SignatureMissingError, match="示例己、示例庚"):
        desk.ask("opinion_disability", signers=[{"role": "head", "name": "示例丙", "person_id": 1}])


def test_answer_needs_one_of_its_appraisers(desk) -> None:
    asked = desk.ask("objection_answer", signers=BY_APPRAISERS[1:])

    hands = Document.objects.get(pk=asked.id).data["signers"]["hands"]
    assert [(hand["key"], hand["name"]) for hand in hands] == [("appraiser-2", "示例庚")]


def test_who_has_no_place_on_the_form_does_not_sign_it(desk) -> None:
    asked = desk.ask("fee_notice", signers=[{"role": "judge", "name": "示例丁", "person_id": 5}])

    assert Document.objects.get(pk=asked.id).data["signers"]["hands"] == []


def test_sealed_paper_without_issuer_is_a_fault(desk) -> None:
    with pytest.raises(api.IssuerFault):
        desk.ask("fee_notice", issuer=None)


def test_audience_is_the_forms_unless_said_otherwise(desk) -> None:
    assert desk.ask("review_opinion", signers=[{"role": "reviewer", "name": "示例壬", "person_id": 3}]).audience == (
        "institution",
    )
    assert desk.ask("fee_notice", audience=("court", "applicant", "court")).audience == ("court", "applicant")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("emptying_after_a_committed_test")
def test_two_acts_at_once_get_two_numbers(places) -> None:
    desk = a_desk()
    numbers: list[str] = []
    start = threading.Barrier(4)

    def act() -> None:
        try:
            start.wait()
            for _ in range(5):
                with transaction.atomic():
                    numbers.append(desk.ask("refusal_notice").number)
        finally:
            connection.close()

    acts = [threading.Thread(target=act) for _ in range(4)]
    for one in acts:
        one.start()
    for one in acts:
        one.join()

    assert sorted(int(number.split("第")[1].rstrip("号")) for number in numbers) == list(range(1, 21))
