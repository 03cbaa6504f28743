"""Django's handle on institutions."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class Config(AppConfig):
    """Register of appraisal institutions and appraisers."""

    name = "jianheng.modules.institutions"
    label = "institutions"

    def ready(self) -> None:
        """Let the log's export tell the acts of the register."""
        from jianheng.modules.institutions.actions import record
        from jianheng.services.ledger import api as ledger

        ledger.register_export("register", record.exported)
        # Their columns change and change back: what they said in between is in no act of the register.
        ledger.cover("institutions_institution", by=("operation", "register"), changing=("region", "organisation_id"))
        ledger.cover("institutions_appraiser", by=("operation", "register"), changing=("person_id",))
        superseded = ("superseded_at",)
        for table, changing in {
            **dict.fromkeys(("registration", "licence", "practiceregistration", "practicestatus"), superseded),
            **dict.fromkeys(("scopeitem", "registeract"), ()),
        }.items():
            reason = "名册的每次登记各有日志记录和承诺值"
            ledger.leave_outside(f"institutions_{table}", reason, changing=changing)
        post_migrate.connect(self._log_what_came_before, sender=self)

    def _log_what_came_before(self, **_: Any) -> None:
        from django.db import connection
        from django.utils import timezone

        from jianheng.modules.institutions.actions import record

        if "institutions_registeract" in connection.introspection.table_names():
            record.log_what_came_before(now=timezone.now())
