"""Several machines on one database: alike or refused, work done once, one log."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import caches
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from jianheng.config import cli, likeness
from jianheng.config.commands import run
from jianheng.config.settings import _database as database_of
from jianheng.desks.operator import doctor
from jianheng.services.hosts import api as hosts
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import sequencer
from jianheng.services.ledger.errors import LedgerFault
from jianheng.services.signing.errors import KeyFileFault

HERE = {"secret": "s", "log": "l", "authority": "a", "files": "f", "law": "", "address": "u", "version": "1"}


@pytest.fixture
def home(request: pytest.FixtureRequest, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This machine's home, with keys of its own, and a log to be begun."""
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("empty_log")
    settings.HOME = tmp_path / "here"
    settings.HOME.mkdir()
    settings.JIANHENG_LEDGER_KEY_FILE = settings.HOME / "keys" / "ledger.pem"
    settings.JIANHENG_SIGNING_HOME = settings.HOME / "keys" / "signing"
    monkeypatch.setenv("JIANHENG_LAW_DIR", str(settings.HOME / "law"))
    return Path(settings.HOME)


def an_entry() -> None:
    """Something for the log."""
    ledger.append(ledger.entry("test", region="220000", matter_id=None, data={}, now=timezone.now()))


@pytest.mark.django_db
def test_a_machine_like_the_others_may_start_and_sees_itself_among_them(home: Path) -> None:
    hosts.report("b:/srv/jianheng", parts=("worker",), told=likeness.told(), now=timezone.now())

    likeness.must_be_alike()

    assert hosts.differences(hosts.alive(timezone.now())) == ()
    assert hosts.figures(timezone.now()) == {"hosts_alive": 1, "hosts_differences": 0}


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["secret", "log", "authority", "files"])
def test_a_machine_with_another_key_secret_or_store_does_not_start(home: Path, what: str) -> None:
    hosts.report("b:/srv/jianheng", parts=("web",), told={**likeness.told(), what: "another"}, now=timezone.now())

    with pytest.raises(likeness.HostsDifferError) as refused:
        likeness.must_be_alike()

    assert "b:/srv/jianheng" in str(refused.value)
    assert hosts.TITLES[what] in str(refused.value)


@pytest.mark.django_db
def test_another_law_or_version_is_no_reason_not_to_start_during_an_update(home: Path) -> None:
    other = {**likeness.told(), "law": "x", "version": "0"}
    hosts.report("b:/srv/jianheng", parts=("web",), told=other, now=timezone.now())

    likeness.must_be_alike()


@pytest.mark.django_db
def test_a_machine_that_stopped_or_fell_silent_is_not_compared(home: Path) -> None:
    now = timezone.now()
    hosts.report("gone", parts=("web",), told={"secret": "other"}, now=now - timedelta(minutes=5))
    hosts.report("stops", parts=("web",), told={"secret": "other"}, now=now)
    hosts.forget("stops")

    likeness.must_be_alike()


@pytest.mark.django_db
def test_the_doctor_names_what_differs_and_which_machines(home: Path) -> None:
    now = timezone.now()
    hosts.report("a", parts=("web",), told=HERE, now=now)
    hosts.report("b", parts=("web",), told=HERE, now=now)
    hosts.report("c", parts=("worker",), told={**HERE, "law": "x", "files": "local"}, now=now)

    found = [one for one in doctor.findings(now) if one.code == "HOSTS_DIFFER"]

    assert [(one.level.name, "a、b；c" in one.text) for one in found] == [("BAD", True), ("WARNING", True)]
    assert hosts.TITLES["files"] in found[0].text


@pytest.mark.django_db
def test_a_calendar_imported_on_one_machine_only_shows(home: Path) -> None:
    before = likeness.told()["law"]
    year = home / "law" / "national" / "calendar" / "2031.yaml"
    year.parent.mkdir(parents=True)
    year.write_text("year: 2031\n", encoding="utf-8")

    assert before == ""
    assert likeness.told()["law"] not in ("", before)


@pytest.mark.django_db
def test_a_key_made_anew_signs_nothing_on_a_log_that_another_key_signed(home: Path, settings: Any) -> None:
    an_entry()
    assert sequencer.run_once(timezone.now())
    settings.JIANHENG_LEDGER_KEY_FILE = home / "elsewhere" / "ledger.pem"
    an_entry()

    with pytest.raises(LedgerFault):
        sequencer.run_once(timezone.now())
    with pytest.raises(ledger.LogKeyError):
        likeness.must_be_alike()

    assert ledger.state().waiting == 1


@pytest.mark.django_db
def test_a_log_begun_under_another_name_may_go_on_with_another_key(home: Path, settings: Any) -> None:
    an_entry()
    sequencer.run_once(timezone.now())
    settings.JIANHENG_LEDGER_KEY_FILE = home / "elsewhere" / "ledger.pem"
    settings.JIANHENG_LEDGER_ORIGIN = "jianheng.another/log"
    an_entry()

    assert sequencer.run_once(timezone.now()) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("task", ["ledger.sequence", "events.relay", "procedures.lapse_due", "statistics.take"])
def test_periodic_work_is_asked_for_once_however_many_workers_ask(task: str) -> None:
    app.perform_import_paths()
    asked = [
        app.periodic_registry.periodic_tasks[key] for key in app.periodic_registry.periodic_tasks if key[0] == task
    ]
    assert len(asked) == 1
    with connection.cursor() as cursor:
        for worker in range(3):
            cursor.execute(
                "select procrastinate_defer_periodic_job_v2('default', null, null, %s, 0, '', 1893456000, %s)",
                [task, '{"timestamp": 1893456000}'],
            )
            assert (cursor.fetchone()[0] is not None) == (worker == 0)
        cursor.execute("select count(*) from procrastinate_jobs where task_name = %s", [task])
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_one_time_code_used_on_one_machine_is_used_on_all() -> None:
    assert isinstance(caches["default"], DatabaseCache)
    used = TOTP.__new__(TOTP)
    used.instance = type("Authenticator", (), {"user_id": 7, "pk": 7})()  # type: ignore[assignment]

    assert used._mark_code_used("123456")
    assert not used._mark_code_used("123456")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from django_cache where cache_key like '%%123456%%'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_machines_that_start_together_prepare_one_after_the_other() -> None:
    inside: list[int] = []

    def prepare(number: int) -> int:
        try:
            with run.one_machine_at_a_time():
                inside.append(number)
                together = len(inside)
                with connection.cursor() as cursor:
                    cursor.execute("select count(*) from pg_locks where locktype = 'advisory' and granted")
                    assert cursor.fetchone()[0] >= 1
                inside.remove(number)
                return together
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as machines:
        assert set(machines.map(prepare, range(12))) == {1}


def test_a_part_alone_makes_neither_database_nor_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIANHENG_HOME", str(tmp_path))
    monkeypatch.delenv("JIANHENG_DSN", raising=False)
    assert cli.main(["run", "--only", "worker"]) == 1
    assert "PART_ALONE" in capsys.readouterr().err

    monkeypatch.setenv("JIANHENG_DSN", "postgresql://jianheng@127.0.0.1:1/jianheng")
    assert cli.main(["run", "--only", "worker"]) == 1
    assert str(tmp_path / "keys" / "ledger.pem") in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_demonstration_data_listens_on_this_machine_only(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JIANHENG_DEMO", "1")

    with pytest.raises(run.DemonstrationShownError):
        run._must_not_be_shown("0.0.0.0")
    run._must_not_be_shown("127.0.0.1")


@pytest.mark.django_db(transaction=True)
def test_a_key_that_cannot_be_read_is_said_and_the_platform_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def told() -> dict[str, str]:
        raise KeyFileFault("密钥文件的权限不对。")

    monkeypatch.setattr(likeness, "told", told)

    run._report(("web",))

    assert "本机没有报到：密钥文件的权限不对。" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("dsn", "password", "where"),
    [
        ("postgresql://jh:p%40ss%2F@db.example:5433/jianheng?sslmode=require", "p@ss/", "db.example"),
        ("postgresql://jh@/jianheng?host=/run/postgresql", "", "/run/postgresql"),
        ("host=db.example user=jh password='p@ss' dbname=jianheng", "p@ss", "db.example"),
    ],
)
def test_a_database_address_is_read_as_libpq_reads_it(dsn: str, password: str, where: str) -> None:
    read = database_of(dsn)

    assert (read["USER"], read["PASSWORD"], read["HOST"], read["NAME"]) == ("jh", password, where, "jianheng")
    assert ("sslmode" in read["OPTIONS"]) == ("sslmode" in dsn)
