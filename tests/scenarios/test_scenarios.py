"""Every scenario file goes as written, in process, on a day with a known calendar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from jianheng.config import cast
from jianheng.config.rehearsal.in_process import InProcess
from jianheng.config.rehearsal.script import SCENARIOS, Play, read

FILES = sorted(SCENARIOS.glob("*.yaml"))
FIRST_DAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.django_db
@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_scenario_goes_as_written(path, tmp_path) -> None:
    cast.make(tmp_path / "accounts.json")
    scenario = read(path)

    Play(InProcess(now=FIRST_DAY)).run(scenario)
