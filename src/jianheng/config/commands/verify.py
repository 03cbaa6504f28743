"""``jianheng verify``: the independent verifier, as a command."""

from __future__ import annotations

from typing import Any

from jianheng import verifier


def register(commands: Any) -> None:
    """Add ``verify``."""
    verify = commands.add_parser("verify", help="核验回执、账本导出、摇号文件、检查点或者文书")
    verifier.options(verify)
    verify.set_defaults(run=verifier.run)
