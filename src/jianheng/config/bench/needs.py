"""What a year of cases needs: arithmetic on what :mod:`.sizing` measured, and nothing else."""

from __future__ import annotations

from typing import Any

WORKING_DAYS, WORKING_SECONDS = 250, 8 * 3600
PEAK = 4  # the busiest hour of a working day, as a multiple of its mean


def needs(one: dict[str, Any], *, cases_a_year: int, years: int, cores: int) -> dict[str, Any]:
    """What ``cases_a_year`` need: disk after ``years``, and the share of ``cores`` that the busiest hour takes."""
    cases = cases_a_year * years
    a_second = cases_a_year / WORKING_DAYS / WORKING_SECONDS * PEAK
    # one process acted; as many as there were cores made papers
    acting = a_second * one["acts"] / one["acts_per_second"]
    making = a_second * one["papers"] / (one["papers_per_second"] / min(one["processes"], one["cores"]))
    return {
        "cases_a_year": cases_a_year,
        "years": years,
        "rows_gb": round(cases * one["row_bytes"] / 1e9, 1),
        "papers_gb": round(cases * one["paper_bytes"] / 1e9, 1),
        "log_gb_a_day": round(cases_a_year / WORKING_DAYS * one["log_bytes"] / 1e9, 2),
        "acts_per_second_at_peak": round(a_second * one["acts"], 2),
        "papers_per_second_at_peak": round(a_second * one["papers"], 2),
        "cores_acting_at_peak": round(acting, 2),
        "cores_making_papers_at_peak": round(making, 2),
        "share_of_cores_at_peak": round((acting + making) / cores, 2),
    }
