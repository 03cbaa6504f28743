"""``jianheng typeset``: whether every paper of an export says what its signed content says, by setting each again."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jianheng.config.commands import set_up

WORDS = {
    "SAME": "与内容一致",
    "DIFFERENT": "与内容不一致",
    "OTHER_TEMPLATES": "由其他版本的模板排版，请用该版本重排",
    "PICTURES_MISSING": "导出中没有文书所附的图片（export everything 才有）",
    "NO_FILE": "尚未制成或者没有附文件",
}


def register(commands: Any) -> None:
    """Add ``typeset``."""
    typeset = commands.add_parser("typeset", help="重排导出中的文书，核对 PDF 与所签内容是否一致")
    typeset.add_argument("directory", type=Path, metavar="DIR", help="账本导出的目录")
    typeset.add_argument("--url", required=True, help="出具平台的公开网址，印在文书的核验栏")
    typeset.add_argument("--json", action="store_true", help="以 JSON 输出")
    typeset.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    os.environ["JIANHENG_URL"] = given.url
    set_up()
    told = list(_judged(given.directory))
    counts = Counter(result for _, result in told)
    if given.json:
        papers = [{"paper": paper, "result": result} for paper, result in told]
        print(json.dumps({"papers": papers, "counts": counts}, ensure_ascii=False, indent=2))
    else:
        for paper, result in told:
            if result not in ("SAME", "NO_FILE"):
                print(f"{paper}：{WORDS[result]}。")
        if counts["DIFFERENT"] == len(told) - counts["NO_FILE"] > 1:
            print("全部不一致的，请先核对 --url 是否为出具平台的公开网址。")
        print("，".join(f"{WORDS[result]} {count}" for result, count in sorted(counts.items())) + "。")
    return 1 if counts["DIFFERENT"] else 0


def _judged(directory: Path) -> Iterator[tuple[str, str]]:
    """Each paper, by its number or code, and what came of setting it again."""
    from jianheng.services.documents import api as documents

    def picture(digest: str) -> bytes | None:
        path = directory / "files" / digest
        return path.read_bytes() if path.is_file() else None

    with (directory / "documents.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            paper = json.loads(line)
            name = str(paper["number"] or paper["path"] or paper["entry"])
            if paper["row"] is None or paper["path"] is None:
                yield name, "NO_FILE"
                continue
            pdf = (directory / paper["path"]).read_bytes()
            yield name, str(documents.set_again(paper["row"], pdf, picture=picture))
