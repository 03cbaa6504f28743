"""``jianheng witness``: the independent witness, as a command."""

from __future__ import annotations

from typing import Any

from jianheng import witness


def register(commands: Any) -> None:
    """Add ``witness``."""
    verb = commands.add_parser("witness", help="见证其他机构的公开日志 · cosign another body's log")
    witness.options(verb)
    verb.set_defaults(run=witness.run)
