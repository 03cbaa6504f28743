"""The shipped law loads, an operator's own overlays it, and a mistake is named by file and field."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from jianheng.kernel.calendar import CalendarNoticeError, DayKind
from jianheng.kernel.clocks import Clock, Unit
from jianheng.kernel.law import NoValueInForceError
from jianheng.kernel.pauses import PAUSE_GROUNDS
from jianheng.services.lawbook import api, calendars, files
from jianheng.services.lawbook.errors import LawFileError, LawFileUnwritableError
from jianheng.services.lawbook.files import SHIPPED

TODAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The operator's own law directory, empty."""
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(tmp_path / "law"))
    return tmp_path / "law"


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("key", "text", "law", "verified"),
    [
        ("appraisal.acceptance.period", "7个工作日", "司法鉴定程序通则 第十三条", True),
        ("appraisal.completion.period", "30个工作日", "司法鉴定程序通则 第二十八条第一款", True),
        ("appraisal.extension.ceiling", "30个工作日", "司法鉴定程序通则 第二十八条第二款", True),
        ("appraisal.appraisers.minimum", "2名", "司法鉴定程序通则 第十九条", True),
        ("appraisal.report.originals", "4份", "司法鉴定程序通则 第三十九条", True),
        ("appraisal.report.client_copies", "3份", "司法鉴定程序通则 第三十九条", True),
        (
            "court.entrustment.answer.period",
            "5个工作日",
            "民事诉讼中委托鉴定审查工作若干问题的规定（法〔2020〕202号） 第八条",
            True,
        ),
        ("court.testify.notice", "3日", "最高人民法院关于民事诉讼证据的若干规定 第七十九条", True),
        ("court.refund.ruling", "3日", "最高人民法院关于民事诉讼证据的若干规定 第八十一条", True),
        ("court.objection.period", "10日", "平台默认值（法律没有规定）", False),
    ],
)
def test_a_number_of_the_nation_comes_with_its_article_and_whether_it_was_checked(
    key: str, text: str, law: str, verified: bool
) -> None:
    found = api.book().value(key, on=TODAY)

    assert (found.text, found.law, found.verified) == (text, (law,), verified)


def test_court_terms_depend_on_how_difficult_the_matter_is() -> None:
    book = api.book()

    assert book.value("court.completion.ordinary", on=TODAY).number == 30
    assert book.value("court.completion.complex", on=TODAY).number == 60


@pytest.mark.parametrize(
    ("key", "national", "guangdong", "shandong"),
    [
        ("appraisal.acceptance.starts", "entrustment", "entrustment_and_material", "entrustment"),
        ("appraisal.suspension.allowed", False, True, True),
        ("licensing.certificate.period", 10, 5, 10),
        ("institution.renewal.lead", 30, 30, 60),
    ],
)
def test_guangdong_and_shandong_overlay_the_nation(
    key: str, national: object, guangdong: object, shandong: object
) -> None:
    values = [api.book().value(key, on=TODAY, region=region).value for region in ("", "440000", "370000")]

    assert values == [national, guangdong, shandong]


def test_shandong_counts_the_issue_of_a_licence_in_calendar_days() -> None:
    book = api.book()

    assert book.value("licensing.certificate.period", on=TODAY).unit == "WD"
    assert book.value("licensing.certificate.period", on=TODAY, region="370000").unit == "CD"


def test_a_province_did_not_overlay_before_its_own_law_was_in_force() -> None:
    assert api.book().value("appraisal.suspension.allowed", on=date(2012, 5, 1), region="370000").value is True
    assert api.book().value("appraisal.suspension.allowed", on=date(2021, 1, 1), region="440000").value is False


def test_a_number_only_a_province_has_is_refused_elsewhere() -> None:
    assert api.book().value("fee.float.ordinary", on=TODAY, region="440000").text == "20%"
    with pytest.raises(NoValueInForceError):
        api.book().value("fee.float.ordinary", on=TODAY)


def test_the_pause_grounds_of_the_kernel_agree_with_where_the_law_data_allow_suspension() -> None:
    allowed = {each.region for each in api.book().history("appraisal.suspension.allowed") if each.value}

    assert allowed == set(PAUSE_GROUNDS["LOCAL_SUSPENSION"].regions)


@pytest.mark.parametrize(
    ("key", "count"),
    [
        ("court.non_appraisable", 9),
        ("appraisal.refusal_grounds", 7),
        ("appraisal.termination_grounds", 6),
        ("appraisal.correction_grounds", 3),
        ("appraisal.supplementary_grounds", 3),
        ("appraisal.reappraisal_grounds", 5),
        ("court.report_contents", 7),
        ("court.report_flaws", 3),
        ("appraisal.recusal_grounds", 4),
        ("calendar.clock_rules", 13),
        ("calendar.statutory_holidays", 7),
    ],
)
def test_the_law_lists_as_many_cases_as_its_text(key: str, count: int) -> None:
    assert len(tuple(api.book().enumeration(key))) == count


def test_provinces_add_their_own_grounds_of_refusal() -> None:
    book = api.book()

    assert book.enumeration("appraisal.refusal_grounds", region="370000").codes[-2:] == ("SD1", "SD2")
    assert book.enumeration("appraisal.refusal_grounds", region="440300").codes[-1] == "GD1"
    assert book.enumeration("appraisal.refusal_grounds").codes == ("R1", "R2", "R3", "R4", "R5", "R6", "R7")


def test_what_nobody_read_in_the_text_is_marked_unverified() -> None:
    book = api.book()
    own = [value for key in book.keys for value in book.history(key) if "平台默认值" in value.instrument]
    unread = [value for key in book.keys for value in book.history(key) if "没有查到" in value.note]

    assert own and unread
    assert not any(value.verified for value in own + unread)


def test_every_length_of_the_book_makes_a_clock() -> None:
    book = api.book()
    lengths = [value for key in book.keys for value in book.history(key) if value.unit in ("WD", "CD")]

    assert lengths
    assert all(Clock(value.in_force_from, value.number, Unit[value.unit]) for value in lengths)


def test_the_calendar_knows_2018_to_2026_and_every_notice_was_checked() -> None:
    assert api.calendar_years() == tuple(range(2018, 2027))
    assert all(api.calendar().notice(year).verified for year in api.calendar_years())


def test_2026_rests_33_days_and_works_6_weekend_days() -> None:
    notice = api.calendar().notice(2026)

    assert len(notice.rest_days) == 33
    assert sorted(day.isoformat()[5:] for day in notice.work_days) == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]


NEXT_YEAR = """year: 2027
source: 测试通知
days:
  - {day: 2027-01-01, kind: rest, note: 元旦}
  - {day: 2027-05-01, kind: rest}
  - {day: 2027-05-03, kind: rest}
  - {day: 2027-10-01, kind: rest}
"""


def test_a_year_put_in_the_operators_directory_is_in_use_at_once_and_can_be_taken_away(own: Path) -> None:
    assert 2027 not in api.calendar_years()

    path = write(own / "national" / "calendar" / "2027.yaml", NEXT_YEAR)
    assert api.calendar().kind(date(2027, 5, 3)) is DayKind.HOLIDAY

    path.unlink()
    assert 2027 not in api.calendar_years()


def test_the_operators_own_file_replaces_the_shipped_one_of_its_name(own: Path) -> None:
    write(
        own / "national" / "parameters" / "court.objection.period.yaml",
        "key: court.objection.period\ntitle: 对鉴定意见书提出异议的期限\nvalues:\n"
        "- {value: 15, unit: CD, from: 2026-01-01, instrument: 某院规定, article: 第八条, verified: true}\n",
    )

    assert api.book().value("court.objection.period", on=TODAY).text == "15日"
    with pytest.raises(NoValueInForceError):
        api.book().value("court.objection.period", on=date(2025, 12, 31))


def test_a_district_of_the_operators_own_overlays_its_province(own: Path) -> None:
    write(
        own / "provinces" / "440300" / "parameters" / "court.objection.period.yaml",
        "key: court.objection.period\ntitle: 对鉴定意见书提出异议的期限\nvalues:\n"
        "- {value: 5, unit: WD, from: 2026-01-01, instrument: 某院规定, verified: true}\n",
    )

    assert api.book().value("court.objection.period", on=TODAY, region="440305").text == "5个工作日"
    assert api.book().value("court.objection.period", on=TODAY, region="440100").text == "10日"


GOOD = {
    "value": "7",
    "unit": "WD",
    "from": "2026-01-01",
    "instrument": "甲",
    "article": "第一条",
    "verified": "true",
}


@pytest.mark.parametrize(
    ("change", "field", "problem"),
    [
        ({"value": "七"}, "value", "应为整数"),
        ({"value": "true"}, "value", "应为整数"),
        ({"value": "-7"}, "value", "不能是负数"),
        ({"unit": "DAYS"}, "unit", "应为"),
        ({"unit": "FLAG"}, "value", "应为 true 或 false"),
        ({"from": "明年"}, "from", "日期"),
        ({"from": "2026-01-01 08:00:00"}, "from", "日期"),
        ({"to": "2025-01-01"}, "to", "早于施行日期"),
        ({"verified": "maybe"}, "verified", "true 或 false"),
        ({"verified": None}, "verified", "缺少"),
        ({"instrument": '""'}, "instrument", "是空的"),
        ({"instrument": '"甲\\x01"'}, "instrument", "不能使用的字符"),
        ({"artcle": "第一条"}, "artcle", "不是允许的字段"),
    ],
)
def test_a_mistake_in_a_parameter_file_is_named_by_file_and_field(
    own: Path, change: dict[str, str | None], field: str, problem: str
) -> None:
    row = ", ".join(f"{name}: {value}" for name, value in (GOOD | change).items() if value is not None)
    write(own / "national/parameters/x.y.yaml", f"key: x.y\ntitle: 试\nvalues:\n- {{{row}}}\n")

    with pytest.raises(LawFileError) as caught:
        api.book()

    assert "x.y.yaml" in caught.value.text
    assert caught.value.reasons[0].about == f"values 第1项 {field}"
    assert problem in caught.value.text


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "名称: 内容"),
        ("- 1\n", "名称: 内容"),
        ("key: [\n", "不是有效的 YAML"),
        ("key: x.y\ntitle: 试\nvalues: []\n", "是空的"),
        ("key: x.y\ntitle: 试\nvalues: 7\n", "应为列表"),
        ("key: x.y\ntitle: 试\nvalues: [7]\n", "名称: 内容"),
        ("key: x.z\ntitle: 试\nvalues: [{}]\n", "与文件名不符"),
        ("key: X Y\ntitle: 试\nvalues: [{}]\n", "小写字母"),
        ("a: &a [x]\nkey: !!python/object:os.system x\n", "不是有效的 YAML"),
        ("x" * 1_000_001, "千字节"),
    ],
)
def test_a_file_that_is_no_parameter_file_is_refused_by_name(own: Path, text: str, problem: str) -> None:
    write(own / "national/parameters/x.y.yaml", text)

    with pytest.raises(LawFileError) as caught:
        api.book()

    assert "x.y.yaml" in caught.value.text
    assert problem in caught.value.text


def test_an_enumeration_file_with_a_code_twice_is_refused(own: Path) -> None:
    row = "- {code: A1, text: 甲, verified: true}\n"
    write(own / "national/enumerations/x.y.yaml", f"key: x.y\ntitle: 试\ninstrument: 甲\nentries:\n{row}{row}")

    with pytest.raises(LawFileError, match="A1 重复出现"):
        api.book()


def test_a_calendar_file_whose_name_is_another_year_is_refused(own: Path) -> None:
    write(own / "national/calendar/2028.yaml", NEXT_YEAR)

    with pytest.raises(LawFileError, match="与文件名不符"):
        api.calendar()


CSV = "day,kind,note\n2027-01-01,rest,元旦\n2027-05-03,rest,\n2027-10-01,rest,国庆节\n2027-10-10,work,国庆节\n"


def test_a_csv_and_a_yaml_file_of_the_same_days_make_the_same_notice(tmp_path: Path) -> None:
    read = calendars.read(write(tmp_path / "next.csv", "\ufeff" + CSV), source="通知")
    again = calendars.read(write(tmp_path / "again.yaml", read.as_yaml()))

    assert again == read
    assert read.notice.verified is False
    assert read.notice.kind(date(2027, 10, 10)) is DayKind.MAKE_UP


def test_a_note_or_source_with_any_punctuation_survives_saving(tmp_path: Path) -> None:
    odd = 'a: [b] {c} # "d" \\e'
    quoted = '"' + odd.replace('"', '""') + '"'
    read = calendars.read(write(tmp_path / "n.csv", CSV.replace("国庆节", quoted)), source=odd)

    again = calendars.read(write(tmp_path / "n.yaml", read.as_yaml()))

    assert again == read
    assert again.notice.source == again.notes[date(2027, 10, 1)] == odd


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "列名"),
        ("date,type\n2027-01-01,rest\n", "列名"),
        ("day,kind,note\n", "没有任何日期"),
        ("day,kind,note\n2027/01/01,rest,\n", "第2行 day"),
        ("day,kind,note\n2027-02-30,rest,\n", "第2行 day"),
        ("day,kind,note\n2027-01-01,holiday,\n", "rest（休息）"),
        ("day,kind,note\n2027-01-01,rest,\n2027-01-01,rest,\n", "重复出现"),
        ("day,kind,note\n2027-01-01,rest\x00,\n", ""),
    ],
)
def test_a_csv_with_a_mistake_is_refused_by_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(LawFileError) as caught:
        calendars.read(write(tmp_path / "next.csv", text))

    assert problem in caught.value.text


def test_a_csv_of_two_years_or_without_the_national_day_is_refused_naming_the_days(tmp_path: Path) -> None:
    text = "day,kind,note\n2027-01-01,rest,\n2027-05-03,rest,\n2028-01-01,rest,\n"

    with pytest.raises(CalendarNoticeError) as caught:
        calendars.read(write(tmp_path / "next.csv", text))

    assert {reason.about for reason in caught.value.reasons} == {"2028-01-01", "2027-10-01"}


@pytest.mark.parametrize("name", ["2027.xlsx", "2027", "missing.csv"])
def test_a_file_that_is_not_there_or_not_csv_or_yaml_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LawFileError):
        calendars.read(tmp_path / name)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "next.csv"
    path.write_bytes("day,kind,note\n2027-01-01,rest,元旦\n".encode("gb18030"))

    with pytest.raises(LawFileError, match="UTF-8"):
        calendars.read(path)


def test_a_folder_that_cannot_be_made_loses_nothing_and_says_so(own: Path) -> None:
    own.write_text("a file where the folder should be", encoding="utf-8")

    with pytest.raises(LawFileUnwritableError):
        files.save(own / "national" / "x.yaml", "key: x")


def test_saving_leaves_no_temporary_file_behind(own: Path) -> None:
    files.save(own / "x.yaml", "甲")
    files.save(own / "x.yaml", "乙")

    assert [path.name for path in own.iterdir()] == ["x.yaml"]
    assert (own / "x.yaml").read_text(encoding="utf-8") == "乙"


def test_the_shipped_categories_make_a_tree_with_the_courts_own_list_beside_it() -> None:
    tree = api.categories()

    assert [each.code for each in tree.children()] == ["FM", "PE", "AV", "ED", "CT"]
    assert tree["PE0107"].name == "朱墨时序鉴定"
    assert tree.licensed_as("CT12") == "ED"
    assert sum(1 for _ in tree) == 193


def test_every_synonym_means_codes_of_the_tree() -> None:
    meant = [code for codes in api.scope_synonyms().values() for code in codes]

    assert meant
    assert all(code in api.categories() for code in meant)


def test_the_causes_are_those_in_force_since_2026() -> None:
    levels = [cause.level for cause in api.causes()]

    assert [levels.count(level) for level in (1, 2, 3, 4)] == [12, 59, 514, 470]
    assert api.causes()[2].hints == ("法医临床", "法医病理", "法医精神病")


def test_the_regions_are_those_with_law_of_their_own_the_operators_among_them(own: Path) -> None:
    write(own / "provinces" / "520000" / "parameters" / "x.yaml", "")
    write(own / "provinces" / "520100" / "parameters" / "x.yaml", "")

    told = dict(api.regions())

    assert set(told) == {*files.regions()} >= {"110000", "210200", "310000", "350000", "370000", "440000"}
    assert (told["440000"], told["210200"], told["520000"], told["520100"]) == (
        "广东",
        "大连",
        "贵州",
        "贵州（520100）",
    )


def test_every_verified_value_stands_in_an_article_whose_words_are_told_with_a_source_others_can_open() -> None:
    """``docs/law/sources.md`` says of each article what it says and where its text is."""
    page = (Path(__file__).parents[5] / "docs" / "law" / "sources.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip("|").split(" | ")] for line in page.splitlines() if line.startswith("| ")
    ]
    sources = {row[0] for row in rows if len(row) == 2}
    told = {(row[0], row[1]): row[2] for row in rows if len(row) == 4 and row[3] in sources}
    untold = []
    for path in sorted(SHIPPED.rglob("*.yaml")):
        if path.parent.name == "calendar":
            continue
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        for value in [*read.get("values", []), *read.get("entries", [])]:
            where = (value.get("instrument") or read.get("instrument"), value.get("article", ""))
            fact = value.get("text") or read["title"]
            if value["verified"] and (not where[1] or fact not in told.get(where, "")):
                untold.append(f"{path.name}: {where[0]} {where[1]}")

    assert len(told) > 60
    assert not untold
