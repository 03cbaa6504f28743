"""Faults inside the served program and the worker: a small file says which are on, and is looked at every time.

Nothing of this is in the product's path: only :mod:`served` and :mod:`working` install it. The file is JSON:
``clock`` (seconds the clock is ahead, negative: behind), ``signer`` (true: fails), ``sms`` (true: takes nothing),
``storage`` (an errno's name, with which every file fails to be written).
"""

from __future__ import annotations

import errno
import json
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

NAME = "faults.json"


class SignerAwayFault(Exception):
    """The signing service does not answer."""


def switch(home: Path, **faults: Any) -> None:
    """Say which faults are on from now; none given, none on. Seen whole or not at all."""
    beside = home / f"{NAME}.new"
    beside.write_text(json.dumps(faults), encoding="ascii")
    beside.replace(home / NAME)


class Switched:
    """What the file says now; read again when it has changed."""

    def __init__(self, path: Path) -> None:
        self.path, self._seen = path, (0, 0)
        self._said: dict[str, Any] = {}

    def __call__(self, fault: str, otherwise: Any = None) -> Any:
        """Whether, or how, a fault is on."""
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return otherwise
        mark = (found.st_mtime_ns, found.st_ino)
        if mark != self._seen:
            self._said, self._seen = json.loads(self.path.read_text(encoding="ascii")), mark
        return self._said.get(fault, otherwise)


def install(home: Path) -> None:
    """Let this process fail as the file in ``home`` says; Django is set up already."""
    on = Switched(home / NAME)
    _clock(on)
    _signer(on)
    _sms(on)
    _storage(on)


def _clock(on: Switched) -> None:
    from django.utils import timezone
    from procrastinate import utils

    now, seconds, utc_now = timezone.now, time.time, utils.utcnow

    def ahead() -> timedelta:
        return timedelta(seconds=on("clock", 0))

    def moved_now() -> datetime:
        return now() + ahead()

    timezone.now = moved_now
    time.time = lambda: seconds() + on("clock", 0)
    utils.utcnow = lambda: utc_now() + ahead()


def _signer(on: Switched) -> None:
    from jianheng.services.signing.local import LocalSigner

    usual = LocalSigner.sign_all

    def sign_all(signer: LocalSigner, *given: Any, **named: Any) -> bytes:
        if on("signer"):
            raise SignerAwayFault("the signing service does not answer")
        return usual(signer, *given, **named)

    LocalSigner.sign_all = sign_all  # type: ignore[method-assign,assignment]  # the fault in front of the usual one


def _sms(on: Switched) -> None:
    from jianheng.services.notices import api as notices

    class FailingChannel:
        """A channel that takes nothing while the fault is on."""

        def __init__(self, channel: notices.MessageChannel) -> None:
            self.channel, self.name, self.stand_in = channel, channel.name, channel.stand_in
            self.check = channel.check

        def send(self, *, to: str, text: str, reference: str) -> str:
            """Hand a message on, or not."""
            if on("sms"):
                raise notices.MessageFault("the channel does not answer")
            return self.channel.send(to=to, text=text, reference=reference)

    for kind, channel in notices.channels().items():
        notices.use_channel(kind, FailingChannel(channel))


def _storage(on: Switched) -> None:
    from jianheng.services.files.storage import WholeFileStorage

    usual: Callable[..., str] = WholeFileStorage._save

    def save(storage: WholeFileStorage, name: str, content: Any) -> str:
        if why := on("storage"):
            number = getattr(errno, why)
            raise OSError(number, os.strerror(number), name)
        return usual(storage, name, content)

    WholeFileStorage._save = save  # type: ignore[method-assign,assignment]  # the fault in front of the usual one
