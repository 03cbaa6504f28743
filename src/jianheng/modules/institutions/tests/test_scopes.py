"""Scopes are read with their limits, and what cannot be read is never taken for yes."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jianheng.modules.institutions.errors import ScopeUnreadableError
from jianheng.modules.institutions.rules.scopes import ScopeReading, covers, describe, parse_scope, touches
from jianheng.modules.institutions.terms import Coverage, LimitKind, ScopeLine
from jianheng.services.lawbook import api as lawbook

TREE, SYNONYMS = lawbook.categories(), lawbook.scope_synonyms()


def read(text: str) -> ScopeReading:
    return parse_scope(text, TREE, SYNONYMS)


def told(text: str) -> list[tuple[str, str, str, str]]:
    """Each line as (category, kind, items, kept text), the last two joined."""
    return [
        (line.category, line.kind.value, " ".join(line.items), "、".join(line.texts)) for line in read(text).lines
    ]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("法医临床司法鉴定", [("FM02", "FULL", "", "")]),
        ("法医临床鉴定", [("FM02", "FULL", "", "")]),
        ("法医临床", [("FM02", "FULL", "", "")]),
        ("法医临床学鉴定", [("FM02", "FULL", "", "")]),
        ("痕迹司法鉴定", [("PE02", "FULL", "", "")]),
        ("声像资料司法鉴定", [("AV", "FULL", "", "")]),
        ("法医类", [("FM", "FULL", "", "")]),
        ("笔迹鉴定", [("PE0101", "FULL", "", "")]),
        ("亲子鉴定", [("FM0402", "FULL", "", ""), ("FM0403", "FULL", "", "")]),
        ("法医病理司法鉴定,法医物证司法鉴定", [("FM01", "FULL", "", ""), ("FM04", "FULL", "", "")]),
        (
            "法医病理司法鉴定，法医物证司法鉴定；法医毒物鉴定",
            [("FM01", "FULL", "", ""), ("FM04", "FULL", "", ""), ("FM05", "FULL", "", "")],
        ),
        ("法医病理鉴定、法医物证鉴定", [("FM01", "FULL", "", ""), ("FM04", "FULL", "", "")]),
        ("法医病理鉴定\n法医物证鉴定\n", [("FM01", "FULL", "", ""), ("FM04", "FULL", "", "")]),
        ("地表水和沉积物环境损害鉴定", [("ED02", "FULL", "", "")]),
        ("法医临床司法鉴定()", [("FM02", "FULL", "", "")]),
        # only these
        ("法医临床鉴定(仅限人体损伤程度鉴定)", [("FM02", "ONLY", "FM0201", "")]),
        ("法医临床鉴定（仅限于：损伤程度、伤残等级）", [("FM02", "ONLY", "FM0201 FM0202", "")]),
        ("法医临床（仅限损伤程度）鉴定", [("FM02", "ONLY", "FM0201", "")]),
        (
            "痕迹司法鉴定(工具痕迹、整体分离痕迹、交通事故痕迹司法鉴定)",
            [("PE02", "ONLY", "PE0204 PE0205 PE021103", "")],
        ),
        (
            "文书司法鉴定(笔迹鉴定、印章鉴定、印刷文件、朱墨时序)",
            [("PE01", "ONLY", "PE0101 PE0102 PE0103 PE0107", "")],
        ),
        ("声像资料司法鉴定(录音资料鉴定、图像资料鉴定、电子数据鉴定)", [("AV", "ONLY", "AV01 AV02 AV03", "")]),
        ("声像资料司法鉴定【录音资料鉴定，图像资料鉴定】", [("AV", "ONLY", "AV01 AV02", "")]),
        # everything but these
        ("法医临床司法鉴定(听觉功能、视觉功能、性功能除外)", [("FM02", "EXCEPT", "FM020402 FM020401 FM020403", "")]),
        ("法医临床司法鉴定（不含听觉功能）", [("FM02", "EXCEPT", "FM020402", "")]),
        ("法医临床司法鉴定（除听觉功能外）", [("FM02", "EXCEPT", "FM020402", "")]),
        ("法医临床司法鉴定（除听觉功能、视觉功能以外）", [("FM02", "EXCEPT", "FM020402 FM020401", "")]),
        ("法医临床司法鉴定（除听觉功能除外）", [("FM02", "EXCEPT", "FM020402", "")]),
        # names that hold brackets and commas of their own
        ("污染物性质鉴定(仅限有毒物质（不包括危险废物）鉴定、固体废物鉴定)", [("ED01", "ONLY", "ED0103 ED0101", "")]),
        ("有毒物质（不包括危险废物）鉴定", [("ED0103", "FULL", "", "")]),
        ("法医临床鉴定（仅限诈伤、诈病、造作伤鉴定、骨龄鉴定）", [("FM02", "ONLY", "FM0206 FM0208", "")]),
        ("法医病理鉴定（仅限尸体解剖，死亡原因鉴定）", [("FM01", "ONLY", "FM010101", "")]),
        ("法医精神病鉴定（与心理、精神相关的其他法医精神病鉴定除外）", [("FM03", "EXCEPT", "FM0309", "")]),
        ("诈伤、诈病、造作伤鉴定、骨龄鉴定", [("FM0206", "FULL", "", ""), ("FM0208", "FULL", "", "")]),
        # one name under several categories is told apart by the category it is limited in
        ("法医临床鉴定（仅限医疗损害鉴定）", [("FM02", "ONLY", "FM0207", "")]),
        ("法医病理鉴定（医疗损害鉴定除外）", [("FM01", "EXCEPT", "FM0108", "")]),
        ("医疗损害鉴定", [("", "FULL", "", "医疗损害鉴定")]),
        # brackets within brackets, and limits side by side
        (
            "法医临床鉴定（仅限损伤程度、人体功能评定（视觉功能除外））",
            [("FM02", "ONLY", "FM0201", ""), ("FM0204", "EXCEPT", "FM020401", "")],
        ),
        ("法医临床鉴定（人体功能评定（仅限视觉功能）除外）", [("FM02", "EXCEPT", "FM020401", "")]),
        (
            "法医临床鉴定（仅限损伤程度、人体功能评定，视觉功能除外）",
            [("FM02", "ONLY", "FM0201", ""), ("FM0204", "EXCEPT", "FM020401", "")],
        ),
        ("法医临床鉴定（仅限损伤程度；人体功能评定）", [("FM02", "ONLY", "FM0201 FM0204", "")]),
        ("法医临床鉴定（仅限损伤程度）（仅限骨龄鉴定）", [("FM02", "ONLY", "FM0201 FM0208", "")]),
        # what matches nothing is kept
        ("微量物证司法鉴定(化工产品、化肥)", [("PE03", "ONLY", "PE0301", "化肥")]),
        ("文书鉴定（笔迹鉴定等）", [("PE01", "ONLY", "PE0101", "等")]),
        ("法医临床鉴定（疑难项目除外）", [("FM02", "EXCEPT", "", "疑难项目")]),
        ("法医临床鉴定（听觉功能等项目除外）", [("FM02", "EXCEPT", "FM020402", "等")]),
        ("法医临床鉴定（仅限笔迹鉴定）", [("FM02", "ONLY", "", "笔迹鉴定")]),
        ("司法会计鉴定", [("", "FULL", "", "司法会计鉴定")]),
        ("法医临床鉴定（含伤残等级）", [("FM02", "ONLY", "FM0202", "含")]),
        ("法医临床鉴定（暂停）", [("FM02", "ONLY", "", "暂停")]),
    ],
)
def test_a_scope_is_read_into_categories_with_their_limits(text: str, lines: list[tuple[str, str, str, str]]) -> None:
    assert told(text) == lines


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "空的"),
        (" \n", "空的"),
        ("法医临床鉴定（仅限损伤程度", "少了右括号"),
        ("法医临床鉴定）", "多出一个右括号"),
        ("法医临床鉴定（仅限损伤程度）），法医病理鉴定", "多出一个右括号"),
        ("法医临床鉴定、听觉功能除外", "没有写明限制的是哪个类别"),
        ("法医临床鉴定，仅限损伤程度", "没有写明限制的是哪个类别"),
        ("法医临床鉴定，不含听觉功能", "没有写明限制的是哪个类别"),
        ("法医临床鉴定，听觉功能不开展", "没有写明限制的是哪个类别"),
        ("法医临床鉴定：仅限损伤程度", "没有写明限制的是哪个类别"),
        ("法" * 4001, "超过4000字"),
        ("法医类（法医临床鉴定（人体功能评定（视觉功能（视觉功能（视觉功能）））））", "嵌套过深"),
    ],
)
def test_what_cannot_be_read_safely_refuses_the_whole_scope(text: str, problem: str) -> None:
    with pytest.raises(ScopeUnreadableError, match=problem):
        read(text)


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [
        ("法医临床鉴定", "FM02", "yes"),
        ("法医临床鉴定", "FM0202", "yes"),
        ("法医临床鉴定", "FM020401", "yes"),
        ("法医临床鉴定", "FM0101", "no"),
        ("法医临床鉴定", "FM", "unclear"),  # a part of the class
        ("法医类", "FM0202", "yes"),
        ("法医临床鉴定（听觉功能除外）", "FM020402", "no"),
        ("法医临床鉴定（听觉功能除外）", "FM020401", "yes"),
        ("法医临床鉴定（听觉功能除外）", "FM0204", "unclear"),
        ("法医临床鉴定（听觉功能除外）", "FM02", "unclear"),
        ("法医临床鉴定（人体功能评定除外）", "FM020402", "no"),
        ("法医临床鉴定（疑难项目除外）", "FM0202", "unclear"),
        ("法医临床鉴定（仅限人体功能评定）", "FM020402", "yes"),
        ("法医临床鉴定（仅限人体功能评定）", "FM0202", "no"),
        ("法医临床鉴定（仅限听觉功能）", "FM0204", "unclear"),
        ("微量物证鉴定（化工产品、化肥）", "PE0301", "yes"),
        ("微量物证鉴定（化工产品、化肥）", "PE0306", "unclear"),  # a limit nobody could read
        ("微量物证鉴定（化工产品）", "PE0306", "no"),
        ("文书鉴定（笔迹鉴定等）", "PE0102", "unclear"),
        ("声像资料鉴定（录音鉴定、图像鉴定、电子数据鉴定）", "AV", "yes"),  # all there is below it
        ("声像资料鉴定（录音鉴定、图像鉴定）", "AV", "unclear"),
        ("声像资料鉴定（录音鉴定、图像鉴定）", "AV03", "no"),
        ("声像资料鉴定", "CT03", "yes"),  # the court's own name for the class
        ("法医临床鉴定", "CT01", "unclear"),
        ("法医临床鉴定", "CT05", "no"),
        ("法医病理鉴定（尸体解剖，死亡原因鉴定除外），法医病理鉴定", "FM010101", "yes"),
        ("法医临床鉴定（仅限视觉功能；人体功能评定除外）", "FM020401", "no"),  # it takes back what it gives
        ("法医临床鉴定（仅限人体功能评定（仅限视觉功能）；视觉功能除外）", "FM020401", "unclear"),
        ("法医临床鉴定（含伤残等级）", "FM0202", "yes"),
        ("法医临床鉴定（含伤残等级）", "FM0201", "unclear"),
        ("司法会计鉴定", "FM02", "no"),
    ],
)
def test_coverage_has_three_values(text: str, code: str, verdict: str) -> None:
    assert read(text).covers(code) == verdict


GUIZHOU = """line|scope
2|微量物证司法鉴定(金属及其合金、矿物、化工产品、化肥、植物及其制品、食品、饮料、添加剂及包装材料、工程复合材料及制品、建筑材料鉴定),污染物性质鉴定(仅限固体废物鉴定、危险废物鉴定、有毒物质（不包括危险废物）鉴定、污染物筛查及理化性质鉴定),土壤与地下水环境损害鉴定(地下水污染致植物损害鉴定、地下水污染致动物损害鉴定除外),地表水和沉积物环境损害鉴定,法医毒物司法鉴定
7|法医病理司法鉴定,法医物证司法鉴定,法医临床司法鉴定(听觉功能、视觉功能、性功能除外),痕迹司法鉴定,法医毒物司法鉴定,文书司法鉴定(笔迹鉴定、印章鉴定、印刷文件、朱墨时序),声像资料司法鉴定(录音资料鉴定、图像资料鉴定、电子数据鉴定)
"""


def test_the_longest_real_scopes_are_read_whole() -> None:
    second, seventh = (row["scope"] for row in csv.DictReader(io.StringIO(GUIZHOU), delimiter="|"))

    assert [line.category for line in read(second).lines] == ["PE03", "ED01", "ED04", "ED02", "FM05"]
    assert read(second).kept == (
        "金属及其合金",
        "矿物",
        "化肥",
        "植物及其制品",
        "饮料",
        "添加剂及包装材料",
        "工程复合材料及制品",
        "建筑材料鉴定",
    )
    assert [line.category for line in read(seventh).lines] == ["FM01", "FM04", "FM02", "PE02", "FM05", "PE01", "AV"]
    assert read(seventh).kept == ()


def test_a_limit_is_shown_as_written_in_full_width() -> None:
    (line,) = read("污染物性质鉴定(仅限有毒物质（不包括危险废物）鉴定)").lines

    assert line.limit_text == "仅限有毒物质（不包括危险废物）鉴定"
    assert describe(line, TREE) == "污染物性质鉴定（ED01）仅限：有毒物质（不包括危险废物）鉴定（ED0103）"


@pytest.mark.parametrize(
    ("category", "code", "speaks"),
    [
        ("FM02", "FM0202", True),
        ("FM0201", "FM0202", True),
        ("FM", "FM0202", True),
        ("FM01", "FM0202", False),
        ("FM01", "CT01", True),
        ("", "FM02", False),
    ],
)
def test_a_line_speaks_of_the_practice_category_of_an_item_whatever_its_limit(
    category: str, code: str, speaks: bool
) -> None:
    assert touches(ScopeLine(category), code, TREE) is speaks


NAMES = [category.name for category in TREE if not TREE.within(category.code, "CT")]
CODES = [category.code for category in TREE]


@given(
    st.lists(
        st.sampled_from(
            [
                "法医临床鉴定",
                "仅限",
                "除外",
                "（",
                "）",
                "(",
                ")",
                "、",
                "，",
                "；",
                "等",
                "损伤程度",
                "听觉功能",
                "除",
                "外",
                "甲",
            ]
        ),
        max_size=14,
    )
)
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(parts: list[str]) -> None:
    try:
        reading = read("".join(parts))
    except ScopeUnreadableError:
        return
    for code in CODES:
        assert reading.covers(code) in Coverage


@given(st.sampled_from(NAMES))
def test_every_official_name_alone_covers_what_it_names_unless_it_names_several_things(name: str) -> None:
    lines = read(name).lines

    if lines[0].category:
        assert TREE[lines[0].category].name == name
        assert covers(lines, lines[0].category, TREE) is Coverage.YES
    else:
        assert NAMES.count(name) > 1


@given(
    st.sampled_from([each for each in CODES if each.startswith("FM02")]),
    st.sampled_from([each for each in CODES if each.startswith("FM02")]),
)
def test_only_and_except_never_both_cover_the_same_item(listed: str, asked: str) -> None:
    only = ScopeLine("FM02", LimitKind.ONLY, (listed,))
    excepted = ScopeLine("FM02", LimitKind.EXCEPT, (listed,))

    assert {covers([only], asked, TREE), covers([excepted], asked, TREE)} in (
        {Coverage.YES, Coverage.NO},
        {Coverage.UNCLEAR},
    )
