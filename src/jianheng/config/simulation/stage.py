"""A database of its own for every run: a private server, prepared once, copied for each run that must start equal."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jianheng.config.postgres import Server

ROSTER = "jianheng"  # the server's database, which holds the prepared province


class Stage:
    """A platform's home, prepared without anybody's data; ``copy`` gives a run a copy of it and takes it away."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.server = Server(self.home / "postgres", durable=False)  # what a crash loses is made again

    def __enter__(self) -> Stage:
        self.home.mkdir(parents=True, exist_ok=True)
        self.server.start()
        os.environ |= {
            "JIANHENG_HOME": str(self.home),
            "JIANHENG_DSN": self.server.dsn,
            "JIANHENG_DEMO": "",
            "JIANHENG_BEACON_CHAIN": str(self.home / "keys" / "beacon" / "chain.json"),
            "DJANGO_SETTINGS_MODULE": "jianheng.config.settings",
        }
        from jianheng.config.commands.run import prepared

        prepared(self.home)
        return self

    def __exit__(self, *_: object) -> None:
        from django.db import connections

        connections.close_all()
        self.server.stop()

    @contextmanager
    def copy(self, name: str) -> Iterator[None]:
        """Work in a copy of the prepared database; the copy is dropped afterwards."""
        import psycopg
        from django.db import connection
        from psycopg import sql

        where = f"host={self.server.socket_directory} user=jianheng dbname=postgres"
        connection.close()
        with psycopg.connect(where, autocommit=True) as owner:
            owner.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(ROSTER))
            )
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = ROSTER
            with psycopg.connect(where, autocommit=True) as owner:
                owner.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
