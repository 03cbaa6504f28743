"""``jianheng import``: take rosters of others into ours, row by row, with a report."""

from __future__ import annotations

import argparse
import csv
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jianheng.config.commands import set_up
from jianheng.kernel import sheets


def register(commands: Any) -> None:
    """Add ``import bodies``, ``people``, ``institutions`` and ``appraisers``."""
    kinds = commands.add_parser("import", help="导入名册").add_subparsers(required=True)
    roster = kinds.add_parser("institutions", help="导入鉴定机构名册（CSV），逐行报告")
    roster.add_argument("file", type=Path, help="第一行为列名：name, unified_social_credit_code, city_code, …")
    roster.add_argument("--dry-run", action="store_true", help="只检查、不写入（不需要数据库）")
    roster.add_argument("--source", default="", help="名册来源，默认文件名")
    roster.set_defaults(run=institutions)
    bodies_ = kinds.add_parser("bodies", help="导入法院、机构、监管部门等单位（CSV）")
    bodies_.add_argument("file", type=Path, help="列：kind, name, region, level, code, parent")
    bodies_.set_defaults(run=bodies)
    people_ = kinds.add_parser("people", help="导入工作人员、岗位和账号（CSV）")
    people_.add_argument("file", type=Path, help="列：organisation, name, login, roles, phone, since, until")
    people_.add_argument("--passwords", type=Path, required=True, help="新账号的首次口令写入这个新文件，权限 0600")
    people_.set_defaults(run=people)
    appraisers_ = kinds.add_parser("appraisers", help="导入鉴定人名册（CSV）")
    appraisers_.add_argument(
        "file", type=Path, help="列：institution, certificate, name, categories, valid_from, valid_to, …"
    )
    appraisers_.set_defaults(run=appraisers)
    for kind in (roster, bodies_, people_, appraisers_):
        kind.add_argument("--json", action="store_true", help="以 JSON 输出")


def _content(path: Path) -> bytes:
    """A roster's bytes, no more than the ceiling and one: what is larger is refused where it is read."""
    try:
        with path.open("rb") as file:
            return file.read(sheets.SIZE_CEILING + 1)
    except OSError as missing:
        raise sheets.SheetError(f"无法读取文件“{path.name}”：{missing.strerror}。") from missing


def _say(told: Iterable[sheets.Told], *, as_json: bool) -> int:
    """Print what became of each row; exit status 1 when one was refused."""
    rows = tuple(told)
    if as_json:
        print(json.dumps({"rows": [row.as_json() for row in rows]}, ensure_ascii=False, indent=2))
    else:
        print("\n".join(sheets.report(rows)))
    return 1 if any(row.outcome == "REFUSED" for row in rows) else 0


def institutions(given: argparse.Namespace) -> int:
    """Import a roster of institutions; exit status 1 when a row was refused."""
    set_up()
    from django.utils import timezone

    from jianheng.modules.institutions import api

    report = api.import_institutions(
        api.read_sheet(_content(given.file)),
        source=given.source or given.file.name,
        now=timezone.now(),
        dry_run=given.dry_run,
    )
    if given.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        print("\n".join(report.as_text()))
    return 1 if report.count("REFUSED") else 0


def bodies(given: argparse.Namespace) -> int:
    """Import bodies; an institution is tied to its entry in the register by its credit code."""
    set_up()
    from jianheng.modules.institutions import api as register
    from jianheng.services.people import api

    def tie(kind: str, organisation_id: int, code: str) -> None:
        if kind == api.OrganisationKind.INSTITUTION:
            register.link_organisation(register.find(code).id, organisation_id=organisation_id)

    return _say(api.register_bodies(api.read_bodies(_content(given.file)), tie=tie), as_json=given.json)


def people(given: argparse.Namespace) -> int:
    """Import people with their posts; first passwords go to a file of their own, never to the screen."""
    set_up()
    from django.db import transaction
    from django.utils import timezone

    from jianheng.services.people import api

    rows = api.read_people(_content(given.file))
    try:
        kept = os.fdopen(os.open(given.passwords, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8")
    except OSError as taken:
        raise sheets.SheetError(
            f"不能新建口令文件“{given.passwords}”：{taken.strerror}。", next_step="请用 --passwords 另取一个文件名。"
        ) from taken
    with kept, transaction.atomic():  # no account without its password kept
        told, issued = api.enrol(rows, today=timezone.localdate())
        sheet = csv.writer(kept)
        sheet.writerow(("登录名", "首次口令"))
        sheet.writerows((one.login, one.password) for one in issued)
    return _say(told, as_json=given.json)


def appraisers(given: argparse.Namespace) -> int:
    """Import appraisers of registered institutions."""
    set_up()
    from django.utils import timezone

    from jianheng.modules.institutions import api

    told = api.import_appraisers(
        api.read_appraisers(_content(given.file)), source=given.file.name, now=timezone.now()
    )
    return _say(told, as_json=given.json)
