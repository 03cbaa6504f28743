"""``jianheng restore``: bring a platform back from a backup, to its end or to a moment, into an empty place."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

from jianheng.config.commands.backup import given_key, key_options


def register(commands: Any) -> None:
    """Add the verb."""
    restore = commands.add_parser("restore", help="恢复：从备份恢复到空目录，并核验 · restore from a backup")
    restore.add_argument("directory", type=Path, metavar="DIR", help="备份目录")
    restore.add_argument("--to", type=Path, required=True, metavar="HOME", help="恢复到这里；不存在或者为空的目录")
    restore.add_argument("--until", metavar="TIME", help="恢复到这一时刻，如 2026-03-05T09:30（北京时间）")
    restore.add_argument("--keys", type=Path, metavar="DIR", help="另行保管的密钥所在目录，核对指纹后放回")
    restore.add_argument("--only-needed", action="store_true", help="只检查所需的备份文件，不检查其他")
    key_options(restore)
    restore.add_argument("--json", action="store_true")
    restore.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.postgres import OWNER_ROLE
    from jianheng.config.safekeeping import archive, choosing, restoring
    from jianheng.config.safekeeping.errors import RestoreNotVerifiedError

    opened = archive.open_with(given.directory, given_key(given))
    made = restoring.restore(
        opened,
        given.to.resolve(),
        until=choosing.moment(given.until) if given.until else None,
        only_needed=given.only_needed,
        keys_from=given.keys,
        say=(lambda line: None) if given.json else print,
    )
    made.server.stop()
    told = _told(made)
    text = json.dumps(told, ensure_ascii=False, indent=2)
    descriptor = os.open(made.home / "restored.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text + "\n")
    if made.problems:
        raise RestoreNotVerifiedError("已经恢复，但是核验没有通过：" + "；".join(made.problems[:5]))
    if given.json:
        print(text)
        return 0
    size = made.log["size"] if made.log else 0
    print(f"已恢复到 {choosing.said(made.plan.reach)}，账本 {size} 条，文件 {made.files} 份，核验全部成立。")
    absent = [key for key in made.plan.manifest.keys if not (made.home / key["place"]).exists()]
    if absent:
        print("启动平台之前，请放回另行保管的密钥：")
        for key in absent:
            print(f"  {made.home / key['place']}（指纹 {key['fingerprint'][:16]}）")
    if made.plan.manifest.server["user"] == OWNER_ROLE:
        demo = " --demo" if made.plan.manifest.platform["demonstration"] else ""
        print(f"启动：JIANHENG_HOME={made.home} jianheng run{demo}")
    else:
        print(f"数据库在 {made.home / 'postgres'}，请由您的 PostgreSQL 启动。")
    return 0


def _told(made: Any) -> dict[str, Any]:
    from jianheng.kernel import canonical

    return {
        "archive": made.plan.manifest.archive,
        "number": made.plan.manifest.number,
        "reach": canonical.instant(made.plan.reach),
        "seconds": made.seconds,
        "tables": made.tables,
        "log": made.log,
        "files": made.files,
        "verified": made.verified,
        "problems": made.problems,
        "keys": [dict(key) for key in made.plan.manifest.keys],
    }
