"""``jianheng ledger`` and ``jianheng verify`` carry the log from the running platform to a stranger's desk."""

import json
import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest

from jianheng.config import cli
from jianheng.services.ledger import api, export, sequencer

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def entry(empty_log, settings, tmp_path, monkeypatch):
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "ledger.pem"
    settings.JIANHENG_LEDGER_ORIGIN = "jianheng.test/log"
    monkeypatch.setattr(export, "_registered", {})
    made = api.entry("test", region="440000", matter_id=1, data={"n": 1}, now=NOW)
    api.append(made)
    return made


def test_a_receipt_is_printed_and_verified(entry, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sequencer.run_once(NOW)

    assert cli.main(["ledger", "receipt", str(entry.id)]) == 0
    (tmp_path / "receipt.json").write_text(capsys.readouterr().out)

    assert cli.main(["verify", str(tmp_path / "receipt.json"), "--key", api.public_key()]) == 0
    assert "结论：全部成立" in capsys.readouterr().out


def test_an_unknown_entry_has_no_receipt(db, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ledger", "receipt", str(uuid.uuid4()), "--json"]) == 1

    assert json.loads(capsys.readouterr().out)["refused"][0]["code"] == "LEDGER_NO_SUCH_ENTRY"


def test_the_checkpoint_is_told_with_what_still_waits(entry, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["ledger", "checkpoint"]) == 1
    assert "尚无检查点" in capsys.readouterr().out

    sequencer.run_once(NOW)
    assert cli.main(["ledger", "checkpoint", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["size"], told["waiting"], told["key"]) == (1, 0, api.public_key())

    assert cli.main(["ledger", "checkpoint"]) == 0
    assert capsys.readouterr().out == told["checkpoint"]


def test_an_export_is_written_and_verified_since_an_older_checkpoint(
    entry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sequencer.run_once(NOW)
    (tmp_path / "old.checkpoint").write_text(api.checkpoint())
    api.append(api.entry("test", region="440000", matter_id=1, data={"n": 2}, now=NOW))
    sequencer.run_once(NOW)

    assert cli.main(["ledger", "export", str(tmp_path / "export"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]["leaves"] == 2

    since = ["--since", str(tmp_path / "old.checkpoint")]
    assert cli.main(["verify", str(tmp_path / "export"), *since, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True

    leaves = tmp_path / "export" / "leaves.jsonl"
    leaves.write_text(leaves.read_text().splitlines()[0] + "\n")
    assert cli.main(["verify", str(tmp_path / "export"), *since]) == 1
    assert "不成立 [LEAF_MISSING]" in capsys.readouterr().out


def test_an_export_is_refused_into_a_directory_in_use(
    entry, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "file").touch()

    assert cli.main(["ledger", "export", str(tmp_path / "used")]) == 1

    assert "LEDGER_EXPORT_PLACE" in capsys.readouterr().err
