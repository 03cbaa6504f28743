"""The console script ``jianheng``."""

from __future__ import annotations

import argparse
import errno
import importlib
import io
import json
import os
import pkgutil
import sys
from collections.abc import Sequence

from jianheng.config import commands
from jianheng.kernel.errors import Refusal


class DatabaseAwayError(Refusal):
    """连接不上数据库。"""

    code = "DATABASE_AWAY"
    status = 503
    next_step = (
        "平台自带的数据库随平台启动：请先在另一个终端执行 jianheng run，并核对 JIANHENG_HOME。"
        "使用独立数据库的，请核对 JIANHENG_DSN 和该数据库是否在运行。"
    )


class PlaceRefusedError(Refusal):
    """文件或者目录不能读写。"""

    code = "PLACE_REFUSED"
    status = 503
    next_step = (
        "请核对该位置的权限和磁盘余量；数据目录由 JIANHENG_HOME 指定，默认为当前目录下的 var。"
        "平台由另一用户运行的，请以同一用户执行。"
    )


WHY = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "所在的文件系统只能读取",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "已经用完配额",
}


def parser() -> argparse.ArgumentParser:
    """The whole command line, put together from the files of :mod:`jianheng.config.commands`."""
    top = argparse.ArgumentParser(
        prog="jianheng", description="鉴衡：司法鉴定开放平台 · open platform for forensic appraisal"
    )
    verbs = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for found in sorted(pkgutil.iter_modules(commands.__path__), key=lambda module: module.name):
        importlib.import_module(f"{commands.__name__}.{found.name}").register(verbs)
    return top


def explain(refusal: Refusal, *, as_json: bool) -> None:
    """Print a refusal: as one JSON object on standard output, or as sentences on standard error."""
    if as_json:
        print(json.dumps({"refused": [reason.as_json() for reason in refusal.reasons]}, ensure_ascii=False, indent=2))
        return
    for reason in refusal.reasons:
        print(f"{reason.code}：{reason.text}", file=sys.stderr)
        if reason.law:
            print(f"  依据：{'；'.join(reason.law)}", file=sys.stderr)
        if reason.next_step:
            print(f"  下一步：{reason.next_step}", file=sys.stderr)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; a refusal is explained and gives exit status 1, as does a database or a place that is not there."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a sign the terminal does not know is no reason to stop
            stream.reconfigure(errors="backslashreplace")
    given = parser().parse_args(argv)
    try:
        status = int(given.run(given))
        sys.stdout.flush()
        return status
    except Refusal as refusal:
        explain(refusal, as_json=getattr(given, "json", False))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        if error.errno not in WHY:
            raise
        where = f"{error.filename}：" if error.filename else ""
        explain(PlaceRefusedError(f"{where}{WHY[error.errno]}。"), as_json=getattr(given, "json", False))
        return 1
    except _operational_error() as error:
        if not _is_away(error):
            raise
        explain(DatabaseAwayError(), as_json=getattr(given, "json", False))
        return 1


def _operational_error() -> type[Exception]:
    """Django's, loaded only once something went wrong: a command that only reckons needs no database."""
    from django.db.utils import OperationalError

    return OperationalError


def _is_away(error: Exception) -> bool:
    """Whether no server answered, rather than one that refused a statement: only that has a code (SQLSTATE)."""
    return getattr(error.__cause__, "sqlstate", "") is None


if __name__ == "__main__":
    sys.exit(main())
