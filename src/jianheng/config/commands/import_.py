"""``jianheng import``: take registers of others into ours, row by row, with a report."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any


def register(commands: Any) -> None:
    """Add ``import institutions``."""
    kinds = commands.add_parser("import", help="导入名册").add_subparsers(required=True)
    sheet = kinds.add_parser("institutions", help="导入鉴定机构名册（CSV），逐行报告")
    sheet.add_argument("file", type=Path, help="第一行为列名：name, unified_social_credit_code, city_code, …")
    sheet.add_argument("--dry-run", action="store_true", help="只检查、不写入（不需要数据库）")
    sheet.add_argument("--source", default="", help="名册来源，默认文件名")
    sheet.add_argument("--json", action="store_true", help="以 JSON 输出")
    sheet.set_defaults(run=institutions)


def institutions(given: argparse.Namespace) -> int:
    """Import a roster of institutions; exit status 1 when a row was refused."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    import django
    from django.utils import timezone

    django.setup()
    from jianheng.modules.institutions import api

    report = api.import_institutions(
        api.read_sheet(given.file),
        source=given.source or given.file.name,
        now=timezone.now(),
        dry_run=given.dry_run,
    )
    if given.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(report.as_text()))
    return 1 if report.count("REFUSED") else 0
