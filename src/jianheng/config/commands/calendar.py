"""``jianheng calendar``: show, import and fill the working-day calendar."""

from __future__ import annotations

import argparse
import json
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jianheng.kernel.calendar import CalendarYearMissingError, YearNotice


def register(commands: Any) -> None:
    """Add ``calendar show``, ``calendar import`` and ``calendar fill``."""
    verbs = commands.add_parser("calendar", help="工作日历：查看、导入").add_subparsers(required=True)

    shows = verbs.add_parser("show", help="查看某年的休息日和调休上班日")
    shows.add_argument("year", type=int, nargs="?", help="年份；不填则列出已有年份")
    shows.add_argument("--json", action="store_true")
    shows.set_defaults(run=show)

    imports = verbs.add_parser("import", help="导入某年的节假日安排（CSV 或 YAML：day, kind, note）")
    imports.add_argument("file", type=Path, help="列 day（2027-01-01）、kind（rest 休息/work 上班）、note")
    imports.add_argument("--source", default="", help="通知名称和文号")
    imports.add_argument("--verified", action="store_true", help="已对照通知原文逐日核对")
    imports.add_argument("--json", action="store_true")
    imports.set_defaults(run=import_year)

    fills = verbs.add_parser("fill", help="开发用：由 chinesecalendar 库写出随包发布的年度文件")
    fills.add_argument("--years", default="2018..2026", metavar="FROM..TO")
    fills.add_argument("--to", type=Path, help="写入的目录；默认随包发布的目录")
    fills.set_defaults(run=fill)


def show(given: argparse.Namespace) -> int:
    """Print the years known, or one year's arrangement."""
    from jianheng.services.lawbook import api, calendars

    if given.year is None:
        years = api.calendar_years()
        print(json.dumps({"years": years}) if given.json else "、".join(f"{year}年" for year in years))
        return 0
    file = calendars.find(given.year)
    if file is None:
        raise CalendarYearMissingError(given.year)
    notice = file.notice
    listed = sorted(notice.rest_days | notice.work_days)
    if given.json:
        days = [{"day": day.isoformat(), "kind": _kind(notice, day), "note": file.notes[day]} for day in listed]
        told = {
            "year": notice.year,
            "source": notice.source,
            "verified": notice.verified,
            "working_days": _working_days(notice),
            "days": days,
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(f"{notice.year}年 共{_working_days(notice)}个工作日")
    print(f"来源：{notice.source}{'' if notice.verified else '（待核）'}")
    for day in listed:
        word = calendars.KINDS[_kind(notice, day)]
        print(f"  {day.isoformat()} 周{'一二三四五六日'[day.weekday()]} {word} {file.notes[day]}")
    return 0


def import_year(given: argparse.Namespace) -> int:
    """Check one yearly file, put it in the operator's own law directory, and count running terms anew."""
    from jianheng.services.lawbook import calendars

    file = calendars.read(given.file, source=given.source, verified=given.verified or None)
    before = calendars.find(file.notice.year)
    path = calendars.adopt(file)
    recounted = _recounted()
    if given.json:
        told = {"year": file.notice.year, "file": str(path), "replaced": before is not None, "recounted": recounted}
        print(json.dumps(told, ensure_ascii=False))
    else:
        verb = "已更新" if before else "已导入"
        print(f"{verb}{file.notice.year}年工作日历：{_working_days(file.notice)}个工作日，保存于 {path}")
        later = "数据库没有运行，正在计算的期限将在平台下次启动时重新推算。"
        print(later if recounted is None else f"已重新推算正在计算的期限，其中{recounted}个的到期日有变化。")
    return 0


def _recounted() -> int | None:
    """How many running terms got another due day; ``None`` when the database is not there now."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    import django
    from django.db import OperationalError, ProgrammingError

    django.setup()
    from jianheng.services.procedures import api as procedures

    try:
        return procedures.recount_terms()
    except (OperationalError, ProgrammingError):  # not running, or not yet prepared
        return None


def fill(given: argparse.Namespace) -> int:
    """Write the shipped yearly files from the ``chinesecalendar`` library (a development dependency).

    A year whose days did not change keeps the source and the mark of verification it has; a year that
    changed is marked unverified.
    """
    from chinese_calendar import constants

    from jianheng.services.lawbook import calendars, files

    folder = given.to or files.SHIPPED.joinpath(*calendars.FOLDER)
    first, _, last = given.years.partition("..")
    for year in range(int(first), int(last or first) + 1):
        rest = {day: name for day, name in constants.holidays.items() if day.year == year}
        work = {day: name for day, name in constants.workdays.items() if day.year == year}
        if not rest:
            raise CalendarYearMissingError(year)
        notes = {day: constants.Holiday(name).chinese for day, name in (rest | work).items()}
        path = folder / f"{year}.yaml"
        known = calendars.read(path).notice if path.exists() else None
        same = known is not None and (known.rest_days, known.work_days) == (frozenset(rest), frozenset(work))
        notice = YearNotice(
            year,
            frozenset(rest),
            frozenset(work),
            known.source if known else f"国务院办公厅关于{year}年部分节假日安排的通知",
            verified=bool(known and known.verified and same),
        )
        files.save(path, calendars.CalendarFile(notice, notes).as_yaml())
        print(f"{path.name}：休息{len(rest)}日，调休上班{len(work)}日")
    return 0


def _kind(notice: YearNotice, day: date) -> str:
    return "work" if day in notice.work_days else "rest"


def _working_days(notice: YearNotice) -> int:
    new_year = date(notice.year, 1, 1)
    length = (date(notice.year + 1, 1, 1) - new_year).days
    return sum(notice.kind(new_year + timedelta(days=number)).works for number in range(length))
