"""``jianheng check``: whether a credit code, an identity number or a case number can be right."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from types import MappingProxyType
from typing import Any

from jianheng.kernel import casenumber
from jianheng.kernel.identifiers import Checked, check_ric, check_uscc

LABELS = {
    "kind": "类别",
    "division": "行政区划",
    "organisation": "组织机构代码",
    "paper": "证件",
    "birth_date": "出生日期",
    "sex": "性别",
    "year": "年度",
    "court": "法院代字",
    "level": "法院层级",
    "special_court": "专门法院",
    "special": "专门审判代字",
    "type": "类型代字",
    "type_name": "案件类型",
    "number": "编号",
    "suffix": "文书序号",
}


def register(commands: Any) -> None:
    """Add ``check``."""
    check = commands.add_parser("check", help="校验统一社会信用代码、身份证号、案号")
    check.add_argument("kind", choices=list(CHECKS), help="uscc 统一社会信用代码，ric 身份证号，case-number 案号")
    check.add_argument("value", help="要校验的号码")
    check.add_argument("--json", action="store_true", help="以 JSON 输出")
    check.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Print the verdict; exit status 0 when the number can be right, 1 when it cannot."""
    checked = CHECKS[given.kind](given.value)
    if given.json:
        told = {
            "kind": checked.kind,
            "value": checked.value,
            "valid": checked.valid,
            "reasons": [reason.as_json() for reason in checked.reasons],
            "warnings": [warning.as_json() for warning in checked.warnings],
            "parts": dict(checked.parts),
        }
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0 if checked.valid else 1
    print(f"{checked.value}：{'有效' if checked.valid else '无效'}")
    for reason in checked.reasons:
        print(f"  {reason.text}（{'；'.join(reason.law)}）")
    for warning in checked.warnings:
        print(f"  提示：{warning.text}")
    for name, text in checked.parts.items():
        if text:
            print(f"  {LABELS[name]}：{text}")
    return 0 if checked.valid else 1


def _case_number(text: str) -> Checked:
    try:
        case = casenumber.parse(text)
    except casenumber.CaseNumberError as refused:
        return Checked("case-number", text.strip(), refused.reasons)
    parts = {
        "year": str(case.year),
        "court": str(case.court),
        "level": case.court.level.value,
        "special_court": case.court.special,
        "division": case.court.division,
        "special": case.special,
        "type": case.type,
        "type_name": case.type_name,
        "number": str(case.number),
        "suffix": case.suffix,
    }
    return Checked("case-number", str(case), parts=MappingProxyType(parts))


CHECKS: dict[str, Callable[[str], Checked]] = {
    "uscc": check_uscc,
    "ric": lambda text: check_ric(text, today=date.today()),
    "case-number": _case_number,
}
