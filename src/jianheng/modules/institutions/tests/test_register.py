"""The register imports sheets row by row, keeps what it said, and answers for a day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test.utils import CaptureQueriesContext

from jianheng.kernel.categories import UnknownCategoryError
from jianheng.kernel.identifiers import IdentifierError
from jianheng.modules.institutions import api
from jianheng.modules.institutions.models import Institution, Licence, PracticeStatus, Registration, ScopeItem
from jianheng.services.lawbook import api as lawbook

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)
IN_2021 = date(2021, 6, 1)


@pytest.fixture
def guizhou(roster: Path, now: datetime) -> api.ImportReport:
    """The register after the sheet of seven real institutions was imported."""
    return api.import_institutions(api.read_sheet(roster.read_bytes()), source="贵州省名册", now=now)


@pytest.fixture
def register(row: dict[str, str], now: datetime) -> Callable[..., api.InstitutionFacts]:
    """Import one row with changes, at an instant; the institution as the register then says."""

    def act(*, at: datetime = now, on: date = TODAY, is_demo: bool = False, **changes: str) -> api.InstitutionFacts:
        cells = row | changes
        report = api.import_institutions([(2, cells)], source="测试", now=at, is_demo=is_demo)
        assert [reason.text for reason in report.rows[0].reasons] == []
        return api.find(cells["uscc"], on=on)

    return act


def test_the_seven_real_rows_are_registered_and_nothing_is_refused(guizhou: api.ImportReport) -> None:
    assert guizhou.count("CREATED") == 7
    assert Institution.objects.count() == Licence.objects.count() == 7


def test_real_institutions_are_expired_today_and_valid_as_of_a_day_in_2021(guizhou: api.ImportReport) -> None:
    codes = [report.reading.uscc for report in guizhou.rows]

    assert {api.find(uscc, on=TODAY).state for uscc in codes} == {api.LicenceState.EXPIRED}
    assert {api.find(uscc, on=IN_2021).state for uscc in codes} == {api.LicenceState.VALID}


def test_the_same_sheet_again_changes_nothing(guizhou: api.ImportReport, roster: Path, now: datetime) -> None:
    before = [
        list(model.objects.order_by("pk").values()) for model in (Institution, Registration, Licence, ScopeItem)
    ]

    again = api.import_institutions(api.read_sheet(roster.read_bytes()), source="又一次", now=now + timedelta(days=1))

    assert again.count("UNCHANGED") == 7
    assert before == [
        list(model.objects.order_by("pk").values()) for model in (Institution, Registration, Licence, ScopeItem)
    ]


def test_a_dry_run_reads_everything_and_asks_the_database_nothing(roster: Path, now: datetime) -> None:
    with CaptureQueriesContext(connection) as asked:
        report = api.import_institutions(api.read_sheet(roster.read_bytes()), source="x", now=now, dry_run=True)

    assert report.count("READABLE") == 7
    assert len(asked) == 0
    assert report.rows[1].reading.kept[0] == "金属及其合金"


def test_a_bad_check_digit_refuses_its_row_whole_and_no_other(roster: Path, now: datetime, tmp_path: Path) -> None:
    sheet = tmp_path / "bad.csv"
    sheet.write_text(
        roster.read_text(encoding="utf-8").replace("34520000MD8010008M", "34520000MD8010008N"), encoding="utf-8"
    )

    report = api.import_institutions(api.read_sheet(sheet.read_bytes()), source="x", now=now)

    assert (report.count("CREATED"), report.count("REFUSED")) == (6, 1)
    assert report.rows[6].reasons[0].code == "USCC_CHECK_DIGIT"
    assert not Institution.objects.filter(uscc__startswith="34520000").exists()


def test_a_corrected_name_supersedes_the_old_statement_and_both_can_be_asked(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    first = register(name="示例司法鉴定中心")
    later = now + timedelta(days=3)
    corrected = register(name="示例第一司法鉴定中心", at=later)

    assert (first.name, corrected.name) == ("示例司法鉴定中心", "示例第一司法鉴定中心")
    assert api.institution(corrected.id, on=TODAY, known_at=now + timedelta(days=1)).name == "示例司法鉴定中心"
    assert api.institution(corrected.id, on=TODAY, known_at=later).name == "示例第一司法鉴定中心"
    assert Registration.objects.count() == 2


def test_a_name_that_changed_with_a_new_licence_holds_from_its_first_day(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    old = register(valid_from="2019-01-01", valid_to="2023-12-31", name="示例老名司法鉴定所")
    register(name="示例新名司法鉴定中心", at=now + timedelta(days=1))

    assert api.institution(old.id, on=date(2023, 12, 31)).name == "示例老名司法鉴定所"
    assert api.institution(old.id, on=date(2024, 1, 1)).name == "示例新名司法鉴定中心"
    assert [licence.valid_from.year for licence in Licence.objects.order_by("valid_from")] == [2019, 2024]


def test_a_changed_scope_supersedes_the_licence_and_an_old_draw_can_still_be_checked(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    register(scope_text="法医临床司法鉴定")
    changed = register(scope_text="法医临床司法鉴定（仅限骨龄鉴定）", at=now + timedelta(days=1))

    def covers(at: datetime | None) -> str:
        licence = api.institution(changed.id, on=TODAY, known_at=at).licence
        assert licence is not None
        return licence.scope_text

    assert covers(now) == "法医临床司法鉴定"
    assert covers(None) == "法医临床司法鉴定（仅限骨龄鉴定）"


def test_a_licence_overlapping_another_is_refused_and_leaves_no_trace(
    register: Callable[..., api.InstitutionFacts], row: dict[str, str], now: datetime
) -> None:
    register()

    report = api.import_institutions(
        [(2, row | {"valid_from": "2027-01-01", "valid_to": "2030-12-31", "name": "别的名字"})], source="x", now=now
    )

    assert report.rows[0].outcome == "REFUSED"
    assert report.rows[0].reasons[0].code == "REGISTER_CONFLICT"
    assert Registration.objects.get().name == "示例司法鉴定中心"


def test_a_clock_moved_backwards_is_refused_by_name_and_changes_nothing(
    register: Callable[..., api.InstitutionFacts], row: dict[str, str], now: datetime
) -> None:
    register()

    report = api.import_institutions([(2, row | {"address": "示例路2号"})], source="x", now=now - timedelta(days=1))

    assert report.rows[0].outcome == "REFUSED"
    assert "系统时钟" in report.rows[0].reasons[0].text
    assert api.find("34220100MD0012AB25", on=TODAY).address == "示例路1号"


def test_the_latest_licence_says_where_an_institution_belongs_whatever_the_order_of_rows(
    row: dict[str, str], now: datetime
) -> None:
    moved = [
        (2, row),
        (3, row | {"region": "220200", "valid_from": "2019-01-01", "valid_to": "2023-12-31"}),
    ]

    first = api.import_institutions(moved, source="x", now=now)
    again = api.import_institutions(moved, source="x", now=now + timedelta(days=1))

    assert (first.count("CREATED"), first.count("CHANGED"), again.count("UNCHANGED")) == (1, 1, 2)
    assert candidate("FM0202").region == "220100"
    assert api.find("34220100MD0012AB25", on=date(2020, 1, 1)).region == "220200"


@pytest.mark.parametrize("table", ["registration", "licence", "scopeitem"])
@pytest.mark.parametrize("change", ["UPDATE institutions_{} SET id = id", "DELETE FROM institutions_{}"])
def test_the_database_refuses_to_forget_what_the_register_said(
    register: Callable[..., api.InstitutionFacts], table: str, change: str
) -> None:
    register()

    with pytest.raises(Error, match="keeps what it said"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change.format(table))


def candidate(category: str, *, on: date = TODAY, region: str = "220000") -> api.Candidate:
    (found,) = api.candidates(category, on=on, region_scope=region)
    return found


def appraiser(institution_id: int, number: int, now: datetime, **more: Any) -> api.AppraiserRef:
    told: dict[str, Any] = {
        "institution_id": institution_id,
        "certificate_number": f"220018001{number:03d}",
        "name": f"示例鉴定人{number}",
        "categories": ["FM02"],
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2028, 12, 31),
        "now": now,
    }
    return api.register_appraiser(**told | more)


def test_a_candidate_carries_every_fact_needed_to_judge_it(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    institution = register(is_demo=True)
    api.link_organisation(institution.id, organisation_id=77)
    appraiser(institution.id, 1, now)

    assert candidate("FM0202") == api.Candidate(
        id=institution.id,
        organisation_id=77,
        name="示例司法鉴定中心",
        uscc="34220100MD0012AB25",
        region="220100",
        is_demo=True,
        covers=api.Coverage.YES,
        limit_text="听觉功能除外",
        state=api.LicenceState.VALID,
        valid_from=date(2024, 1, 1),
        valid_to=date(2028, 12, 31),
        suspensions=(),
        qualified_appraisers=1,
    )


@pytest.mark.parametrize(
    ("category", "covers"), [("FM0202", "yes"), ("FM020402", "no"), ("FM0204", "unclear"), ("FM02", "unclear")]
)
def test_a_candidate_is_listed_with_its_verdict_even_when_it_may_not_be_chosen(
    register: Callable[..., api.InstitutionFacts], category: str, covers: str
) -> None:
    register()

    assert candidate(category).covers == covers


@pytest.mark.parametrize(
    ("on", "state"),
    [("2023-12-31", "not_yet"), ("2024-01-01", "valid"), ("2028-12-31", "valid"), ("2029-01-01", "expired")],
)
def test_a_candidates_licence_is_judged_on_the_day_asked(
    register: Callable[..., api.InstitutionFacts], on: str, state: str
) -> None:
    register()

    assert candidate("FM0202", on=date.fromisoformat(on)).state == state


@pytest.mark.parametrize(
    ("scope", "found"),
    [("220000", 1), ("22", 1), ("2201", 1), ("220100", 1), ("", 1), ("220200", 0), ("440000", 0), ("44", 0)],
)
def test_candidates_are_looked_for_in_a_division_and_everything_below_it(
    register: Callable[..., api.InstitutionFacts], scope: str, found: int
) -> None:
    register()

    assert len(api.candidates("FM0202", on=TODAY, region_scope=scope)) == found


def test_institutions_of_other_fields_are_no_candidates_at_all(
    register: Callable[..., api.InstitutionFacts], guizhou: api.ImportReport
) -> None:
    register()

    assert api.candidates("PE0101", on=TODAY, region_scope="220000") == []
    assert len(api.candidates("FM0202", on=IN_2021, region_scope="520000")) == 4
    with pytest.raises(UnknownCategoryError):
        api.candidates("FM99", on=TODAY, region_scope="")


def test_listing_candidates_asks_the_same_number_of_questions_however_many_there_are(
    register: Callable[..., api.InstitutionFacts], guizhou: api.ImportReport, now: datetime
) -> None:
    appraiser(register().id, 1, now)

    with CaptureQueriesContext(connection) as one:
        api.candidates("FM0202", on=TODAY, region_scope="22")
    with CaptureQueriesContext(connection) as all_:
        api.candidates("FM0202", on=IN_2021, region_scope="")

    assert len(one) == 2
    assert len(all_) == 2


def test_a_suspension_stops_the_candidate_on_its_days_and_for_its_category_only(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    institution = register(scope_text="法医临床鉴定，法医病理鉴定")
    api.stop_practice(
        kind=api.StatusKind.SUSPENDED,
        institution_id=institution.id,
        category="FM02",
        first=date(2026, 11, 1),
        last=date(2026, 12, 31),
        reason="连续两年能力验证不合格",
        now=now,
    )

    assert candidate("FM0202").state == "suspended"
    assert candidate("FM0202", on=date(2027, 1, 1)).state == "valid"
    assert candidate("FM0101").state == "valid"


def test_resuming_practice_states_the_stop_anew_and_keeps_what_was_said(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    institution = register()
    stop = api.stop_practice(
        kind=api.StatusKind.SUSPENDED, institution_id=institution.id, first=date(2026, 11, 1), now=now
    )

    api.resume_practice(stop, last=date(2026, 11, 21), now=now + timedelta(hours=1))

    assert candidate("FM0202").state == "valid"
    assert api.institution(institution.id, on=TODAY, known_at=now).state == "suspended"
    assert PracticeStatus.objects.count() == 2
    with pytest.raises(api.RegisterConflictError):
        api.resume_practice(stop, last=date(2026, 11, 21), now=now)


@pytest.mark.parametrize(
    ("change", "counted"),
    [
        ({}, 2),
        ({"categories": ["FM01"]}, 1),
        ({"categories": ["FM0202"]}, 2),
        ({"categories": ["FM0201"]}, 1),
        ({"valid_to": date(2026, 11, 21)}, 1),
        ({"valid_from": date(2026, 11, 23)}, 1),
    ],
)
def test_appraisers_count_only_when_registered_for_the_item_on_the_day(
    register: Callable[..., api.InstitutionFacts], now: datetime, change: dict[str, Any], counted: int
) -> None:
    institution = register()
    appraiser(institution.id, 1, now)
    appraiser(institution.id, 2, now, **change)

    assert candidate("FM0202").qualified_appraisers == counted
    assert len(api.appraisers_of(institution.id, "FM0202", on=TODAY)) == counted


def test_a_stopped_appraiser_does_not_count(register: Callable[..., api.InstitutionFacts], now: datetime) -> None:
    institution = register()
    first = appraiser(institution.id, 1, now)
    api.stop_practice(kind=api.StatusKind.SUSPENDED, appraiser_id=first.id, first=TODAY, last=TODAY, now=now)

    assert api.appraisers_of(institution.id, on=TODAY) == []
    assert [each.id for each in api.appraisers_of(institution.id, on=TODAY + timedelta(days=1))] == [first.id]


def test_appraisers_are_listed_by_pinyin_with_what_an_assignment_needs(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    institution = register()
    appraiser(institution.id, 1, now, name="张三", title="主任法医师", is_senior=True, person_id=5, is_demo=True)
    appraiser(institution.id, 2, now, name="曾四")
    appraiser(institution.id, 3, now, name="安五")

    listed = api.appraisers_of(institution.id, "FM0202", on=TODAY)

    assert [each.name for each in listed] == ["安五", "曾四", "张三"]
    assert (listed[2].title, listed[2].is_senior, listed[2].person_id, listed[2].certificate_number) == (
        "主任法医师",
        True,
        5,
        "220018001001",
    )
    assert api.appraiser(listed[0].id, on=TODAY).name == "安五"
    with pytest.raises(api.UnknownAppraiserError):
        api.appraiser(listed[0].id, on=date(2030, 1, 1))


def test_registering_an_appraiser_twice_alike_changes_nothing_and_otherwise_is_refused(
    register: Callable[..., api.InstitutionFacts], row: dict[str, str], now: datetime
) -> None:
    institution = register()
    other = register(uscc="34520000MD8010008M", region="520100")
    first = appraiser(institution.id, 1, now)

    assert appraiser(institution.id, 1, now) == first
    with pytest.raises(api.RegisterConflictError, match="只能在一家机构执业"):
        appraiser(other.id, 1, now)
    with pytest.raises(IdentifierError):
        appraiser(institution.id, 1, now, certificate_number="22001800")
    with pytest.raises(UnknownCategoryError):
        appraiser(institution.id, 2, now, categories=["XX"])


def test_an_organisation_or_person_of_the_platform_is_linked_once(
    register: Callable[..., api.InstitutionFacts], now: datetime
) -> None:
    institution = register()
    other = register(uscc="34520000MD8010008M", region="520100")
    api.link_organisation(institution.id, organisation_id=77)

    assert api.institution(institution.id, on=TODAY).organisation_id == 77
    with pytest.raises(api.RegisterConflictError):
        api.link_organisation(other.id, organisation_id=77)

    first, second = appraiser(institution.id, 1, now), appraiser(institution.id, 2, now)
    api.link_person(first.id, person_id=5)
    with pytest.raises(api.RegisterConflictError):
        api.link_person(second.id, person_id=5)


def test_only_linked_institutions_with_a_valid_licence_are_reachable(
    register: Callable[..., api.InstitutionFacts], guizhou: api.ImportReport
) -> None:
    institution, real = register(), api.find("34520000MD8010008M")
    api.link_organisation(institution.id, organisation_id=77)
    api.link_organisation(real.id, organisation_id=78)

    assert [each.id for each in api.reachable(on=TODAY)] == [institution.id]
    assert len(api.reachable(on=date(2025, 1, 1))) == 2


def test_an_institution_must_be_licensed_for_the_item_on_the_day(
    register: Callable[..., api.InstitutionFacts],
) -> None:
    institution = register()

    api.must_be_licensed(institution.id, "FM0202", on=TODAY)
    with pytest.raises(api.NotLicensedError) as caught:
        api.must_be_licensed(institution.id, "FM020402", on=date(2029, 1, 1))
    assert [reason.code for reason in caught.value.reasons] == ["LICENCE_EXPIRED", "SCOPE_NO"]


def test_the_letterhead_has_what_a_paper_prints(register: Callable[..., api.InstitutionFacts]) -> None:
    institution = register()

    assert api.letterhead(institution.id, on=TODAY) == {
        "name": "示例司法鉴定中心",
        "licence_number": "220018001",
        "address": "示例路1号",
        "postcode": None,
        "contact": None,
        "phone": "0431-00000000",
    }
    assert api.short_name(institution.id) == "示例司鉴中心"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("中一", ["贵州中一司法鉴定中心"]),
        ("贵州 中一", ["贵州中一司法鉴定中心"]),
        ("gui zhou zhong", ["贵州中一司法鉴定中心"]),
        ("34520000", ["贵州中一司法鉴定中心"]),
        ("34520000md", ["贵州中一司法鉴定中心"]),
        ("人民医院", ["贵阳市第一人民医院法医司法鉴定所", "贵州省第二人民医院法医精神病鉴定中心"]),
        ("没有这家", []),
        ("%", []),
        ("_", []),
        ("\x00", []),
        ("", []),
    ],
)
def test_institutions_are_found_by_name_pinyin_or_credit_code(
    guizhou: api.ImportReport, text: str, found: list[str]
) -> None:
    assert [each.name for each in api.search(text)] == found


def test_what_the_register_does_not_know_is_refused() -> None:
    for ask in (lambda: api.institution(0), lambda: api.find("x"), lambda: api.letterhead(0)):
        with pytest.raises(api.UnknownInstitutionError):
            ask()


def test_the_categories_a_court_may_ask_for_are_offered_with_their_field() -> None:
    choices = dict(api.category_choices())

    assert choices["FM02"] == "法医临床鉴定"
    assert choices["FM0202"] == "法医临床鉴定·人体残疾等级鉴定"
    assert "FM" not in choices and "CT01" not in choices
    assert all(code in lawbook.categories() for code in choices)
    assert api.category("FM0202").name == "人体残疾等级鉴定"
