"""The platform as the product runs it, one Chromium, and a gallery; all of them once a run."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from jianheng.config.commands.demo import free_port, platform
from tests.journeys.gallery import DEVICES, ROOT, Gallery
from tests.journeys.window import Window

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=zh-CN",
]


@dataclass(frozen=True)
class Served:
    """A running platform: its address, its home, its accounts."""

    base: str
    home: Path
    accounts: list[dict[str, Any]]

    def password(self, login: str) -> str:
        """An account's password."""
        return str(next(one["password"] for one in self.accounts if one["login"] == login))


@pytest.fixture(scope="session")
def served() -> Iterator[Served]:
    """``jianheng run --demo`` in a home of its own."""
    home = Path(tempfile.mkdtemp(prefix="jianheng-journeys-"))
    home.chmod(0o755)
    with platform(home, free_port()) as base:
        yield Served(base, home, json.loads((home / "demo" / "accounts.json").read_text(encoding="utf-8")))
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "the browser tests need Chromium: install it with the system's package manager"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def gallery() -> Gallery:
    """Where the pictures go."""
    out = ROOT / "out" / "screenshots"
    shutil.rmtree(out, ignore_errors=True)
    for device in DEVICES:
        (out / device).mkdir(parents=True)
    return Gallery(out)


@pytest.fixture
def window(chromium: Browser, served: Served, gallery: Gallery) -> Iterator[Callable[..., Window]]:
    """``window("phone")``, ``window("desktop", "judge")``: a browser, of somebody signed in; closed after the test."""
    opened: list[Window] = []

    def open_one(device: str, login: str = "") -> Window:
        one = Window(chromium, served.base, device=device, gallery=gallery)
        opened.append(one)
        if login:
            one.sign_in(login, served.password(login))
        return one

    yield open_one
    for one in opened:
        one.context.close()
