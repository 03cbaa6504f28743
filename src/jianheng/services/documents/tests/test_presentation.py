"""Shapes in the words a reader sees, and what shapes refuse."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from jianheng.services.documents import presentation
from jianheng.services.documents.forms import FORMS
from jianheng.services.documents.shapes.court import ExcludedKind
from jianheng.services.documents.shapes.national import Delivery
from jianheng.services.documents.tests.samples import SAMPLES


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 3, 2), "二〇二六年三月二日"),
        (date(2030, 10, 10), "二〇三〇年十月十日"),
        (date(2009, 11, 20), "二〇〇九年十一月二十日"),
        (date(2026, 12, 31), "二〇二六年十二月三十一日"),
    ],
)
def test_papers_are_dated_in_chinese_numerals(day, words) -> None:
    assert presentation.date_in_numerals(day) == words


def test_an_instant_is_told_by_the_clock_of_china() -> None:
    assert presentation.moment_in_words(datetime(2026, 3, 1, 17, 5, tzinfo=UTC)) == "2026年3月2日 1时05分"


def test_a_sum_is_told_in_figures_and_capital_words() -> None:
    assert presentation.sum_in_words(286050) == {
        "figures": "¥2,860.50",
        "words": "人民币贰仟捌佰陆拾元伍角整",
    }


def test_a_choice_shows_all_its_options_and_the_one_chosen() -> None:
    shown = presentation.choice_of(Delivery, Delivery.POST)

    assert shown["label"] == "邮寄"
    assert [option["chosen"] for option in shown["options"]] == [False, True, False]


def test_several_choices_are_all_marked() -> None:
    shown = presentation.choice_of(ExcludedKind, (ExcludedKind.POLYGRAPH, ExcludedKind.OTHER))

    assert [o["label"] for o in shown["options"] if o["chosen"]] == ["测谎", "其他不适宜委托鉴定的情形"]


def test_an_empty_choice_still_shows_its_boxes() -> None:
    shape = FORMS["screening_form"].shape.model_validate(SAMPLES["screening_form"])

    shown = presentation.present(shape, pictures={})

    assert len(shown["excluded_kinds"]["options"]) == 9
    assert not any(option["chosen"] for option in shown["excluded_kinds"]["options"])


@pytest.mark.parametrize("image", [b"GIF89a", b"", b"\xff\xd8\xff\xe0\x00\x04ab"])
def test_only_jpeg_and_png_are_framed(image) -> None:
    with pytest.raises(ValueError, match="JPEG"):
        presentation.framed(image)


@pytest.mark.parametrize(
    ("code", "change", "words"),
    [
        ("lapse_notice", {"addressee": "示例\x00甲"}, "不能使用的字符"),
        ("lapse_notice", {"addressee": "示例\u202e甲"}, "不能使用的字符"),
        ("lapse_notice", {"addressee": "示例\n甲"}, "一行"),
        ("lapse_notice", {"nonsense": "x"}, "Extra inputs"),
        ("screening_form", {"excluded_kinds": ["N7"]}, "同意委托鉴定"),
        ("fee_quote", {"total_fen": 1}, "收费总额"),
        ("entrustment_letter", {"due_on": "2026-05-01"}, "择一"),
        ("opinion_general", {"appraisers": SAMPLES["opinion_general"]["appraisers"][:1]}, "at least 2"),
        ("fee_notice", {"amount_fen": 12.5}, "integer"),
    ],
)
def test_shape_refuses_what_the_form_may_not_say(code, change, words) -> None:
    with pytest.raises(ValidationError, match=words):
        FORMS[code].shape.model_validate({**SAMPLES[code], **change})


def test_pasted_text_is_tidied_not_refused() -> None:
    given = {**SAMPLES["lapse_notice"], "facts": " 一\r\n二\t三 "}

    assert FORMS["lapse_notice"].shape.model_validate(given).facts == "一\n二 三"


@pytest.mark.parametrize("code", FORMS)
def test_a_shape_survives_being_stored(code) -> None:
    shape = FORMS[code].shape
    given = shape.model_validate(SAMPLES[code])

    assert shape.model_validate(given.model_dump(mode="json")) == given


@pytest.mark.parametrize("code", FORMS)
def test_every_field_has_a_title_a_clerk_knows(code) -> None:
    assert all(field.title for field in FORMS[code].shape.model_fields.values())


@pytest.mark.parametrize("given", ["R5", "ABILITY"])
def test_choice_may_be_given_by_the_codes_of_the_law_or_by_name(given) -> None:
    shape = FORMS["refusal_notice"].shape.model_validate({**SAMPLES["refusal_notice"], "ground": given})

    assert shape.model_dump(mode="json")["ground"] == "R5"
