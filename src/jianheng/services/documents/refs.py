"""A document as others know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from jianheng.services.documents.terms import Status

_IN_WORDS = {
    Status.REQUESTED: "制作中",
    Status.ISSUED: "已出具",
    Status.CORRECTED: "已补正",
    Status.WITHDRAWN: "已撤回",
    Status.VOID: "已作废",
}
_CHINA = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """One paper: ``sha256`` is "" until it is issued; ``superseded_by`` numbers the paper that changed it."""

    id: int
    region: str
    matter_id: int
    kind: str
    title: str
    number: str
    code: str
    status: Status
    audience: tuple[str, ...]
    requested_at: datetime
    issuer_id: int | None
    is_demo: bool
    entry: str
    issuer_name: str = ""
    sha256: str = ""
    size: int = 0
    issued_at: datetime | None = None
    superseded_by: str = ""
    status_note: str = ""
    root_id: int | None = None
    is_erased: bool = False  # lawfully: what was in it is gone
    is_restricted: bool = False  # sealed by itself, whether or not its case is

    @property
    def status_title(self) -> str:
        """The status in words."""
        return _IN_WORDS[self.status]

    @property
    def issuer(self) -> str:
        """Who gave it, in words; "" until it is made."""
        return self.issuer_name

    @property
    def note(self) -> str:
        """What became of it since, in words; "" while nothing did."""
        by = f"见{self.superseded_by}" if self.superseded_by else ""
        return "，".join(part for part in (self.status_note, by) if part)

    @property
    def requested_on(self) -> date:
        """The day the paper bears, in China."""
        return self.requested_at.astimezone(_CHINA).date()
