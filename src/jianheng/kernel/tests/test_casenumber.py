"""A case number is taken apart, or told what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.kernel.casenumber import (
    PROVINCES,
    CaseNumber,
    CaseNumberError,
    CourtCode,
    CourtLevel,
    court_code,
    parse,
)


@pytest.mark.parametrize(
    ("text", "year", "court", "special", "type_", "number", "suffix"),
    [
        ("（2025）吉01民初123号", 2025, "吉01", "", "民初", 123, ""),
        ("(2016)辽1204民初143号", 2016, "辽1204", "", "民初", 143, ""),
        ("（2024）浙02民诉前调595号", 2024, "浙02", "", "民诉前调", 595, ""),
        ("（2019）最高法知民终2号", 2019, "最高法", "知", "民终", 2, ""),
        ("（2025）粤73知民初5号", 2025, "粤73", "知", "民初", 5, ""),
        ("（2025）吉01民初123号之一", 2025, "吉01", "", "民初", 123, "之一"),
        ("（2025)吉01民初123号之二十一", 2025, "吉01", "", "民初", 123, "之二十一"),
        ("（2025）吉民终9号", 2025, "吉", "", "民终", 9, ""),
        ("（2025）最高法民申10号", 2025, "最高法", "", "民申", 10, ""),
        ("（2025）兵01民初1号", 2025, "兵01", "", "民初", 1, ""),
        ("（2025）吉0102委鉴7号", 2025, "吉0102", "", "委鉴", 7, ""),
        ("（2025）吉0102执7号", 2025, "吉0102", "", "执", 7, ""),
        ("  （2025）吉01民初123号\n", 2025, "吉01", "", "民初", 123, ""),
    ],
)
def test_a_case_number_is_taken_apart(
    text: str, year: int, court: str, special: str, type_: str, number: int, suffix: str
) -> None:
    assert parse(text) == CaseNumber(year, CourtCode(court), special, type_, number, suffix)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("（2025）吉0102民初0123号", "不能以0开头"),
        ("（2025）吉01民初0号", "不能以0开头"),
        ("2025吉01民初1号", "圆括号"),
        ("〔2025〕吉01民初1号", "圆括号"),
        ("（2025）吉1民初1号", "“吉1”应为两位数字（中级法院）或四位数字（基层法院）"),
        ("（2025）吉010民初1号", "“吉010”"),
        ("（2025）吉01020民初1号", "“吉01020”"),
        ("（25）吉01民初1号", "四位数字的年度，现为“25”"),
        ("（２０２５）吉01民初1号", "四位数字的年度"),
        ("（）吉01民初1号", "四位数字的年度"),
        ("（2025）台01民初1号", "“台”不是法院代字"),
        ("（2025）", "缺少法院代字"),
        ("（2025）最高法", "缺少类型代字"),
        ("（2025）吉01123号", "“吉01123”"),
        ("（2025）吉0112号", "缺少编号"),
        ("（2025）吉01民初号", "缺少编号"),
        ("（2025）吉01民初", "缺少编号"),
        ("（2025）吉01民初1", "缺少“号”字"),
        ("（2025）吉01民初1号之", "之一"),
        ("（2025）吉01民初1号-1", "之一"),
        ("（2025）吉01abc1号", "应为汉字"),
        ("（2025）吉01民事一审初1号", "超过四个字"),
        ("（2015）长民初字第12号", "“长”不是法院代字"),
        ("（2015）吉民初字第12号", "旧格式"),
        ("（2025）吉01 民初1号", "空格"),
        ("（2025）吉01民初1\x00号", "控制字符"),
        ("（2025）吉01民初99999999999号", "超过十位"),
        ("（2025）吉01民初" + "1" * 60 + "号", "超过60个字"),
        ("", "圆括号"),
    ],
)
def test_what_is_no_case_number_is_refused_saying_what_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(CaseNumberError) as caught:
        parse(text)

    assert problem in caught.value.text
    assert caught.value.articles and "（2025）吉01民初123号" in caught.value.next_steps[0]


@pytest.mark.parametrize(
    ("code", "level", "division", "special"),
    [
        ("最高法", CourtLevel.SUPREME, "", ""),
        ("吉", CourtLevel.HIGH, "220000", ""),
        ("吉01", CourtLevel.INTERMEDIATE, "220100", ""),
        ("浙02", CourtLevel.INTERMEDIATE, "330200", ""),
        ("吉24", CourtLevel.INTERMEDIATE, "222400", ""),
        ("吉2401", CourtLevel.BASIC, "222401", ""),
        ("辽1204", CourtLevel.BASIC, "211204", ""),
        ("川0182", CourtLevel.BASIC, "510182", ""),
        ("渝0192", CourtLevel.BASIC, "", ""),
        ("吉0191", CourtLevel.BASIC, "", ""),
        ("吉71", CourtLevel.INTERMEDIATE, "", "铁路运输"),
        ("吉7101", CourtLevel.BASIC, "", "铁路运输"),
        ("粤73", CourtLevel.INTERMEDIATE, "", "知识产权"),
        ("吉76", CourtLevel.INTERMEDIATE, "", "林业"),
        ("鄂96", CourtLevel.INTERMEDIATE, "", "省直辖县级行政区划"),
        ("鄂9004", CourtLevel.BASIC, "429004", ""),
        ("京01", CourtLevel.INTERMEDIATE, "110000", ""),
        ("京0105", CourtLevel.BASIC, "110105", ""),
        ("兵01", CourtLevel.INTERMEDIATE, "", ""),
    ],
)
def test_a_court_code_tells_level_division_and_special_kind(
    code: str, level: CourtLevel, division: str, special: str
) -> None:
    court = CourtCode(code)

    assert (court.level, court.division, court.special) == (level, division, special)


@pytest.mark.parametrize(
    ("division", "code"),
    [
        ("220000", "吉"),
        ("220100", "吉01"),
        ("220102", "吉0102"),
        ("211204", "辽1204"),
        ("350213", "闽0213"),
        ("440100", "粤01"),
        ("610700", "陕07"),
    ],
)
def test_a_division_gives_the_code_of_its_ordinary_court_and_back(division: str, code: str) -> None:
    assert str(court_code(division)) == code
    assert court_code(division).division == division


@pytest.mark.parametrize("division", ["", "2201", "810000", "710000", "99zz00", "２２０１００"])
def test_what_is_no_mainland_division_has_no_court(division: str) -> None:
    with pytest.raises(CaseNumberError):
        court_code(division)


def test_there_are_31_provinces_each_with_its_own_character() -> None:
    assert len(PROVINCES) == len(set(PROVINCES.values())) == 31


def test_a_type_word_of_the_national_list_has_a_name_and_a_local_one_has_none() -> None:
    assert parse("（2025）吉01民初1号").type_name == "民事一审"
    assert parse("（2025）吉01委鉴1号").type_name == ""


@given(
    st.builds(
        CaseNumber,
        year=st.integers(1000, 9999),
        court=st.sampled_from(["最高法", "吉", "吉01", "吉0102", "粤73", "兵01", "军"]).map(CourtCode),
        special=st.sampled_from(["", "知"]),
        type=st.sampled_from(["民初", "执", "民诉前调", "委鉴", "知"]),
        number=st.integers(1, 10**10 - 1),
        suffix=st.sampled_from(["", "之一", "之十二"]),
    )
)
def test_what_is_written_is_read_back_the_same(case: CaseNumber) -> None:
    assert parse(str(case)) == case
    assert parse(str(case).replace("（", "(").replace("）", ")")) == case


@given(st.text(max_size=80))
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text: str) -> None:
    try:
        assert str(parse(text))
    except CaseNumberError as refused:
        assert refused.text.startswith("案号")
