"""The platform after a fault of its disk or of one of its processes: each is named after what once went wrong."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile

from jianheng.config.postgres import PostgresFault, Server
from jianheng.config.supervisor import Supervisor, web_server
from jianheng.services.files.storage import WholeFileStorage


class DatabaseOnAFullDisk:
    """A private server that cannot start the first times it is asked to."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals, self.up = list(refusals), False

    def running(self) -> bool:
        return self.up

    def start(self) -> None:
        if self.refusals:
            raise self.refusals.pop(0)
        self.up = True


@pytest.mark.parametrize(
    "refusal",
    [PostgresFault("could not write lock file: No space left on device"), subprocess.TimeoutExpired("pg_ctl", 120)],
)
def test_a_database_that_cannot_start_on_a_full_disk_does_not_end_the_platform(tmp_path, capsys, refusal) -> None:
    database: Any = DatabaseOnAFullDisk(refusal)
    supervisor = Supervisor(tmp_path, 0, database)

    while not database.up:
        supervisor._revive()

    assert "数据库没有启动，稍后再试" in capsys.readouterr().out


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A private server of which only the lock file is there; its programs, which do not know it, note what they are asked."""
    server, asked = Server(tmp_path), []

    def run(_: Server, *command: str, check: bool) -> Any:
        asked.append(command[0])
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(Server, "_run", run)
    return server, asked


def test_a_database_whose_process_lives_is_looked_after_without_starting_a_program(server) -> None:
    database, asked = server
    living = subprocess.Popen(["sleep", "60"])
    (database.data / "postmaster.pid").write_text(f"{living.pid}\n{database.data}\n", encoding="ascii")
    try:
        assert database.running()
        assert asked == []
    finally:
        living.kill()
        living.wait()

    assert not database.running()
    assert asked == ["pg_ctl"]


@pytest.mark.parametrize(
    "lock",
    [None, "", "no number\n", "0\n", f"{os.getpid()}\n", f"{os.getppid()}\n"],
    ids=["none", "empty", "no number", "nobody", "ourselves", "who started us"],
)
def test_a_lock_file_that_names_no_server_is_judged_by_the_servers_own_program(server, lock) -> None:
    database, asked = server
    if lock is not None:
        (database.data / "postmaster.pid").write_text(lock, encoding="ascii")

    assert not database.running()
    assert asked == ["pg_ctl"]


def test_a_web_process_that_dies_does_not_take_the_others_with_it() -> None:
    assert "--respawn-failed-workers" in web_server(8000)


def test_a_file_kept_is_on_the_disk_with_every_directory_above_it(tmp_path, monkeypatch) -> None:
    usual, synced = os.fsync, set()

    def fsync(descriptor: int) -> None:
        synced.add(Path(os.readlink(f"/proc/self/fd/{descriptor}")))
        usual(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    place = tmp_path / "files"
    storage = WholeFileStorage(location=str(place))
    storage.save("ab/cd/abcd", ContentFile(b"kept"))
    first = {path for path in synced if path.is_dir()}
    synced.clear()
    storage.save("ab/cd/abce", ContentFile(b"kept too"))

    assert first == {place / "ab" / "cd", place / "ab", place, tmp_path}
    assert {path for path in synced if path.is_dir()} >= {place / "ab" / "cd"}
