"""A licence stands differently on different days, and names are written as clerks write them."""

from datetime import date

import pytest

from jianheng.modules.institutions.rules import licences, names
from jianheng.modules.institutions.terms import (
    LicencePeriod,
    LicenceState,
    ScopeLine,
    StatusKind,
    Suspension,
)
from jianheng.services.lawbook import api as lawbook

TREE = lawbook.categories()


def licence(first: str, last: str, *codes: str) -> LicencePeriod:
    lines = tuple(ScopeLine(code) for code in codes)
    return LicencePeriod("", date.fromisoformat(first), date.fromisoformat(last), "", lines)


def stop(first: str, last: str | None, *, kind: StatusKind = StatusKind.SUSPENDED, category: str = "") -> Suspension:
    return Suspension(kind, date.fromisoformat(first), date.fromisoformat(last) if last else None, category)


FIRST = licence("2016-01-01", "2020-12-31", "FM02")
SECOND = licence("2021-01-01", "2025-12-31", "FM02")


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2015-12-31", LicenceState.NOT_YET),
        ("2016-01-01", LicenceState.VALID),
        ("2020-12-31", LicenceState.VALID),  # the last day counts
        ("2021-01-01", LicenceState.EXPIRED),
    ],
)
def test_a_licence_is_valid_from_its_first_to_its_last_day(on: str, state: LicenceState) -> None:
    assert licences.licence_state(FIRST, (), on=date.fromisoformat(on)) is state


@pytest.mark.parametrize(
    ("on", "which"),
    [("2015-06-01", FIRST), ("2018-06-01", FIRST), ("2021-01-01", SECOND), ("2026-06-01", SECOND)],
)
def test_of_several_licences_the_one_in_force_speaks_else_the_last_that_ran_out(
    on: str, which: LicencePeriod
) -> None:
    assert licences.governing_licence([SECOND, FIRST], on=date.fromisoformat(on)) is which


def test_without_a_licence_there_is_none() -> None:
    assert licences.governing_licence([], on=date(2026, 1, 1)) is None
    assert licences.licence_state(None, (), on=date(2026, 1, 1)) is LicenceState.NONE


@pytest.mark.parametrize(
    ("stops", "on", "state"),
    [
        ([stop("2018-01-01", "2018-03-31")], "2018-03-31", LicenceState.SUSPENDED),
        ([stop("2018-01-01", "2018-03-31")], "2018-04-01", LicenceState.VALID),
        ([stop("2018-01-01", None)], "2019-01-01", LicenceState.SUSPENDED),
        ([stop("2018-01-01", None)], "2022-01-01", LicenceState.EXPIRED),
        ([stop("2018-01-01", None, kind=StatusKind.DEREGISTERED)], "2019-01-01", LicenceState.ENDED),
        ([stop("2018-01-01", None, kind=StatusKind.WITHDRAWN)], "2022-01-01", LicenceState.ENDED),
    ],
)
def test_a_stop_holds_on_its_days_and_an_end_for_good(stops: list[Suspension], on: str, state: LicenceState) -> None:
    assert licences.licence_state(FIRST, stops, on=date.fromisoformat(on)) is state


@pytest.mark.parametrize(
    ("category", "asked", "reaches"),
    [("", "FM0202", True), ("FM02", "FM0202", True), ("FM0204", "FM0202", False), ("FM0202", "FM02", False)],
)
def test_a_stop_of_one_category_reaches_only_what_is_within_it(category: str, asked: str, reaches: bool) -> None:
    stops = [stop("2018-01-01", None, category=category)]

    assert bool(licences.concerning(stops, asked, TREE)) is reaches


@pytest.mark.parametrize(
    ("held", "code", "on", "codes"),
    [
        (SECOND, "FM0202", "2024-01-01", []),
        (SECOND, "FM0101", "2024-01-01", ["SCOPE_NO"]),
        (SECOND, "FM", "2024-01-01", ["SCOPE_UNCLEAR"]),
        (SECOND, "FM0202", "2026-01-01", ["LICENCE_EXPIRED"]),
        (SECOND, "FM0101", "2026-01-01", ["LICENCE_EXPIRED", "SCOPE_NO"]),
        (None, "FM0202", "2026-01-01", ["LICENCE_NONE"]),
    ],
)
def test_every_reason_against_an_institution_is_told_with_its_article(
    held: LicencePeriod | None, code: str, on: str, codes: list[str]
) -> None:
    reasons = licences.reasons_against(held, (), code, TREE, on=date.fromisoformat(on))

    assert [reason.code for reason in reasons] == codes
    assert all(reason.law and reason.next_step for reason in reasons)


def test_an_expired_licence_is_refused_with_its_last_day() -> None:
    (reason,) = licences.reasons_against(SECOND, (), "FM0202", TREE, on=date(2026, 1, 1))

    assert reason.text == "许可证已过期，有效期至2025-12-31。"


@pytest.mark.parametrize(
    ("received", "name"),
    [
        (" 贵州 中一司法鉴定中心 ", "贵州中一司法鉴定中心"),
        ("某某司法鉴定所(南明)", "某某司法鉴定所（南明）"),
        ("ＡＢＣ司法鉴定所", "ABC司法鉴定所"),
        ("ABC Lab 司法鉴定所", "ABC Lab司法鉴定所"),
        ("某某　鉴定所", "某某鉴定所"),
    ],
)
def test_a_name_is_compared_without_stray_spaces_and_widths(received: str, name: str) -> None:
    assert names.normalised(received) == name
    assert names.normalised(name) == name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("贵州中一司法鉴定中心", "贵州中一司鉴中心"),
        ("贵阳市第一人民医院法医司法鉴定所", "贵阳市第一人民医院司鉴所"),
        ("贵州省第二人民医院法医精神病鉴定中心", "贵州省第二人民医院法医精神病鉴定中心"),
    ],
)
def test_an_institution_abbreviates_itself_in_its_numbers(name: str, short: str) -> None:
    assert names.short_name(name) == short


@pytest.mark.parametrize(
    ("text", "person", "key"),
    [
        ("贵州中一", False, "gui zhou zhong yi"),
        ("曾小单", True, "zeng xiao dan"),
        ("单雄信", True, "shan xiong xin"),
        ("尉迟恭", True, "yu chi gong"),
        ("长孙无忌", True, "zhang sun wu ji"),
        ("张三", True, "zhang san"),
        ("A1中心", False, "a1 zhong xin"),
        ("", True, ""),
    ],
)
def test_a_roster_is_sorted_by_pinyin_with_surnames_read_as_surnames(text: str, person: bool, key: str) -> None:
    assert names.sort_key(text, person=person) == key
