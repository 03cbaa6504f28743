"""``jianheng account``: a lost password, a person who leaves. New people come by ``jianheng import people``."""

from __future__ import annotations

import argparse
from typing import Any

from jianheng.config.commands import set_up


def register(commands: Any) -> None:
    """Add ``account reset`` and ``account close``."""
    verbs = commands.add_parser("account", help="账号：重发首次口令、停用").add_subparsers(required=True)
    for name, help_, run in (
        ("reset", "重发首次口令，原口令和会话失效，停用的账号恢复；登录后须先更换", reset),
        ("close", "停用账号：不能再登录，令牌作废，岗位于今日终止", close),
    ):
        verb = verbs.add_parser(name, help=help_)
        verb.add_argument("login", help="登录名")
        verb.set_defaults(run=run)


def reset(given: argparse.Namespace) -> int:
    """Print a new first password."""
    set_up()
    from jianheng.services.people import api

    print(api.issue_password(given.login).password)
    return 0


def close(given: argparse.Namespace) -> int:
    """Close an account."""
    set_up()
    from django.utils import timezone

    from jianheng.services.people import api

    api.close_account(given.login, today=timezone.localdate())
    print(f"账号“{given.login}”已停用。")
    return 0
