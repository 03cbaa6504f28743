"""``jianheng partition``: the matter-bearing tables by province."""

from __future__ import annotations

import argparse
from functools import partial
from typing import Any


def register(commands: Any) -> None:
    """Add the verb."""
    partition = commands.add_parser(
        "partition", help="将事项类数据表按省级地区分区（平台须已停止） · partition by province"
    )
    partition.add_argument(
        "--provinces", default="", metavar="22,44", help="省级代码，逗号分隔；默认已登记单位所在的省份"
    )
    partition.add_argument("--apply", action="store_true", help="在一个事务内执行；不加时只打印 SQL")
    partition.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    from jianheng.config.commands.run import as_owner

    with as_owner():
        import django

        django.setup()
        from django.db import connection
        from rich.progress import track

        from jianheng.config import partitioning
        from jianheng.kernel.casenumber import PROVINCES

        wanted = [one.strip() for one in given.provinces.split(",") if one.strip()]
        if unknown := [one for one in wanted if one not in PROVINCES]:
            raise partitioning.PartitionError(f"不是省级代码：{'、'.join(unknown)}。")
        if given.apply:
            done = partitioning.apply(wanted or _known(), partial(track, description="正在分区"))
            print(f"已执行 {done} 条语句。" if done else "没有需要增加的分区。")
            return 0
        with connection.cursor() as cursor:
            listed = list(partitioning.statements(cursor, wanted or _known()))
        print("begin;", *(f"{one};" for one in listed), "commit;", sep="\n")
    return 0


def _known() -> list[str]:
    from django.db import connection

    from jianheng.config import partitioning

    with connection.cursor() as cursor:
        return partitioning.provinces(cursor)
