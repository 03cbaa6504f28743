"""A row of a roster sheet is understood whole or refused with everything that is wrong with it."""

from datetime import date

import pytest

from jianheng.modules.institutions.rules.rows import RowReading, read_row, repeated
from jianheng.services.lawbook import api as lawbook


def read(cells: dict[str, str], *, line: int = 2) -> RowReading:
    return read_row(cells, line=line, categories=lawbook.categories(), synonyms=lawbook.scope_synonyms())


def test_a_good_row_gives_a_record_with_what_was_received_beside_what_was_understood(row: dict[str, str]) -> None:
    reading = read(row | {"name": " 示例 司法鉴定中心(本部)", "valid_to": "2028年12月31日"})

    assert reading.reasons == ()
    assert reading.record is not None
    assert (reading.record.name, reading.record.name_received) == (
        "示例司法鉴定中心（本部）",
        " 示例 司法鉴定中心(本部)",
    )
    assert (reading.record.valid_from, reading.record.valid_to) == (date(2024, 1, 1), date(2028, 12, 31))
    assert reading.understood == ("法医临床鉴定（FM02）除外：听觉功能（FM020402）",)
    assert reading.record.source_row["valid_to"] == "2028年12月31日"


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"name": ""}, ["ROW_NAME"]),
        ({"name": "示例\x00中心"}, ["ROW_NAME"]),
        ({"name": "长" * 121}, ["ROW_NAME"]),
        ({"uscc": "34220100MD0012AB26"}, ["USCC_CHECK_DIGIT"]),
        ({"uscc": "3422O100MD0012AB25"}, ["USCC_CHARACTER"]),
        ({"uscc": ""}, ["USCC_LENGTH"]),
        ({"region": "贵阳"}, ["ROW_REGION"]),
        ({"region": "990100"}, ["ROW_REGION"]),
        ({"region": ""}, ["ROW_REGION"]),
        ({"scope_text": ""}, ["SCOPE_UNREADABLE"]),
        ({"scope_text": "法医临床（仅限"}, ["SCOPE_UNREADABLE"]),
        ({"valid_from": ""}, ["ROW_VALID_FROM"]),
        ({"valid_from": "2024-02-30"}, ["ROW_VALID_FROM"]),
        ({"valid_to": "长期"}, ["ROW_VALID_TO"]),
        ({"valid_to": "2023-12-31"}, ["ROW_VALID_TO"]),
        ({"licence_number": "52001800"}, ["ROW_LICENCE_NUMBER"]),
        (
            {"name": "", "uscc": "x", "region": "", "scope_text": "", "valid_to": "x"},
            ["ROW_NAME", "USCC_LENGTH", "ROW_REGION", "ROW_VALID_TO", "SCOPE_UNREADABLE"],
        ),
    ],
)
def test_a_faulty_row_gives_no_record_and_every_reason_at_once(
    row: dict[str, str], change: dict[str, str], codes: list[str]
) -> None:
    reading = read(row | change)

    assert reading.record is None
    assert [reason.code for reason in reading.reasons] == codes
    assert all(reason.next_step for reason in reading.reasons)


def test_what_names_no_category_is_kept_and_does_not_refuse_the_row(row: dict[str, str]) -> None:
    reading = read(row | {"scope_text": "法医临床鉴定，司法会计鉴定"})

    assert reading.record is not None
    assert (reading.understood, reading.kept) == (("法医临床鉴定（FM02）",), ("司法会计鉴定",))


def test_a_second_row_about_the_same_licence_is_refused_naming_the_first(row: dict[str, str]) -> None:
    renewed = row | {"valid_from": "2029-01-01", "valid_to": "2033-12-31"}

    told = repeated([read(row, line=2), read(renewed, line=3), read(row, line=4), read(row | {"name": ""}, line=5)])

    assert [reading.record is not None for reading in told] == [True, True, False, False]
    assert told[2].reasons[0].text == "与第2行是同一机构、同一起始日的许可证。"
