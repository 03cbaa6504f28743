"""What is done to the platform. Each kind begins, lasts for a moment, and is taken back; the worst are over at once."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import psycopg

from jianheng.config.chaos import inside
from jianheng.config.chaos.cutting import ANSWER, REQUEST
from jianheng.config.chaos.stage import Stage, kill

ALONE = 0.6  # the share of faults after which work goes on before the next
PAUSE = (0.2, 0.8)
Undo = Callable[[], None]
PERIODIC = (
    "queueing_lock is null"  # the platform's own regular jobs have one; the others are what acts have asked for
)


@dataclass(frozen=True)
class Kind:
    """One way to break something: ``begin`` does it and gives (what was hit, what takes it back)."""

    name: str
    title: str
    begin: Callable[[Stage, random.Random], tuple[str, Undo]]
    seconds: tuple[float, float] = (0.0, 0.0)  # how long it lasts, between these


@dataclass(frozen=True)
class Planned:
    """A fault of the schedule, and its own chance. Where ``alone`` it is left to pass before the next one comes,
    ``pause`` seconds after work has gone on; otherwise the next one falls into it."""

    kind: Kind
    lasts: float
    alone: bool
    pause: float
    seed: str

    def begin(self, stage: Stage) -> tuple[str, Undo]:
        """Do it."""
        return self.kind.begin(stage, random.Random(self.seed))  # noqa: S311 - faults, not secrets


def schedule(count: int, *, seed: int) -> list[Planned]:
    """As many faults as said, every kind as often as the others, in an order that the seed decides."""
    chance = random.Random(f"schedule/{seed}")  # noqa: S311 - faults, not secrets
    order: list[Kind] = []
    while len(order) < count:
        order += chance.sample(KINDS, len(KINDS))
    return [
        Planned(
            kind, chance.uniform(*kind.seconds), chance.random() < ALONE, chance.uniform(*PAUSE), f"{seed}/{number}"
        )
        for number, kind in enumerate(order[:count])
    ]


def nothing() -> None:
    """It is over already."""


def _at_once(hit: Callable[[Stage, random.Random], str]) -> Callable[[Stage, random.Random], tuple[str, Undo]]:
    return lambda stage, chance: (hit(stage, chance), nothing)


def _cut(where: str) -> Callable[[Stage, random.Random], str]:
    def cut(stage: Stage, chance: random.Random) -> str:
        times = chance.randint(1, 4)
        stage.proxy.cut(where, times)
        return f"{times} connections"

    return cut


def _sql(statement: str) -> Callable[[Stage, random.Random], str]:
    """Something done to the database behind the application's back; the database may be away just now."""

    def run(stage: Stage, chance: random.Random) -> str:
        try:
            with stage.as_owner() as connection:
                connection.execute("select setseed(%s)", [chance.uniform(-1, 1)])
                return f"{connection.execute(statement).rowcount} rows"
        except psycopg.Error as error:
            return f"the database was away: {type(error).__name__}"

    return run


TERMINATE = """
select pg_terminate_backend(pid) from pg_stat_activity
where usename = 'jianheng_app' and pid <> pg_backend_pid() and random() < 0.5"""
DELAY = f"""
update procrastinate_jobs set scheduled_at = clock_timestamp() + random() * interval '12 seconds'
where status = 'todo' and {PERIODIC}"""  # noqa: S608 - our own words
REORDER = f"""
update procrastinate_jobs set priority = (random() * 200 - 100)::integer where status = 'todo' and {PERIODIC}"""  # noqa: S608


def _switched(fault: str, choices: list[Any]) -> Callable[[Stage, random.Random], tuple[str, Undo]]:
    def begin(stage: Stage, chance: random.Random) -> tuple[str, Undo]:
        chosen = chance.choice(choices)
        inside.switch(stage.home, **{fault: chosen})
        return f"{chosen}", lambda: inside.switch(stage.home)

    return begin


def _disk(stage: Stage, chance: random.Random) -> tuple[str, Undo]:
    if stage.own_disk:
        return "the whole disk", stage.fill()
    inside.switch(stage.home, storage="ENOSPC")  # where no disk of its own may be had: the same error, in the storage
    return "the file storage alone", lambda: inside.switch(stage.home)


KINDS: tuple[Kind, ...] = (
    Kind("kill_web_process", "杀死一个网页进程", _at_once(lambda s, c: kill(s.web_processes, c))),
    Kind("kill_web_server", "杀死网页服务", _at_once(lambda s, c: kill(s.web_servers, c))),
    Kind("kill_worker", "杀死后台任务进程", _at_once(lambda s, c: kill(s.workers, c))),
    Kind("kill_database", "杀死数据库主进程", _at_once(lambda s, c: kill(s.postmasters, c))),
    Kind("kill_backend", "杀死一个数据库连接进程", _at_once(lambda s, c: kill(s.backends, c))),
    Kind("end_connections", "断开数据库连接", _at_once(_sql(TERMINATE))),
    Kind("cut_requests", "请求发送中途断线", _at_once(_cut(REQUEST))),
    Kind("cut_answers", "答复途中断线", _at_once(_cut(ANSWER))),
    Kind("cut_clients", "断开全部客户端", _at_once(lambda s, c: f"{s.proxy.cut_all()} connections")),
    Kind("fill_disk", "写满磁盘", _disk, (0.5, 2.0)),
    Kind("delay_jobs", "推迟后台任务", _at_once(_sql(DELAY))),
    Kind("reorder_jobs", "打乱后台任务次序", _at_once(_sql(REORDER))),
    # Ahead of what the log allows for skew, entries would wait for their time, and the verifier would name the papers.
    Kind("clock_ahead", "时钟快进", _switched("clock", [60, 90, 100, 110]), (0.2, 1.0)),
    Kind("clock_behind", "时钟倒退", _switched("clock", [-60, -600, -90_000, -40_000_000]), (0.5, 2.0)),
    Kind("fail_signer", "签章服务失效", _switched("signer", [True]), (0.5, 3.0)),
    Kind("fail_sms", "短信通道失效", _switched("sms", [True]), (0.5, 3.0)),
    Kind("fail_storage", "文件存储失效", _switched("storage", ["EIO", "EROFS", "ENOSPC"]), (0.5, 3.0)),
)


def each(planned: list[Planned], size: int) -> Iterator[list[Planned]]:
    """The schedule in rounds."""
    for start in range(0, len(planned), size):
        yield planned[start : start + size]
