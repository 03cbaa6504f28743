"""What a case weighs is measured on real ones; what a year needs is arithmetic a reader can redo."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jianheng.config import cli
from jianheng.config.bench.needs import PEAK, WORKING_DAYS, WORKING_SECONDS, needs

MEASURED = Path(__file__).parents[2] / "docs" / "sizing.json"
ONE = {
    "acts": 40,
    "papers": 30,
    "row_bytes": 200_000,
    "paper_bytes": 3_000_000,
    "log_bytes": 500_000,
    "acts_per_second": 20,
    "papers_per_second": 6,
    "processes": 2,
    "cores": 2,
}


def test_disk_is_cases_times_years_times_bytes() -> None:
    needed = needs(ONE, cases_a_year=100_000, years=10, cores=4)

    assert (needed["rows_gb"], needed["papers_gb"], needed["log_gb_a_day"]) == (200.0, 3000.0, 0.2)


def test_cores_follow_from_the_busiest_hour() -> None:
    a_second = 1  # as many cases a year as make one a second at peak
    needed = needs(ONE, cases_a_year=WORKING_DAYS * WORKING_SECONDS * a_second // PEAK, years=1, cores=16)

    assert (needed["acts_per_second_at_peak"], needed["papers_per_second_at_peak"]) == (40, 30)
    assert needed["cores_acting_at_peak"] == 2  # 40 a second, 20 by one process
    assert needed["cores_making_papers_at_peak"] == 10  # 30 a second, 3 by one of two processes
    assert needed["share_of_cores_at_peak"] == 0.75


def test_the_page_computes_from_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["sizing", "--measured", str(MEASURED), "--a-year", "100000", "--cores", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    page = MEASURED.with_name("sizing.md").read_text(encoding="utf-8")

    assert f"| acts | {told['measured']['acts']:.0f} |" in page
    assert f"| rows with their indexes | {told['measured']['row_bytes'] / 1000:.0f} KB |" in page
    assert f"{told['needs']['rows_gb']:.0f} GB" in page
    assert sum(told["measured"]["row_bytes_by_table"].values()) == pytest.approx(
        told["measured"]["row_bytes"], rel=1e-3
    )


@pytest.mark.slow
def test_a_case_is_weighed() -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("JIANHENG_", "DJANGO_"))}
    command = [sys.executable, "-m", "jianheng.config.cli", "sizing", "--cases", "1", "--processes", "2"]

    said = subprocess.run(command, env=clean, capture_output=True, text=True, check=True, timeout=300)

    one = json.loads(said.stdout)["measured"]
    assert (one["acts"], one["papers"]) == (47, 31)
    assert one["paper_bytes"] > 1_000_000
    assert one["log_bytes"] > one["row_bytes"] / 10 > 0
