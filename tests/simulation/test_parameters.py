"""The parameter file says where each number comes from; what cannot be read or played is refused, all faults at once."""

from __future__ import annotations

import random
from datetime import date, datetime

import pytest

from jianheng.config.commands import simulate
from jianheng.config.simulation import compare
from jianheng.config.simulation.errors import HomeInUseError
from jianheng.config.simulation.hours import CHINA, Hours
from jianheng.config.simulation.parameters import POLICIES, ParameterFileError, Wait, load, policy_path
from jianheng.config.simulation.running import hours_of
from jianheng.config.simulation.world import poisson
from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.services.lawbook import api as lawbook


@pytest.fixture
def written(tmp_path):
    """A parameter file with this text."""

    def write(text: str):
        path = tmp_path / "own.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("shares: {objects: {value: 0.2}}", "shares.objects.source"),
        ("shares: {objects: {value: 1.2, source: 假定}}", "shares.objects.value"),
        ("shares: {nonsense: {value: 0.2, source: 假定}}", "shares.nonsense"),
        ("waits: {screen: {median: 5, p90: 2, source: 假定}}", "waits.screen"),
        ("waits: {screen: {median: 0, p90: 2, source: 假定}}", "waits.screen.median"),
        ("policy: {choose: {value: friends, source: 假定}}", "policy.choose.value"),
        ("policy: {fee_days: {value: 0, source: 假定}}", "policy.fee_days.value"),
        ("province: {basic_courts: {value: 90, source: 假定}}", "province"),
        ("province: {technicians: {value: 1, source: 假定}}", "province"),
        ("province: {institutions: {value: 9000, source: 假定}}", "province"),
        ("start_on: someday", "start_on"),
        ("extra: 1", "extra"),
    ],
)
def test_a_file_is_refused_with_the_name_of_what_is_wrong(written, text, about) -> None:
    with pytest.raises(ParameterFileError) as refused:
        load(written(text))

    assert about in {reason.about for reason in refused.value.reasons}


@pytest.mark.parametrize("text", ["{", "- 1", "\x00"])
def test_a_file_that_is_no_list_of_names_and_values_is_refused(written, text) -> None:
    with pytest.raises(ParameterFileError):
        load(written(text))


def test_every_fault_is_told_at_once(written) -> None:
    with pytest.raises(ParameterFileError) as refused:
        load(written("shares: {objects: {value: 2}, nonsense: {value: 0.2, source: 假定}}"))

    assert len(refused.value.reasons) == 3


def test_a_policy_changes_only_what_it_says() -> None:
    plain, opened = load(), load(policy_path("fee-open"))

    assert opened.policy.fee_days.value == 365
    assert opened.policy.choose == plain.policy.choose
    assert opened.shares == plain.shares
    assert {load(path).title for path in POLICIES.glob("*.yaml")} > {opened.title}


def test_a_policy_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ParameterFileError, match="fee-deadline"):
        policy_path("weather")


def test_the_full_province_has_the_size_reported() -> None:
    size = load(full=True).province

    assert (size.intermediate_courts.value, size.basic_courts.value) == (12, 80)
    assert (size.technicians.value, size.institutions.value, size.categories.value) == (164, 524, 14)


def test_a_run_into_a_year_without_a_calendar_is_refused() -> None:
    last = lawbook.calendar_years()[-1]
    with pytest.raises(CalendarYearMissingError):
        hours_of(load(None, start_on=f"{last}-12-01"), 60)


def test_a_run_into_a_home_in_use_is_refused(tmp_path) -> None:
    (tmp_path / "something").touch()
    given = {"parameters": None, "full": False, "requests": None, "seed": 1, "days": 1, "out": tmp_path}
    parsed = simulate.argparse.Namespace
    with pytest.raises(HomeInUseError):
        simulate._run(parsed(**given, http=False, home=tmp_path))


def test_half_of_all_waits_are_below_the_median_and_a_tenth_above_the_ninetieth() -> None:
    wait, chance = Wait(median=2, p90=5, source="假定"), random.Random(1)
    drawn = [wait.drawn(chance) for _ in range(20_000)]

    assert sum(one < 2 for one in drawn) / len(drawn) == pytest.approx(0.5, abs=0.02)
    assert sum(one > 5 for one in drawn) / len(drawn) == pytest.approx(0.1, abs=0.01)


def test_as_many_come_as_are_expected() -> None:
    chance = random.Random(1)
    drawn = [poisson(0.7, chance) for _ in range(20_000)]

    assert sum(drawn) / len(drawn) == pytest.approx(0.7, abs=0.03)


@pytest.mark.parametrize(
    ("since", "days", "until"),
    [
        ("2025-01-24 16:00", 0.25, "2025-01-26 10:00"),  # Sunday, a make-up working day before the festival
        ("2025-01-27 13:00", 1, "2025-02-05 13:00"),  # over the Spring Festival
        ("2025-01-10 20:00", 0, "2025-01-13 09:00"),  # Friday night is Monday morning
    ],
)
def test_working_time_passes_over_nights_weekends_and_holidays(since, days, until) -> None:
    hours = Hours(lawbook.calendar(), first=date(2025, 1, 6), days=60)

    assert hours.later(moment(since), days) == moment(until)


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)


def test_an_interval_is_students_over_the_seeds() -> None:
    told = compare.estimate([10.0, 12.0, 14.0])

    assert told.mean == 12.0
    assert told.high == pytest.approx(12 + 4.303 * 2 / 3**0.5)
    assert compare.estimate([3.0]).low is None
    assert compare.estimate([]).mean is None


def test_the_chart_shows_both_policies_with_their_means(tmp_path) -> None:
    outcomes = [compare.Outcome("甲"), compare.Outcome("乙<")]
    for number, outcome in enumerate(outcomes):
        for measure in compare.MEASURES:
            outcome.taken[measure] += [10.0 + number, 12.0 + number]

    said = compare.write(tmp_path, outcomes)
    picture = (tmp_path / "compare.svg").read_text(encoding="utf-8")

    assert "相差 1.0" in said
    assert "乙&lt;" in picture
    assert picture.count('stroke-width="5"') == 2 * len(compare.MEASURES)
