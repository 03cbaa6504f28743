"""``jianheng term``: the day a term falls due, and how it was counted."""

from __future__ import annotations

import argparse
import json
from datetime import date
from typing import Any

from jianheng.kernel.clocks import Clock, Due, Extension, Pause, Unit, due
from jianheng.kernel.law import NoValueInForceError, Parameter
from jianheng.kernel.pauses import PAUSE_GROUNDS, pause_ground

EPILOG = "示例：jianheng term --start 2026-02-10 --length 7 --unit WD --pause 2026-02-12..2026-02-25"


def register(commands: Any) -> None:
    """Add ``term``."""
    term = commands.add_parser("term", help="计算期限：届满日及逐段算法", epilog=EPILOG)
    term.add_argument("--start", type=_day, required=True, metavar="DAY", help="起算日（默认当日不计入）")
    term.add_argument("--length", type=int, required=True, metavar="N", help="期限的天数")
    term.add_argument("--unit", choices=[unit.name for unit in Unit], default="WD", help="WD 工作日，CD 自然日")
    term.add_argument("--start-counts", action="store_true", help="起算日计入")
    term.add_argument(
        "--pause",
        type=_stretch,
        action="append",
        default=[],
        metavar="FROM..[TO][:GROUND]",
        help=f"暂停，首尾两日均不计入；不写 TO 表示仍在暂停。GROUND 为 {'、'.join(PAUSE_GROUNDS)} 之一",
    )
    term.add_argument("--extend", type=int, action="append", default=[], metavar="N", help="延长的天数，可多次")
    term.add_argument("--region", type=_region, metavar="CODE", help="六位行政区划代码，默认全国")
    term.add_argument("--json", action="store_true", help="以 JSON 输出")
    term.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Count the term and print the due day with its explanation."""
    from jianheng.services.lawbook import api

    region = given.region or ""
    clock = Clock(
        start_on=given.start,
        length=given.length,
        unit=Unit[given.unit],
        pauses=tuple(_pause(*stretch, region=region) for stretch in given.pause),
        extensions=tuple(Extension(length, "", given.start, "") for length in given.extend),
        start_counts=given.start_counts,
    )
    found = due(clock, api.calendar())
    local = _local_rules(api.book(), on=given.start, region=region)
    if given.json:
        print(json.dumps(_as_json(found, region, local), ensure_ascii=False, indent=2))
        return 0
    print("\n".join(found.explain()))
    for rule in local:
        print(f"本地区规定：{rule.title}：{rule.text}（{rule.citation}）。{rule.note}")
    return 0


def _as_json(found: Due, region: str, local: list[Parameter]) -> dict[str, Any]:
    clock = found.clock
    return {
        "due": found.day.isoformat() if found.day else None,
        "moved_from": found.moved_from.isoformat() if found.moved_from else None,
        "paused_since": found.paused_since.isoformat() if found.paused_since else None,
        "start": clock.start_on.isoformat(),
        "length": clock.length,
        "extended_by": clock.extended_by,
        "total": clock.total,
        "unit": clock.unit.name,
        "region": region,
        "counted": [
            {
                "from": step.first.isoformat(),
                "to": step.last.isoformat(),
                "counted": step.counted,
                "reached": step.reached,
                "why": step.why,
            }
            for step in found.counted
        ],
        "explanation": found.explain(),
        "local_rules": [
            {"key": rule.key, "title": rule.title, "value": rule.value, "law": list(rule.law)} for rule in local
        ],
    }


def _local_rules(book: Any, *, on: date, region: str) -> list[Parameter]:
    """The rules on appraisal clocks that ``region`` has of its own on the day ``on``."""
    rules = []
    for key in ("appraisal.acceptance.starts", "appraisal.suspension.allowed"):
        try:
            rules.append(book.value(key, on=on, region=region))
        except NoValueInForceError:
            continue
    return [rule for rule in rules if rule.region]


def _pause(first: date, last: date | None, code: str, *, region: str) -> Pause:
    if not code:
        return Pause(first, last, "未说明事由", "")
    ground = pause_ground(code, region=region)
    return Pause(first, last, ground.text, ground.basis(region) or "")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as bad:
        raise argparse.ArgumentTypeError(f"“{text}”应为 2026-02-10 形式的日期") from bad


def _stretch(text: str) -> tuple[date, date | None, str]:
    days, _, ground = text.partition(":")
    first, dots, last = days.partition("..")
    if not dots:
        raise argparse.ArgumentTypeError(f"“{text}”应为 2026-02-12..2026-02-25 的形式，仍在暂停的写 2026-02-12..")
    return _day(first), _day(last) if last else None, ground


def _region(text: str) -> str:
    if not (len(text) == 6 and text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"“{text}”应为六位行政区划代码，如广东 440000")
    return text
