"""The operator at night: nothing is said while all is well, and each trouble is named with what to do about it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.test import Client
from django.utils import timezone

from jianheng.config import cli
from jianheng.connectors.demonstration.channels import OutboxChannel
from jianheng.desks.operator import doctor, figures
from jianheng.kernel import notes
from jianheng.services.beacon import api as beacon
from jianheng.services.lawbook import api as lawbook
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger import mark, sequencer
from jianheng.services.ledger.models import WitnessState
from jianheng.services.notices import api as notices

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def well(empty_log: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform with a worker, room on its disk, next year's calendar, and keys of its own."""
    settings.HOME, settings.DEMO = tmp_path, False
    settings.PUBLIC_URL, settings.SECOND_FACTOR_REQUIRED = "https://jd.example.gov.cn", True
    settings.JIANHENG_SIGNER = "example.Signer"
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.pem"
    settings.JIANHENG_WITNESS_POLICY = str(tmp_path / "policy")
    (tmp_path / "policy").write_text("quorum none\n")
    monkeypatch.setattr(lawbook, "calendar_years", lambda: tuple(range(2020, timezone.localdate().year + 2)))
    monkeypatch.setattr(doctor, "DISK_FREE_BYTES", 0)
    monkeypatch.setattr(doctor, "DISK_FREE_SHARE", 0.0)
    monkeypatch.setattr(notices, "_channels", {"SMS": ExampleChannel()})
    said("insert into procrastinate_workers (last_heartbeat) values (now())")


class ExampleChannel:
    """A channel that is no stand-in, as far as anybody can see."""

    name = "示例短信服务"


def said(sql: str, *values: object) -> None:
    """One statement behind the application's back."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def codes() -> list[str]:
    """What the doctor finds now."""
    return [one.code for one in doctor.findings(timezone.now())]


def test_of_a_well_platform_nothing_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert codes() == []
    assert cli.main(["doctor"]) == 0
    assert capsys.readouterr().out == "没有发现问题。\n"


def _no_worker(**_: Any) -> None:
    said("delete from procrastinate_workers")


def _job_waits(**_: Any) -> None:
    said(
        "insert into procrastinate_jobs (queue_name, task_name, status, scheduled_at) values ('default', 'x', 'todo', %s)",
        timezone.now() - timedelta(minutes=10),
    )


def _job_failed(**_: Any) -> None:
    said("insert into procrastinate_jobs (queue_name, task_name, status) values ('default', 'x', 'failed')")


def _event_waits(**_: Any) -> None:
    said(
        """insert into events_outboxevent (region, type, data, organisation_ids, created_at)
           values ('220000', 'x', '{}', '[]', %s)""",
        timezone.now() - timedelta(minutes=10),
    )


def _matter_owed_by_nobody(**_: Any) -> None:
    said(
        """insert into procedures_matter
             (region, procedure, version, reference, title, seats, viewer_ids, opened_at, acts, last_act_at, "end")
           values ('220000', 'entrustment', 1, '', '', '{}', '{}', now(), 0, now(), '')"""
    )


def _log_signed_tomorrow(settings: Any, **_: Any) -> None:
    settings.JIANHENG_LEDGER_KEY_FILE = settings.HOME / "ledger.pem"
    ledger.append(ledger.entry("test", region="220000", matter_id=None, data={}, now=timezone.now()))
    sequencer.run_once(timezone.now() + timedelta(days=1))


def _entry_dated_back(settings: Any, **_: Any) -> None:
    now = timezone.now()
    ledger.append(ledger.entry("test", region="220000", matter_id=None, data={}, now=now))
    sequencer.run_once(now)
    ledger.append(ledger.entry("test", region="220000", matter_id=None, data={}, now=now - timedelta(days=88)))
    sequencer.run_once(now)


def _entry_dated_ahead(settings: Any, **_: Any) -> None:
    now = timezone.now()
    ledger.append(ledger.entry("test", region="220000", matter_id=None, data={}, now=now + timedelta(hours=5)))
    sequencer.run_once(now)


def _log_cut_short(settings: Any, **_: Any) -> None:
    mark.raise_to(7, bytes(32))


def _witnesses_away(settings: Any, tmp_path: Path, ago: int = 0, **_: Any) -> None:
    """Two, who have not been heard for a while, or one of whom is in trouble."""
    log = [f"witness w{n} {_a_witness(n)}" for n in (1, 2)]
    (tmp_path / "policy").write_text("\n".join([*log, "group g any w1 w2", "quorum g"]))
    now = timezone.now()
    for name, trouble in (("w1", ""), ("w2", "没有回应")):
        WitnessState.objects.create(
            name=name, size=1, asked_at=now, answered_at=now - timedelta(minutes=ago), trouble=trouble
        )


def _witnesses_silent(**given: Any) -> None:
    _witnesses_away(**given, ago=30)


def _a_witness(number: int) -> notes.Key:
    public = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32).public_key().public_bytes_raw()
    return notes.Key(f"w{number}.test", public, notes.COSIGNATURE_V1)


def _a_pulse_does_not_come(**_: Any) -> None:
    beacon.want(beacon.chain(), beacon.chain().first_after(timezone.now() - timedelta(minutes=20)))


def _nobody_witnesses(settings: Any, **_: Any) -> None:
    settings.JIANHENG_WITNESS_POLICY = ""


def _last_known_year_is_this(monkeypatch: pytest.MonkeyPatch, **_: Any) -> None:
    monkeypatch.setattr(lawbook, "calendar_years", lambda: (2000,))


def _disk_is_full(monkeypatch: pytest.MonkeyPatch, **_: Any) -> None:
    monkeypatch.setattr(doctor, "DISK_FREE_BYTES", 2**80)


def _key_for_all_to_read(settings: Any, **_: Any) -> None:
    key = settings.HOME / "keys" / "ledger.pem"
    key.parent.mkdir()
    key.write_text("-----BEGIN PRIVATE KEY-----", encoding="ascii")
    key.chmod(0o644)


def _served_in_the_clear(settings: Any, **_: Any) -> None:
    settings.PUBLIC_URL = "http://jd.example.gov.cn"


def _no_second_factor(settings: Any, **_: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = False


def _stand_in_signs(settings: Any, **_: Any) -> None:
    del settings.JIANHENG_SIGNER


def _nobody_sends_messages(monkeypatch: pytest.MonkeyPatch, **_: Any) -> None:
    monkeypatch.setattr(notices, "_channels", {"SMS": OutboxChannel("短信（演示）")})


@pytest.mark.parametrize(
    ("trouble", "wanted"),
    [
        (_no_worker, ["NO_WORKER"]),
        (_job_waits, ["JOBS_WAIT"]),
        (_job_failed, ["JOBS_FAILED"]),
        (_event_waits, ["EVENTS_WAIT"]),
        (_matter_owed_by_nobody, ["MATTERS_ADRIFT"]),
        (_log_signed_tomorrow, ["CLOCK_BEHIND_LOG"]),
        (_entry_dated_back, ["LOG_HELD"]),
        (_entry_dated_ahead, ["LOG_OF_THE_FUTURE"]),
        (_log_cut_short, ["LOG_BEHIND"]),
        (_witnesses_away, ["WITNESS_TROUBLE"]),
        (_witnesses_silent, ["LOG_UNWITNESSED"]),
        (_a_pulse_does_not_come, ["PULSE_OVERDUE"]),
        (_nobody_witnesses, ["NO_WITNESSES"]),
        (_last_known_year_is_this, ["CALENDAR_MISSING"]),
        (_disk_is_full, ["DISK_FULL"]),
        (_key_for_all_to_read, ["KEYS_OPEN"]),
        (_served_in_the_clear, ["ADDRESS_PLAIN"]),
        (_no_second_factor, ["SECOND_FACTOR_OFF"]),
        (_stand_in_signs, ["SIGNER_STAND_IN"]),
        (_nobody_sends_messages, ["SMS_STAND_IN"]),
    ],
)
def test_each_trouble_is_named(
    trouble: Callable[..., None],
    wanted: list[str],
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
) -> None:
    trouble(monkeypatch=monkeypatch, settings=settings, tmp_path=tmp_path)

    assert codes() == wanted
    assert all(one.text and one.next_step for one in doctor.findings(timezone.now()))


def test_a_trouble_that_stops_work_makes_the_machine_unready_and_the_command_fail(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    assert client.get("/readyz").json() == {"ready": True, "stopping": []}
    _no_worker()

    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, "stopping": ["NO_WORKER"]})
    assert cli.main(["doctor", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["code"] == "NO_WORKER"


def test_the_figures_are_for_whoever_has_the_token_and_speak_of_nobody(client: Client, settings: Any) -> None:
    assert client.get("/metrics").status_code == 403
    settings.METRICS_TOKEN = "figures-only"
    assert client.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 403

    told = client.get("/metrics", headers={"Authorization": "Bearer figures-only"})

    lines = [line for line in told.content.decode().splitlines() if not line.startswith("#")]
    assert {line.split()[0] for line in lines} == {f"jianheng_{name}" for name in figures.figures(timezone.now())}
    assert "jianheng_workers_alive 1.0" in lines


def test_a_real_case_leaves_the_platform_well(played: Callable[..., Any]) -> None:
    case = played(before="entrustment.pay")

    told = figures.figures(datetime.now(UTC))

    assert (told["matters_adrift"], told["log_waiting"], told["log_leaves_unsigned"]) == (0, 0, 0)
    assert told["papers_waiting"] > 0
    assert case.root_id
