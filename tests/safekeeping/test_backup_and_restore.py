"""A platform is backed up while acts happen, dies, and comes back with exactly what its users had been told."""

from __future__ import annotations

import json
import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from jianheng.config.safekeeping import archive, choosing, keyring, restoring
from jianheng.config.safekeeping.errors import (
    BackupDamagedError,
    BackupWrongKeyError,
    NoBackupError,
    RestoreKeyError,
    RestorePlaceError,
    RestoreTimeError,
)
from jianheng.kernel import canonical
from jianheng.kernel.errors import Refusal

pytestmark = pytest.mark.slow


def opened(story, directory: Path | None = None) -> archive.Archive:
    return archive.open_with(directory or story.working.archive, keyring.from_file(story.working.key))


def acts_in(made: restoring.Restored) -> list[int]:
    with psycopg.connect(made.dsn) as connection:
        found = connection.execute(
            "select m.reference from procedures_matter m join procedures_actrecord a on a.matter_id = m.id order by m.id"
        )
        return [int(reference.partition("民初")[2].rstrip("号")) for (reference,) in found]


def test_everything_acknowledged_before_the_last_backup_comes_back(story, empty, tmp_path) -> None:
    shutil.copytree(story.working.home / "keys", tmp_path / "keys")

    made = restoring.restore(opened(story), empty, keys_from=tmp_path)
    try:
        assert made.problems == []
        assert acts_in(made) == [1, 2, 3, 4, 5, 6, 7, 8]
        assert made.verified["acts"] == 8
        assert made.verified["files"] == made.verified["documents"] >= 8
    finally:
        made.server.stop()
    kept = {path.name for path in (empty / "files").rglob("*") if path.is_file()}
    assert len(kept) == made.files >= 16
    assert (empty / "keys" / "ledger.pem").read_bytes() == (tmp_path / "keys" / "ledger.pem").read_bytes()
    assert (empty / "keys" / "ledger.pem").stat().st_mode & 0o777 == 0o600
    assert not (empty / "secret").exists()


def test_a_moment_in_between_has_exactly_the_acts_acknowledged_until_then(story, empty) -> None:
    until = [told["number"] for told in story.told if datetime.fromisoformat(told["acknowledged"]) <= story.chosen]

    made = restoring.restore(opened(story), empty, until=story.chosen)
    try:
        assert made.problems == []
        assert acts_in(made) == until == [1, 2, 3, 4, 5]
        assert made.tables["public.ledger_leaf"] == made.log["size"]
    finally:
        made.server.stop()
    assert not (empty / "keys").exists()


def test_a_run_after_the_first_takes_only_what_is_new(story) -> None:
    first, second, third = story.backups

    assert (first["base"], second["base"], third["base"]) == (True, False, False)
    assert first["files"] == 6
    assert (second["files"], third["files"]) == (8, 2)


def test_no_key_is_in_the_archive_and_each_is_named(story) -> None:
    files = [path.read_bytes() for path in (story.working.home / "keys").rglob("*") if path.is_file()]
    secrets = [file.splitlines()[1] for file in files if b"PRIVATE KEY" in file]
    runs = opened(story)

    assert len(secrets) >= 2
    assert {key["place"] for key in story.backups[-1]["keys"]} >= {"keys/ledger.pem", "secret"}
    for run in runs.whole():
        for part in run.parts:
            content = b"".join(runs.read(part))
            assert not any(secret in content for secret in secrets), part.name


def test_a_key_that_is_not_the_one_of_the_backup_is_refused(story, empty, tmp_path) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "ledger.pem").write_text("another key")

    with pytest.raises(RestoreKeyError, match=r"ledger\.pem"):
        restoring.restore(opened(story), empty, keys_from=tmp_path)
    assert not empty.exists()


def test_a_flipped_byte_anywhere_is_refused_and_named(story, empty, tmp_path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(story.working.archive, copy)
    chance = random.Random(7)
    files = sorted(path for path in copy.rglob("*") if path.is_file() and path.name != ".lock")
    kinds = {path.relative_to(copy).parts[0] for path in files}
    assert kinds == {"archive.json", "base", "files", "manifests", "own", "wal"}

    for path in files:
        content = path.read_bytes()
        for at in {0, len(content) - 1, chance.randrange(len(content))}:
            path.write_bytes(content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :])
            with pytest.raises((BackupDamagedError, BackupWrongKeyError)) as refused:
                restoring.restore(opened(story, copy), empty)
            assert path.relative_to(copy).as_posix() in refused.value.text, at
        path.write_bytes(content)
    assert not empty.exists()


@pytest.mark.parametrize("lost", ["wal/000002/*", "manifests/000002.json", "base/000001.tar"])
def test_a_file_taken_out_is_refused_and_named(story, empty, tmp_path, lost) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(story.working.archive, copy)
    next(copy.glob(lost)).unlink()

    with pytest.raises(BackupDamagedError, match=r"000001|000002|000003"):
        restoring.restore(opened(story, copy), empty)
    assert not empty.exists()


def test_damage_that_an_earlier_moment_does_not_need_can_be_passed_over(story, empty, tmp_path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(story.working.archive, copy)
    for path in (copy / "wal" / "000003").iterdir():
        path.write_bytes(b"")

    again = opened(story, copy)

    with pytest.raises(BackupDamagedError, match="wal/000003"):
        restoring.restore(again, empty, until=story.chosen)
    with pytest.raises(BackupDamagedError, match="wal/000003"):
        restoring.restore(again, empty, only_needed=True)
    assert again.damaged(choosing.plan(again.whole(), until=story.chosen).parts) == []


def test_a_wrong_key_is_refused_and_says_so(story, tmp_path) -> None:
    keyring.make(tmp_path / "other.key")
    (tmp_path / "passphrase").write_text("correct horse battery staple\n")
    (tmp_path / "passphrase").chmod(0o600)

    for other in (
        keyring.from_file(tmp_path / "other.key"),
        keyring.from_passphrase_file(tmp_path / "passphrase"),
    ):
        with pytest.raises(BackupWrongKeyError, match="密钥或者口令与这份备份不符"):
            archive.open_with(story.working.archive, other)


def test_a_target_with_anything_in_it_is_refused(story, empty) -> None:
    empty.mkdir()
    (empty / "note.txt").write_text("mine")

    with pytest.raises(RestorePlaceError):
        restoring.restore(opened(story), empty)
    assert [path.name for path in empty.iterdir()] == ["note.txt"]


def test_a_moment_the_backup_does_not_reach_is_refused_with_the_one_it_does(story) -> None:
    runs = opened(story).whole()
    first, last = canonical.read_instant(runs[0].base["ended_at"]), canonical.read_instant(runs[-1].reach)

    with pytest.raises(RestoreTimeError, match=choosing.said(first)):
        choosing.plan(runs, until=first - timedelta(seconds=1))
    with pytest.raises(RestoreTimeError, match=choosing.said(last)):
        choosing.plan(runs, until=last + timedelta(seconds=1))


def test_a_full_disk_leaves_no_archive_that_claims_to_be_whole(story) -> None:
    small = story.working.place / "small"

    assert [reason["code"] for reason in story.full_disk["refused"]] == ["BACKUP_DISK_FULL"]
    assert not [name for name in story.left_by_the_full_disk if name.startswith("manifests/")]
    assert not [name for name in story.left_by_the_full_disk if ".incoming-" in name or name.endswith(".tar")]
    with pytest.raises(NoBackupError):
        opened(story, small).whole()


def test_a_run_that_fails_leaves_the_runs_before_it(story, tmp_path) -> None:
    copy = tmp_path / "archive"
    shutil.copytree(story.working.archive, copy)
    again = opened(story, copy)

    def breaking():
        yield b"some"
        raise OSError(28, "No space left on device")

    with pytest.raises(Refusal, match="空间不足"):
        again.keep("files/aa/new", breaking(), role="file", to="files/new")

    assert not (copy / "files" / "aa" / "new").exists()
    assert again.damaged(part for run in again.whole() for part in run.parts) == []


def test_the_drill_tells_true_numbers(story) -> None:
    now, then = story.drills
    eighth = story.told[7]

    assert (now["passed"], then["passed"]) == (True, True)
    assert now["exactly_the_mark"] is True
    for counts in now["tables"].values():
        assert counts["backup"] == counts["restored"]
    assert (now["tables"]["public.procedures_actrecord"]["restored"], now["loss"]["acts"]) == (7, 1)
    assert (then["tables"]["public.procedures_actrecord"]["restored"], then["loss"]["acts"]) == (5, 3)
    for drill in (now, then):
        waited = datetime.fromisoformat(eighth["at"]) - canonical.read_instant(drill["restored_to"])
        assert drill["loss"]["seconds"] == pytest.approx(waited.total_seconds(), abs=0.01)
        assert drill["seconds"]["total"] == pytest.approx(
            sum(drill["seconds"][phase] for phase in ("check", "unpack", "recover", "verify")), abs=0.01
        )
        assert [finding["holds"] for finding in drill["findings"]] == [True] * 5
    assert canonical.read_instant(then["restored_to"]) == story.chosen


def test_the_drill_leaves_only_its_reports(story) -> None:
    left = sorted((story.working.home / "drills").iterdir())

    assert {path.suffix for path in left} == {".html", ".json"}
    assert len(left) == 4
    told = json.loads(next(path for path in left if path.suffix == ".json").read_text(encoding="utf-8"))
    page = next(path for path in left if path.suffix == ".html").read_text(encoding="utf-8")
    assert f"恢复时间 {told['seconds']['total']:.1f} 秒" in page
    assert '恢复演练报告：<span class="yes">通过</span>' in page
