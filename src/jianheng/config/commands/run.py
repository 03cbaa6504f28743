"""``jianheng run``, ``jianheng prepare``, ``jianheng assets``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from jianheng.config.postgres import Server


def register(commands: Any) -> None:
    """Add the verbs."""
    run = commands.add_parser("run", help="启动平台：数据库、网页、后台任务 · start database, web and worker")
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
    return kept_running(given.port, demo=given.demo)


def kept_running(port: int, *, demo: bool, **programs: tuple[str, ...]) -> int:
    """Run the platform until a signal comes; ``programs`` are served and run instead of the product's own."""
    from jianheng.config.postgres import Server
    from jianheng.config.supervisor import AskedToStop, Supervisor

    home = _environment(port, demo)
    server = None if os.environ.get("JIANHENG_DSN") else Server(home / "postgres")
    supervisor = Supervisor(home, port, server, **programs)
    supervisor.listen()
    supervisor.prepare()
    try:
        if server is not None:
            server.start()
            _address(server)
        supervisor.go_on()
        accounts = prepared(home)
        supervisor.go_on()
        supervisor.launch()
        supervisor.wait_until_served()
        _greet(port, accounts, home)
        supervisor.watch()
    except AskedToStop:
        print("启动尚未完成，已收到停止信号。", flush=True)
    finally:
        print("正在停止……", flush=True)
        supervisor.stop()
    return 0


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
        yield urlsplit(application).username or ""
    finally:
        os.environ["JIANHENG_DSN"] = application


def prepared(home: Path) -> list[dict[str, Any]]:
    """Migrate, check the declarations, load registers, and the demonstration's cast where asked for."""
    with _as_owner() as application:
        return _prepared(home, application)


def _prepared(home: Path, application: str) -> list[dict[str, Any]]:
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    django.setup()
    from jianheng.config import cast, declarations, registers, roles
    from jianheng.services.procedures import api as procedures

    if roles.owns_the_tables():
        call_command("migrate", verbosity=0, interactive=False)
        if application:
            roles.grant(application)
    else:
        roles.must_be_prepared()
    call_command("collectstatic", verbosity=0, interactive=False)
    declarations.must_be_sound()
    registers.load_courts()
    registers.load_institutions(timezone.now())
    procedures.recount_terms()
    accounts = cast.make(home / "demo" / "accounts.json") if settings.DEMO else []
    connections.close_all()
    return accounts


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


def _greet(port: int, accounts: list[dict[str, Any]], home: Path) -> None:
    print(f"\n鉴衡已启动：http://127.0.0.1:{port}/    （按 Ctrl-C 停止）\n", flush=True)
    by_login = {account["login"]: account for account in accounts}
    for login in SHOWN:
        if account := by_login.get(login):
            print(f"  {account['organisation']:<12}\t{account['name']:<8}\t{login:<14}{account['password']}")
    if accounts:
        print(f"\n  全部演示账号：{home / 'demo' / 'accounts.json'}", flush=True)
