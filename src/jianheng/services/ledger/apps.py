"""Django's handle on ledger."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class Config(AppConfig):
    """The append-only log: entries, tree, checkpoints, proofs, export; and what of the state it answers for."""

    name = "jianheng.services.ledger"
    label = "ledger"
    newest_change = 0  # before the migration going on

    def ready(self) -> None:
        """After every migration covered tables get their triggers. The log itself is only ever added to."""
        from jianheng.services.ledger import rights

        for table in ("entry", "leaf", "tile", "checkpoint", "witnessed", "held", "explained", "change"):
            rights.let(f"ledger_{table}")
        rights.let("ledger_shape", owners=True)
        rights.let("ledger_pending", forgotten=True)
        rights.let("ledger_cosignature", changing=("newest_line", "newest_at"))
        rights.let("ledger_witness", changing=("size", "asked_at", "answered_at", "trouble"))
        pre_migrate.connect(self._remember, sender=self)
        post_migrate.connect(self._cover, sender=self)

    def _remember(self, plan: Any = (), **_: Any) -> None:
        from django.db import connection

        from jianheng.services.ledger import covering

        tables = connection.introspection.table_names()
        self.newest_change = covering.newest_change() if "ledger_change" in tables else 0
        if plan:
            covering.upgrading(True)

    def _cover(self, **_: Any) -> None:
        from django.db import connection
        from django.utils import timezone

        from jianheng.services.ledger import covering, erasing

        covering.upgrading(False)
        tables = set(connection.introspection.table_names())
        if {"ledger_change", *covering.covers()} <= tables:  # not on the way back to an empty database
            covering.apply(now=timezone.now(), since=self.newest_change)
            erasing.install()
