"""What is wrong with a running platform, in words, with the next step: ``jianheng doctor`` and ``/readyz``.

Each check looks at one thing and says nothing while it is well. What stops work is BAD; what will is WARNING.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from jianheng.desks.operator import figures
from jianheng.services.beacon import api as beacon
from jianheng.services.files import api as files
from jianheng.services.hosts import api as hosts
from jianheng.services.lawbook import api as lawbook
from jianheng.services.notices import api as notices

OLDEST_WAITING_SECONDS = 120
UNWITNESSED_SECONDS = 20 * 60
PAPER_WAITING_SECONDS = 600
PULSE_LATE = timedelta(minutes=15)
SKEW_SECONDS = 2.0
CALENDAR_AHEAD = timedelta(days=45)  # thirty working days, the longest common term
DISK_FREE_SHARE, DISK_FREE_BYTES = 0.05, 2 * 10**9
OLDEST_POSTGRESQL = (15,)


class Level(Enum):
    """How much it matters."""

    WARNING = "提醒"
    BAD = "故障"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be."""

    code: str
    level: Level
    text: str
    next_step: str

    def as_json(self) -> dict[str, str]:
        """For a program."""
        return {"code": self.code, "level": self.level.name, "text": self.text, "next_step": self.next_step}


Check = Callable[[datetime, Mapping[str, float]], Iterator[Finding]]


def findings(now: datetime) -> tuple[Finding, ...]:
    """Everything wrong; the schema first, because nothing else can be asked while it is not there."""
    if unready := tuple(_schema()):
        return unready
    told = figures.figures(now)
    return tuple(found for check in CHECKS for found in check(now, told))


def _schema() -> Iterator[Finding]:
    if connection.get_database_version() < OLDEST_POSTGRESQL:
        yield Finding("DATABASE_OLD", Level.BAD, "数据库版本低于 PostgreSQL 15。", "请升级数据库。")
    executor = MigrationExecutor(connection)
    if waiting := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield Finding(
            "SCHEMA_BEHIND", Level.BAD, f"数据库结构有 {len(waiting)} 项更新没有执行。", "请运行 jianheng prepare。"
        )


def _clock(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        apart = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    if apart > SKEW_SECONDS:
        yield Finding(
            "CLOCKS_APART", Level.BAD, f"本机与数据库的时钟相差 {apart:.1f} 秒。", "请让两台机器与同一时间源校时。"
        )
    if told["log_ahead_seconds"] > SKEW_SECONDS:
        yield Finding(
            "CLOCK_BEHIND_LOG",
            Level.BAD,
            f"服务器时钟比公开日志最近一次签署晚了 {told['log_ahead_seconds']:.0f} 秒。",
            "请校准系统时钟；在此之前不能办理。",
        )


def _calendar(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    years, today = lawbook.calendar_years(), timezone.localdate(now)
    soon = (today + CALENDAR_AHEAD).year
    if today.year not in years:
        text, level = f"没有 {today.year} 年的工作日历，工作日期限无法计算。", Level.BAD
    elif soon not in years:
        text, level = f"没有 {soon} 年的工作日历，跨年的期限显示为“暂定”。", Level.WARNING
    else:
        return
    yield Finding(
        "CALENDAR_MISSING", level, text, "国务院办公厅公布放假安排后，请运行 jianheng calendar import FILE。"
    )


def _work(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if not told["workers_alive"]:
        yield Finding("NO_WORKER", Level.BAD, "没有后台任务进程在运行。", "请查看 worker.log 并重新启动平台。")
    if told["jobs_oldest_waiting_seconds"] > OLDEST_WAITING_SECONDS:
        yield Finding(
            "JOBS_WAIT",
            Level.BAD,
            f"{told['jobs_waiting']:.0f} 项后台任务在等待，最久的已等 {told['jobs_oldest_waiting_seconds']:.0f} 秒。",
            "请查看 worker.log；任务过多时增加一台运行 jianheng 后台任务的机器。",
        )
    if told["jobs_failed"]:
        yield Finding(
            "JOBS_FAILED",
            Level.WARNING,
            f"{told['jobs_failed']:.0f} 项后台任务多次失败后停止重试。",
            "请在 worker.log 中按任务编号查找原因，更正后重新排队。",
        )


def _log(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["log_oldest_waiting_seconds"] > OLDEST_WAITING_SECONDS:
        yield Finding(
            "LOG_WAITS",
            Level.BAD,
            f"{told['log_waiting']:.0f} 条记录等待写入公开日志，最久的已等 {told['log_oldest_waiting_seconds']:.0f} 秒。",
            "请查看 worker.log；内容与哈希不符的记录会留在等待区，请先核对是否有人改动数据库。",
        )
    if told["log_leaves_unsigned"]:
        yield Finding(
            "LOG_ADRIFT",
            Level.BAD,
            "公开日志的叶数与最近一次签署的检查点不符。",
            "请停止平台，导出日志并用 jianheng verify 核验。",
        )


def _held(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["log_held"]:
        yield Finding(
            "LOG_HELD",
            Level.BAD,
            f"{told['log_held']:.0f} 条记录自称的时间早于公开日志最近的签署，已被扣下，没有写入日志。",
            "有人以过去的时间写入数据库，或者服务器时钟曾被拨慢：请导出并用 jianheng verify 核验，查明来源。",
        )
    if told["log_of_the_future"]:
        yield Finding(
            "LOG_OF_THE_FUTURE",
            Level.WARNING,
            f"{told['log_of_the_future']:.0f} 条记录自称的时间尚未到来，服务器时钟曾经快了；它们到时才能写入公开日志。",
            "请先校准时钟，再由两名平台运行人员执行 jianheng ledger clock 说明，所列记录即可写入。",
        )
    if told["log_behind"]:
        yield Finding(
            "LOG_BEHIND",
            Level.BAD,
            f"数据库中的公开日志比已经签署的少 {told['log_behind']:.0f} 条，末尾被截去，或者密钥在别处使用；不再签署。",
            "请停止平台，保全数据库和 keys 目录，查明谁改动了数据库，恢复更新的备份。",
        )


def _witnesses(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["log_unwitnessed_seconds"] > UNWITNESSED_SECONDS:
        yield Finding(
            "LOG_UNWITNESSED",
            Level.BAD,
            f"公开日志已有 {told['log_unwitnessed_seconds'] / 60:.0f} 分钟没有得到规定家数的见证，新的回执不定案。",
            "请运行 jianheng ledger witnesses 查看各家情况，联系没有回应的见证人。",
        )
    elif told["log_witnesses_in_trouble"]:
        yield Finding(
            "WITNESS_TROUBLE",
            Level.WARNING,
            f"{told['log_witnesses']:.0f} 家见证人中有 {told['log_witnesses_in_trouble']:.0f} 家异常或者签名过时。",
            "请运行 jianheng ledger witnesses 查看各家情况；再少一家，回执可能不能定案。",
        )


def _pulses(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    overdue = [round_ for round_, falls_at in beacon.waiting() if falls_at < now - PULSE_LATE]
    if overdue:
        yield Finding(
            "PULSE_OVERDUE",
            Level.WARNING,
            f"信标的 {len(overdue)} 轮脉冲没有取得（最早第 {overdue[0]} 轮），等待它的摇号没有结果。",
            "请检查到信标的网络；没有出口的，在能够上网的机器上运行 jianheng beacon fetch，再录入所得的一行。",
        )


def _papers(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["papers_oldest_waiting_seconds"] > PAPER_WAITING_SECONDS:
        yield Finding(
            "PAPERS_WAIT",
            Level.BAD,
            f"{told['papers_waiting']:.0f} 份文书没有做成，最久的已等 {told['papers_oldest_waiting_seconds'] / 60:.0f} 分钟，"
            f"其中 {told['papers_failing']:.0f} 份失败过。",
            "请在 worker.log 中查看失败原因；更正后文书会自动补做，编号不变。",
        )


def _deliveries(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["events_oldest_waiting_seconds"] > OLDEST_WAITING_SECONDS:
        yield Finding(
            "EVENTS_WAIT", Level.BAD, f"{told['events_waiting']:.0f} 条事件没有分发。", "请查看 worker.log。"
        )
    if told["deliveries_failing"]:
        yield Finding(
            "DELIVERIES_FAIL",
            Level.WARNING,
            f"{told['deliveries_failing']:.0f} 次事件投递连续失败，对方系统可能停止服务。",
            "请联系订阅单位；恢复后会自动补投。",
        )


def _matters(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if told["matters_adrift"]:
        yield Finding(
            "MATTERS_ADRIFT",
            Level.BAD,
            f"最近的事项中有 {told['matters_adrift']:.0f} 件的计数与办理记录不符，或者无人承办。",
            "请导出并用 jianheng verify 核验，查明是否有人改动数据库。",
        )
    if told["lapses_overdue"]:
        yield Finding(
            "LAPSES_WAIT",
            Level.BAD,
            f"{told['lapses_overdue']:.0f} 个已届满的期限没有处理逾期后果。",
            "请查看 worker.log 中 procedures.lapse_due 的记录。",
        )
    if told["terms_without_day"]:
        yield Finding(
            "TERMS_WITHOUT_DAY",
            Level.WARNING,
            f"{told['terms_without_day']:.0f} 个期限因缺少工作日历没有到期日。",
            "导入日历后会自动补算。",
        )


def _disk(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    home = Path(settings.HOME)
    space = shutil.disk_usage(home)
    if space.free < max(DISK_FREE_BYTES, DISK_FREE_SHARE * space.total):
        yield Finding(
            "DISK_FULL",
            Level.BAD if space.free < DISK_FREE_BYTES else Level.WARNING,
            f"{home} 所在磁盘只剩 {space.free / 10**9:.1f} GB。",
            "请扩容或者清理；磁盘写满后不能上传和制作文书。",
        )


def _files(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    try:
        files.place()
    except (files.StorageAwayError, files.StorageFullError, OSError) as away:
        yield Finding(
            "FILES_AWAY",
            Level.BAD,
            f"文件存储不能使用：{away}",
            "请检查 JIANHENG_S3_ 各项设置和到对象存储的网络，或者 files 目录的权限。",
        )


def _keys(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    home = Path(settings.HOME)
    kept = [home / "secret", *(path for path in (home / "keys").rglob("*") if path.is_file())]
    open_ = [path for path in kept if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    private = [path for path in open_ if path.suffix not in {".crt", ".cer", ".pub"} and _secret(path)]
    if private:
        yield Finding(
            "KEYS_OPEN",
            Level.BAD,
            "密钥文件可被他人读取：" + "、".join(str(path.relative_to(home)) for path in private) + "。",
            "请运行 chmod 600，并考虑更换密钥。",
        )


def _secret(path: Path) -> bool:
    return path.name == "secret" or b"PRIVATE KEY" in path.read_bytes()[:4096]


def _hosts(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    for found in hosts.differences(hosts.alive(now)):
        sides = "；".join("、".join(side) for side in found.sides)
        yield Finding(
            "HOSTS_DIFFER",
            Level.WARNING if found.what in hosts.MAY_DIFFER else Level.BAD,
            f"各主机的{hosts.TITLES[found.what]}不一致：{sides}。",
            "请让各主机使用同一密钥、同一文件存储、同样的法律资料、地址和版本；更换后重新启动。",
        )


def _settings(now: datetime, told: Mapping[str, float]) -> Iterator[Finding]:
    if settings.DEMO:
        return
    if not settings.PUBLIC_URL.startswith("https://"):
        yield Finding(
            "ADDRESS_PLAIN", Level.BAD, "对外地址不是 https，会话可能被截取。", "请设置 JIANHENG_URL=https://…。"
        )
    if not settings.JIANHENG_WITNESS_POLICY:
        yield Finding(
            "NO_WITNESSES",
            Level.WARNING,
            "没有指定见证人：持有日志密钥的人可以改写历史而不被外部发现。",
            "请约定见证机构，以 JIANHENG_WITNESS_POLICY 指定见证规则（见 docs/how-to/keep-a-witness.md）。",
        )
    if not settings.SECOND_FACTOR_REQUIRED:
        yield Finding("SECOND_FACTOR_OFF", Level.WARNING, "没有要求双重验证。", "请去掉 JIANHENG_SECOND_FACTOR=0。")
    sms = notices.channels().get("SMS")
    if sms is None or getattr(sms, "stand_in", False):
        yield Finding(
            "SMS_STAND_IN",
            Level.WARNING,
            "没有接入短信：当事人收不到验证码，不能查询和办理。",
            "请接入短信服务（见 services/notices/README.md），启动时以 notices.use_channel 安装。",
        )
    if not hasattr(settings, "JIANHENG_SIGNER"):
        yield Finding(
            "SIGNER_STAND_IN",
            Level.WARNING,
            "文书由本机演示证书签章，不具有法律效力。",
            "请接入依法设立的电子认证服务（见 services/signing/README.md）。",
        )


CHECKS: tuple[Check, ...] = (
    _clock,
    _calendar,
    _work,
    _log,
    _held,
    _witnesses,
    _pulses,
    _papers,
    _deliveries,
    _matters,
    _disk,
    _files,
    _keys,
    _hosts,
    _settings,
)
