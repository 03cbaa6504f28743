"""A law book answers for a day and a place, and refuses to contradict itself."""

from datetime import date

import pytest

from jianheng.kernel.law import (
    Enumeration,
    EnumerationEntry,
    LawBook,
    LawBookFault,
    NoValueInForceError,
    Parameter,
    RegionError,
    UnknownCodeError,
    Value,
)


def parameter(value: Value, unit: str = "WD", *, since: int, until: int | None = None, region: str = "") -> Parameter:
    return Parameter(
        key="appraisal.acceptance.period",
        title="受理审查期限",
        value=value,
        unit=unit,
        in_force_from=date(since, 1, 1),
        in_force_to=date(until, 12, 31) if until else None,
        instrument="司法鉴定程序通则",
        article="第十三条",
        verified=True,
        region=region,
    )


BOOK = LawBook(
    [
        parameter(10, since=2007, until=2015),
        parameter(7, since=2016),
        parameter(5, since=2022, region="440000"),
        parameter(3, since=2024, until=2025, region="440300"),
    ]
)
KEY = "appraisal.acceptance.period"


@pytest.mark.parametrize(
    ("on", "region", "value"),
    [
        ("2015-12-31", "", 10),  # the last day of the old rule
        ("2016-01-01", "", 7),
        ("2026-03-02", "220000", 7),  # a province without a rule of its own
        ("2021-12-31", "440000", 7),  # before the province's rule was in force
        ("2022-01-01", "440000", 5),
        ("2026-03-02", "440106", 5),  # a district is governed by its province
        ("2024-06-01", "440300", 3),  # a city's own rule is nearer still
        ("2024-06-01", "440305", 3),
        ("2026-03-02", "440300", 5),  # which ended
    ],
)
def test_the_nearest_rule_in_force_on_the_day_applies(on: str, region: str, value: int) -> None:
    assert BOOK.value(KEY, on=date.fromisoformat(on), region=region).value == value


def test_a_day_before_any_rule_is_refused_naming_the_parameter() -> None:
    with pytest.raises(NoValueInForceError) as caught:
        BOOK.value(KEY, on=date(2000, 1, 1))

    assert "受理审查期限" in caught.value.text


@pytest.mark.parametrize("region", ["广东", "44", "4400000", "44000x", "４４００００"])
def test_a_region_that_is_not_six_digits_is_refused(region: str) -> None:
    with pytest.raises(RegionError):
        BOOK.value(KEY, on=date(2026, 1, 1), region=region)


def test_a_key_nobody_declared_is_a_fault_of_the_program() -> None:
    with pytest.raises(LawBookFault):
        BOOK.value("appraisal.acceptance.perios", on=date(2026, 1, 1))
    with pytest.raises(LawBookFault):
        BOOK.history("x")
    with pytest.raises(LawBookFault):
        BOOK.enumeration("x")


def test_two_values_on_one_day_make_the_book_unusable() -> None:
    with pytest.raises(LawBookFault):
        LawBook([parameter(7, since=2016, until=2022), parameter(5, since=2022)])


def test_the_history_lists_the_nation_first_and_then_each_region_in_order_of_time() -> None:
    assert [(each.region, each.value) for each in BOOK.history(KEY)] == [
        ("", 10),
        ("", 7),
        ("440000", 5),
        ("440300", 3),
    ]


def test_a_parameter_reads_as_a_clerk_would_write_it() -> None:
    seven = parameter(7, since=2016)

    assert seven.text == "7个工作日"
    assert seven.law == ("司法鉴定程序通则 第十三条",)
    assert parameter(True, "FLAG", since=2016).text == "是"


def test_a_flag_is_not_a_number() -> None:
    with pytest.raises(LawBookFault):
        _ = parameter(True, "FLAG", since=2016).number


def entry(code: str, text: str) -> EnumerationEntry:
    return EnumerationEntry(code, text, "司法鉴定程序通则", "第十五条", verified=True)


def grounds(region: str, *entries: EnumerationEntry) -> Enumeration:
    return Enumeration("appraisal.refusal", "不予受理情形", entries, region)


LISTS = LawBook(
    [],
    [
        grounds("", entry("R1", "超出业务范围"), entry("R2", "材料不完整")),
        grounds("370000", entry("R2", "材料不完整、不充分"), entry("SD1", "委托人拒绝签订委托书")),
    ],
)


def test_a_province_replaces_a_case_by_its_code_and_adds_its_own_after_the_nations() -> None:
    shandong = LISTS.enumeration("appraisal.refusal", region="370100")

    assert [(each.code, each.text) for each in shandong] == [
        ("R1", "超出业务范围"),
        ("R2", "材料不完整、不充分"),
        ("SD1", "委托人拒绝签订委托书"),
    ]
    assert LISTS.enumeration("appraisal.refusal").codes == ("R1", "R2")


def test_a_case_that_is_not_listed_is_refused_with_the_instrument() -> None:
    with pytest.raises(UnknownCodeError) as caught:
        LISTS.enumeration("appraisal.refusal").entry("SD1")

    assert caught.value.articles == ("司法鉴定程序通则",)
    assert LISTS.enumeration("appraisal.refusal", region="370000").entry("SD1").text == "委托人拒绝签订委托书"


def test_a_case_is_listed_only_on_the_days_it_is_in_force() -> None:
    old = EnumerationEntry("R8", "旧情形", "旧规", "", True, in_force_to=date(2016, 4, 30))
    new = EnumerationEntry("R9", "新情形", "新规", "", True, in_force_from=date(2016, 5, 1))
    book = LawBook([], [grounds("", old, new)])

    assert book.enumeration("appraisal.refusal", on=date(2016, 4, 30)).codes == ("R8",)
    assert book.enumeration("appraisal.refusal", on=date(2016, 5, 1)).codes == ("R9",)
    assert book.enumeration("appraisal.refusal").codes == ("R8", "R9")


def test_a_code_listed_twice_makes_the_book_unusable() -> None:
    with pytest.raises(LawBookFault):
        LawBook([], [grounds("", entry("R1", "甲"), entry("R1", "乙"))])


def test_a_list_only_a_province_has_is_refused_elsewhere() -> None:
    book = LawBook([], [grounds("370000", entry("SD1", "甲"))])

    with pytest.raises(NoValueInForceError):
        book.enumeration("appraisal.refusal")
