"""The drill: restore beside the running platform, compare, say how long it took and what would have been lost.

What is proved: every table has the rows the backup counted; every file has its hash; the restored log holds by the
independent verifier, continues the checkpoint of the backup and is continued by the log of the running platform
(consistency proof, RFC 9162 section 2.1.4). What is measured: 恢复时间, from the first byte checked to the last proof;
数据损失, the acts of the running platform that the restored one does not have.
"""

from __future__ import annotations

import shutil
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from jianheng.config.safekeeping import restoring
from jianheng.config.safekeeping.archive import Archive
from jianheng.config.safekeeping.restoring import Restored
from jianheng.config.safekeeping.source import Source, log_state, tables
from jianheng.kernel import canonical, merkle

FORMAT = "jianheng-drill/1"
_LAST_ACT = "select count(*), max(at) from procedures_actrecord"

Proof = Callable[[int, int], tuple[bytes, ...]]
Say = Callable[[str], None]


@dataclass
class Finding:
    """One comparison: what, whether it holds (``None``: could not be made), and what was seen."""

    what: str
    holds: bool | None
    seen: str


@dataclass
class Drill:
    """A drill that was held; ``as_json`` is its report."""

    made: Restored
    began_at: datetime
    ended_at: datetime | None = None
    findings: list[Finding] = field(default_factory=list)
    running: dict[str, int] = field(default_factory=dict)
    loss: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether everything that could be compared holds."""
        return all(finding.holds is not False for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The report as data; durations in seconds, instants as the log writes them."""
        plan, mark = self.made.plan, self.made.plan.mark
        return {
            "format": FORMAT,
            "host": socket.gethostname(),
            "began_at": canonical.instant(self.began_at),
            "archive": {"id": plan.manifest.archive, "run": plan.manifest.number},
            "platform": dict(plan.manifest.platform),
            "restored_to": canonical.instant(plan.reach),
            "exactly_the_mark": plan.exactly,
            "seconds": self.made.seconds | {"total": round(sum(self.made.seconds.values()), 3)},
            "loss": self.loss,
            "files": self.made.files,
            "log": {"restored": self.made.log, "backup": mark.log if mark else None},
            "verified": self.made.verified,
            "tables": {
                name: {
                    "backup": mark.tables.get(name) if mark else None,
                    "restored": count,
                    "running": self.running.get(name),
                    "only_grows": name in self.made.kept,
                }
                for name, count in sorted(self.made.tables.items())
            },
            "findings": [vars(finding) for finding in self.findings],
            "passed": self.passed,
        }


def hold(
    archive: Archive,
    beside: Path,
    *,
    running: Source | None,
    proof: Proof,
    until: datetime | None = None,
    say: Say = lambda line: None,
) -> Drill:
    """Restore into a directory of its own below ``beside``, compare, and remove it again, whatever happens.

    ``until`` a chosen moment; without one exactly the newest point at which the backup counted. ``running`` is the
    platform as it is now (``None``: gone), ``proof`` gives the consistency proof of its log between two sizes.
    """
    beside.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="drill-", dir=beside))
    place.chmod(0o755)  # the server's account must be able to walk through
    try:
        began = datetime.now(UTC)
        made = restoring.restore(archive, place / "home", until=until, exactly=until is None, durable=False, say=say)
        try:
            drill = Drill(made, began)
            _own_findings(drill)
            _beside_the_running(drill, running, proof)
            drill.ended_at = datetime.now(UTC)
            return drill
        finally:
            made.server.stop()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _own_findings(drill: Drill) -> None:
    made, mark = drill.made, drill.made.plan.mark
    if mark is None or not mark.tables:
        drill.findings.append(Finding("各表行数", None, "该时刻之前的备份没有清点各表行数"))
    else:
        wrong = restoring.differences(mark, made.tables, exactly=made.plan.exactly)
        how = "逐表相等" if made.plan.exactly and mark.quiet else "只增不减的表均不少于备份时"
        drill.findings.append(Finding("各表行数", not wrong, "；".join(wrong) or f"{len(made.tables)} 张表，{how}"))
    other = [problem for problem in made.problems if not problem.startswith("表 ")]
    files = [problem for problem in other if problem.startswith("数据库所记的文件")]
    seen = "；".join(files[:5]) or f"{made.files} 份文件的 SHA-256 均与清单一致，数据库所记的文件无一缺失"
    drill.findings.append(Finding("文件", not files, seen))
    rest = [problem for problem in other if problem not in files]
    counted = "，".join(f"{verified}" for verified in _verified(made))
    drill.findings.append(Finding("账本（独立核验程序）", not rest, "；".join(rest[:5]) or f"全部成立：{counted}"))


def _verified(made: Restored) -> list[str]:
    names = {"entries": "记录", "acts": "办理行为", "documents": "文书", "files": "文书文件", "checkpoints": "检查点"}
    return [f"{name} {made.verified[kind]}" for kind, name in names.items() if kind in made.verified]


def _beside_the_running(drill: Drill, running: Source | None, proof: Proof) -> None:
    what = "账本与运行中的平台前后相续"
    if running is None:
        drill.findings.append(Finding(what, None, "没有运行中的平台可供比对"))
        return
    with running.connect() as now, psycopg.connect(drill.made.dsn, autocommit=True) as then:
        drill.running, _ = tables(now)
        newest = log_state(now)
        drill.loss = _loss(then, now, drill.made.plan.reach)
    fewer = [name for name in drill.made.kept if drill.running.get(name, 0) < drill.made.tables[name]]
    seen = "、".join(fewer) or "只增不减的表，恢复出的行数均不多于运行中的平台"
    drill.findings.append(Finding("与运行中的平台比对行数", not fewer, seen))
    old = drill.made.log
    if old is None or newest is None:
        drill.findings.append(Finding(what, None if old is None else False, "账本为空"))
        return
    holds = old["size"] <= newest["size"] and merkle.consistency_holds(
        old=old["size"],
        new=newest["size"],
        proof=proof(old["size"], newest["size"]),
        old_root=bytes.fromhex(old["root"]),
        new_root=bytes.fromhex(newest["root"]),
    )
    seen = f"恢复出 {old['size']} 条，根 {old['root'][:16]}…；运行中 {newest['size']} 条，根 {newest['root'][:16]}…"
    drill.findings.append(Finding(what, holds, seen))


def _loss(then: psycopg.Connection[Any], now: psycopg.Connection[Any], reach: datetime) -> dict[str, Any]:
    """Acts of the running platform that are not in the restored one; seconds from the chosen moment to the last."""
    kept, last_kept = then.execute(_LAST_ACT).fetchone() or (0, None)
    all_acts, last = now.execute(_LAST_ACT).fetchone() or (0, None)
    lost = all_acts - kept
    return {
        "acts": lost,
        "seconds": max(0.0, round((last - reach).total_seconds(), 3)) if lost > 0 and last is not None else 0.0,
        "last_act_restored": canonical.instant(last_kept) if last_kept else None,
        "last_act_running": canonical.instant(last) if last else None,
    }
