"""A small province that hurries: whole cases within a few weeks, played once for all tests of a module."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import TestCase, override_settings

from jianheng.config.simulation import history, running
from jianheng.config.simulation.over_http import OverHttp
from jianheng.config.simulation.parameters import DEFAULTS, Parameters, load
from jianheng.config.simulation.world import VirtualTime, World

DAYS = 45
HURRIED = {"median": 0.3, "p90": 0.8, "source": "测试用"}


def hurried(requests: float = 40, **changes: Any) -> Parameters:
    """The shipped parameters with short waits, so that cases come to an end."""
    shipped = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    waits = {group: dict.fromkeys(shipped[group], HURRIED) for group in ("waits", "party_waits")}
    size = {"institutions": 6, "basic_courts": 2, "technicians": 4, "judges_per_court": 2}
    province = {name: {"value": number, "source": "测试用"} for name, number in size.items()}
    asked = {"value": requests, "source": "测试用"}
    return load(None, **{**waits, "province": province, "requests_per_court_year": asked, **changes})


@contextmanager
def a_run(
    home: Path, parameters: Parameters, *, days: int, seed: int, driver: type[VirtualTime] = VirtualTime
) -> Iterator[World]:
    """A run in a transaction that is rolled back, with files in a place of its own."""
    from django.conf import settings

    storages = {
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": str(home)}},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},  # nothing was collected
    }
    with override_settings(STORAGES=storages, JIANHENG_LEDGER_KEY_FILE=home / "ledger.pem"):
        atomics = TestCase._enter_atomics()
        try:
            population = running.populate(parameters, days=days, seed=seed)
            yield running.play(population, parameters, days=days, seed=seed, driver=driver)
        finally:
            TestCase._rollback_atomics(atomics)


@pytest.fixture(scope="module")
def digests(django_db_setup, django_db_blocker, tmp_path_factory) -> dict[str, str]:
    """The digests of two runs from one seed, of a third over HTTP, and of one from another."""
    found = {}
    runs = (
        ("once", 1, VirtualTime),
        ("again", 1, VirtualTime),
        ("over http", 1, OverHttp),
        ("other", 2, VirtualTime),
    )
    with django_db_blocker.unblock():
        for name, seed, driver in runs:
            with a_run(tmp_path_factory.mktemp(name), hurried(requests=60), days=12, seed=seed, driver=driver):
                found[name] = history.digest()
    return found


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[World]:
    """A province after some weeks."""
    home = tmp_path_factory.mktemp("world")
    with django_db_blocker.unblock(), a_run(home, hurried(), days=DAYS, seed=7) as played:
        yield played
