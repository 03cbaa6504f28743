"""A platform to measure on: made for the occasion, thrown away afterwards."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jianheng.config.postgres import Server


@contextmanager
def thrown_away() -> Iterator[tuple[Path, Server]]:
    """(home, database server) of a platform with demonstration data, gone with all it holds when the block ends."""
    place = Path(tempfile.mkdtemp(prefix="jianheng-measured-"))
    place.chmod(0o755)
    server = Server(place / "data")
    server.start()
    try:
        os.environ |= {
            "JIANHENG_HOME": str(place / "home"),
            "JIANHENG_DSN": server.dsn,
            "JIANHENG_DEMO": "1",
            "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
        }
        from jianheng.config.commands.run import prepared

        prepared(place / "home")
        yield place, server
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
