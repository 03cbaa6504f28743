"""One private PostgreSQL server for the whole test run."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

SERVER = None


def pytest_configure(config) -> None:
    """Start the server before Django looks for it; workers of a parallel run inherit the address."""
    global SERVER  # noqa: PLW0603 - pytest offers no object that lives from here to the end
    os.environ.setdefault("JIANHENG_HOME", str(Path(tempfile.gettempdir()) / f"jianheng-test-{os.geteuid()}"))
    if os.environ.get("JIANHENG_DSN") or config.pluginmanager.has_plugin("no:django"):
        return
    if not config.pluginmanager.has_plugin("django") and not config.pluginmanager.has_plugin("pytest_django"):
        return
    from jianheng.config.postgres import Server

    home = Path(tempfile.mkdtemp(prefix="jianheng-pg-"))
    home.chmod(0o755)
    SERVER = Server(home / "data", durable=False)
    SERVER.start()
    os.environ["JIANHENG_DSN"] = SERVER.dsn


def pytest_unconfigure() -> None:
    """Stop the server and remove its data."""
    if SERVER is not None:
        SERVER.stop()
        shutil.rmtree(SERVER.data.parent, ignore_errors=True)
