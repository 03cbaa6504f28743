"""Numbers of papers."""

from __future__ import annotations

import pytest

from jianheng.services.documents.numbering import NumberKind, NumberPartsFault, numbering

PARTS = {"short_name": "示例司鉴中心", "year": 2026, "field": "临"}


@pytest.mark.parametrize(
    ("kind", "word", "parts", "serial", "number"),
    [
        (NumberKind.FIELD, "", PARTS, 12, "示例司鉴中心〔2026〕临鉴字第12号"),
        (NumberKind.FIELD, "（补）", PARTS, 1, "示例司鉴中心〔2026〕临鉴（补）字第1号"),
        (NumberKind.LETTER, "委", PARTS, 3, "示例司鉴中心〔2026〕委字第3号"),
        (
            NumberKind.COURT,
            "缴费",
            {"entrustment_number": "（2026）吉0102委鉴12号"},
            1,
            "（2026）吉0102委鉴12号-缴费",
        ),
        (
            NumberKind.COURT,
            "缴费",
            {"entrustment_number": "（2026）吉0102委鉴12号"},
            2,
            "（2026）吉0102委鉴12号-缴费2",
        ),
    ],
)
def test_number_follows_the_pattern(kind, word, parts, serial, number) -> None:
    assert numbering(kind, issuer="organisation:1", word=word, parts=parts).number(serial) == number


def test_series_differ_by_issuer_year_field_and_kind_of_paper() -> None:
    series = {
        numbering(NumberKind.FIELD, issuer=issuer, word=word, parts={**PARTS, "year": year, "field": field}).series
        for issuer in ("organisation:1", "organisation:2")
        for word in ("", "（补）")
        for year in (2026, 2027)
        for field in ("临", "文")
    }

    assert len(series) == 16


def test_an_operator_may_set_another_pattern() -> None:
    counted = numbering(
        NumberKind.LETTER, issuer="x", word="委", parts=PARTS, pattern="{short_name}[{year}]{word}{serial}"
    )

    assert counted.number(7) == "示例司鉴中心[2026]委7"


def test_missing_part_is_a_fault_of_the_caller() -> None:
    with pytest.raises(NumberPartsFault, match="short_name, year"):
        numbering(NumberKind.LETTER, issuer="x", word="委", parts={"short_name": ""})
