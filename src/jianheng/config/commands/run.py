"""``jianheng run``, ``jianheng prepare``, ``jianheng assets``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from psycopg.conninfo import conninfo_to_dict

from jianheng.config import neighbours
from jianheng.config.neighbours import WITNESS
from jianheng.config.supervisor import APPLICATION, COMMANDS, PARTS, WEB, WORKER
from jianheng.kernel.errors import Fault, Refusal

if TYPE_CHECKING:
    from jianheng.config.postgres import Server
    from jianheng.config.supervisor import Supervisor

LOOPBACK = ("127.0.0.1", "::1", "localhost")
_PREPARING = 0x6A68_7072_6570_6172  # "jhprepar"


class PartAloneError(Refusal):
    """只运行一部分的主机缺少与其他主机共用的东西。"""

    code = "PART_ALONE"
    status = 409
    next_step = "请先在一台主机上执行 jianheng prepare，再把它的 keys 目录和 secret 复制到本机，并设置 JIANHENG_DSN。"


class DemonstrationShownError(Refusal):
    """演示数据的口令是公开的，只能在本机使用。"""

    code = "DEMONSTRATION_SHOWN"
    status = 409
    next_step = "请去掉 --host；正式使用请去掉 --demo。"


def register(commands: Any) -> None:
    """Add the verbs."""
    run = commands.add_parser("run", help="启动平台：数据库、网页、后台任务 · start database, web and worker")
    run.add_argument("--only", choices=PARTS, help="只运行这一部分，其余由其他主机运行 · several hosts, one database")
    run.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="网页服务监听的地址；默认只供本机访问")
    run.add_argument("--port", type=int, default=int(os.environ.get("JIANHENG_PORT", "8000")))
    run.add_argument("--demo", action="store_true", help="载入演示数据（仅供本机试用）")
    run.set_defaults(run=_run)
    prepare = commands.add_parser("prepare", help="迁移数据库并载入名册 · migrate and load registers")
    prepare.set_defaults(run=_prepare)
    doctor = commands.add_parser("check-declarations", help="检查程序声明 · check the declared procedures")
    doctor.set_defaults(run=_check)


def _environment(port: int, demo: bool) -> Path:
    home = Path(os.environ.setdefault("JIANHENG_HOME", str(Path("var").resolve())))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    os.environ.setdefault("JIANHENG_URL", f"http://127.0.0.1:{port}")
    if demo:
        os.environ["JIANHENG_DEMO"] = "1"
    return home


def _run(given: argparse.Namespace) -> int:
    return kept_running(given.port, demo=given.demo, host=given.host, only=given.only)


def kept_running(
    port: int,
    *,
    demo: bool,
    host: str = "127.0.0.1",
    only: str | None = None,
    served: tuple[str, ...] = APPLICATION,
    worker: tuple[str, ...] = COMMANDS,
    witnesses: tuple[str, ...] = (WITNESS,) * 4,
) -> int:
    """Run the platform, or ``only`` a part of it, until a signal comes.

    ``served``, ``worker`` and the demonstration's ``witnesses`` say what runs instead of the product's own programs.
    """
    from jianheng.config.postgres import Server
    from jianheng.config.supervisor import AskedToStop, Supervisor

    home = _environment(port, demo)
    _must_not_be_shown(host)
    if only:
        _must_share(home)
    server = None if os.environ.get("JIANHENG_DSN") else Server(home / "postgres")
    parts = (only,) if only else PARTS
    supervisor = Supervisor(home, port, server, host=host, parts=parts, served=served, worker=worker)
    first = (
        partial(_with_witnesses, supervisor, witnesses)
        if demo and parts == PARTS and _nobody_witnesses(home)
        else None
    )
    supervisor.listen()
    supervisor.prepare()
    try:
        if server is not None:
            server.start()
            _address(server)
            if server.data.is_symlink():
                print(f"数据库文件放在 {server.place}：数据库以 {server.user} 运行，它进不了 {home}。", flush=True)
        supervisor.go_on()
        accounts = prepared(home, parts, first=first)
        supervisor.report = partial(_report, parts)
        supervisor.go_on()
        if WORKER in parts:
            _with_beacon(supervisor)
        supervisor.launch()
        supervisor.wait_until_served()
        _greet(f"http://{host}:{port}/" if WEB in parts else "后台任务", accounts, home)
        supervisor.watch()
        _leave()
    except AskedToStop:
        print("启动尚未完成，已收到停止信号。", flush=True)
    finally:
        print("正在停止……", flush=True)
        supervisor.stop()
    return 0


def _nobody_witnesses(home: Path) -> bool:
    """Whether no policy is set; then the demonstration's own holds."""
    if os.environ.get("JIANHENG_WITNESS_POLICY"):
        return False
    os.environ["JIANHENG_WITNESS_POLICY"] = str(neighbours.policy(home))
    return True


def _with_beacon(supervisor: Supervisor) -> None:
    """Start the demonstration's beacon, unless a beacon was named; the worker asks it."""
    if os.environ.get("JIANHENG_DEMO") == "1" and not os.environ.get("JIANHENG_BEACON_URL"):
        command, os.environ["JIANHENG_BEACON_URL"] = neighbours.beacon(supervisor.home)
        supervisor.launch_another("beacon", command)


def _with_witnesses(supervisor: Supervisor, programs: tuple[str, ...]) -> None:
    """Start the demonstration's witnesses: the platform asks them before it signs anything."""
    supervisor.beside |= neighbours.settle(supervisor.home, programs)
    supervisor.launch_beside()


def _must_not_be_shown(host: str) -> None:
    if os.environ.get("JIANHENG_DEMO") == "1" and host not in LOOPBACK:
        raise DemonstrationShownError


def _must_share(home: Path) -> None:
    """A machine that runs a part makes neither database nor keys: those of the platform are given to it."""
    if not os.environ.get("JIANHENG_DSN"):
        raise PartAloneError("只运行一部分的主机须以 JIANHENG_DSN 指定共用的数据库。")
    wanted = [home / "keys" / "ledger.pem", *([] if os.environ.get("JIANHENG_SECRET") else [home / "secret"])]
    if missing := [str(path) for path in wanted if not path.exists()]:
        raise PartAloneError(f"本机没有平台的密钥：{'、'.join(missing)}。")


def _report(parts: tuple[str, ...]) -> None:
    """Say that this machine is here and what it has; what went wrong is said, and tried again next time."""
    from django.utils import timezone

    from jianheng.config import likeness
    from jianheng.services.hosts import api as hosts

    with _told_when_away():
        hosts.report(likeness.name(), parts=parts, told=likeness.told(), now=timezone.now())


def _leave() -> None:
    """Say that this machine stops."""
    from jianheng.config import likeness
    from jianheng.services.hosts import api as hosts

    with _told_when_away():
        hosts.forget(likeness.name())


@contextmanager
def _told_when_away() -> Iterator[None]:
    from django.db import Error, connection

    try:
        yield
    except (Error, OSError, Refusal, Fault) as away:
        print(f"本机没有报到：{str(away).strip()}", flush=True)
    finally:
        connection.close()


def _address(server: Server) -> None:
    """Say where the private server is, to the application and to the owner."""
    os.environ["JIANHENG_DSN"], os.environ["JIANHENG_OWNER_DSN"] = server.application_dsn, server.dsn


@contextmanager
def _as_owner() -> Iterator[str]:
    """This process works as the owner where the owner is known; whatever is started afterwards does not.

    Gives the name of the application's role, "" where nobody said it.
    """
    application = os.environ.get("JIANHENG_DSN", "")
    os.environ["JIANHENG_DSN"] = os.environ.pop("JIANHENG_OWNER_DSN", application)
    try:
        yield str(conninfo_to_dict(application).get("user") or "")
    finally:
        os.environ["JIANHENG_DSN"] = application


@contextmanager
def as_owner() -> Iterator[None]:
    """A command that works as the owner of the tables, on the database of the environment or the private one."""
    home = _environment(8000, demo=False)
    if not os.environ.get("JIANHENG_DSN"):
        from jianheng.config.postgres import Server

        _address(Server(home / "postgres"))
    with _as_owner():
        yield


def prepared(
    home: Path, parts: tuple[str, ...] = (), *, first: Callable[[], None] | None = None
) -> list[dict[str, Any]]:
    """Migrate, check the declarations, load registers, and the demonstration's cast where asked for.

    With ``parts`` this machine goes on to run them, and says so before the next one looks whether it is alike.
    ``first`` is done before the log is looked at.
    """
    with _as_owner() as application:
        return _prepared(home, application, parts, first)


def _prepared(
    home: Path, application: str, parts: tuple[str, ...], first: Callable[[], None] | None
) -> list[dict[str, Any]]:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    django.setup()
    from jianheng.config import cast, declarations, likeness, registers, roles
    from jianheng.services.hosts import api as hosts
    from jianheng.services.procedures import api as procedures

    call_command("collectstatic", verbosity=0, interactive=False)
    declarations.must_be_sound()
    with one_machine_at_a_time():
        if roles.owns_the_tables():
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            if application:
                roles.grant(application)
        else:
            roles.must_be_prepared()
        if first is not None:
            first()
        likeness.must_be_alike()
        if parts:
            hosts.report(likeness.name(), parts=parts, told=likeness.told(), now=timezone.now())
        registers.load_courts()
        registers.load_institutions(timezone.now())
        procedures.recount_if_changed()
        accounts = cast.make(home / "demo" / "accounts.json", keys=True) if settings.DEMO else []
        if settings.DEMO:
            neighbours.make_beacon(home)
    connections.close_all()
    return accounts


@contextmanager
def one_machine_at_a_time() -> Iterator[None]:
    """Machines that start together prepare the database one after the other."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [_PREPARING])
        try:
            yield
        finally:
            cursor.execute("select pg_advisory_unlock(%s)", [_PREPARING])


def _prepare(given: argparse.Namespace) -> int:
    from jianheng.config.postgres import Server

    home = _environment(8000, demo=False)
    if not os.environ.get("JIANHENG_DSN"):
        _address(Server(home / "postgres"))
    prepared(home)
    print("数据库和名册已就绪。")
    return 0


def _check(given: argparse.Namespace) -> int:
    import django

    _environment(8000, demo=False)
    django.setup()
    from jianheng.config import declarations

    declarations.must_be_sound()
    print("程序声明没有问题。")
    return 0


SHOWN = ("judge", "tech", "intake-a", "head-a", "appraiser1-a", "reviewer-a", "archivist-a", "leader", "regulator")


def _greet(where: str, accounts: list[dict[str, Any]], home: Path) -> None:
    print(f"\n鉴衡已启动：{where}    （按 Ctrl-C 停止）\n", flush=True)
    by_login = {account["login"]: account for account in accounts}
    for login in SHOWN:
        if account := by_login.get(login):
            secrets = f"{account['password']:<18}{account.get('phrase', '')}"
            print(f"  {account['organisation']:<12}\t{account['name']:<8}\t{login:<14}{secrets}")
    if accounts:
        print("\n  各行依次为单位、姓名、登录名、登录口令、签名口令。", flush=True)
        print(f"  全部演示账号：{home / 'demo' / 'accounts.json'}", flush=True)
