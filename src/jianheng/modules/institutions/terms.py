"""The words of the register: how far a scope reaches, how a licence stands, what others are told.

Stored codes are upper-case and stable; the verdicts ``Coverage`` and ``LicenceState`` are never stored, they
are found anew for the day and the item asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Coverage(StrEnum):
    """Whether a licence's scope covers an item; a limit nobody could read leaves it unclear."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


class LimitKind(StrEnum):
    """How one category of a scope is limited."""

    FULL = "FULL"  # no limit
    ONLY = "ONLY"  # 仅限: nothing but the items listed
    EXCEPT = "EXCEPT"  # 除外: everything but the items listed


class StatusKind(StrEnum):
    """Why an institution or an appraiser may not practise for a while, or for good."""

    SUSPENDED = "SUSPENDED"  # 停业、停止执业, from a day to a day
    DEREGISTERED = "DEREGISTERED"  # 注销: ended without fault
    WITHDRAWN = "WITHDRAWN"  # 撤销登记: for fraud or breach


STATUS_TITLES = {
    StatusKind.SUSPENDED: "停止执业",
    StatusKind.DEREGISTERED: "注销",
    StatusKind.WITHDRAWN: "撤销登记",
}


class LicenceState(StrEnum):
    """How a licence stands on a day."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET = "not_yet"
    SUSPENDED = "suspended"
    ENDED = "ended"  # deregistered or withdrawn
    NONE = "none"  # the register knows no licence


STATE_TITLES = {
    LicenceState.VALID: "有效",
    LicenceState.EXPIRED: "已过期",
    LicenceState.NOT_YET: "尚未生效",
    LicenceState.SUSPENDED: "停业期间",
    LicenceState.ENDED: "已注销或者撤销",
    LicenceState.NONE: "没有许可证",
}


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """One category of a licence's scope with its limit.

    ``items`` are the codes the limit names, ``texts`` the parts of the limit that match no item and are kept
    as written. ``category`` is "" for an entry that names no known category at all (its ``texts`` hold it).
    ``limit_text`` is the limit as written on the licence.
    """

    category: str
    kind: LimitKind = LimitKind.FULL
    items: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    limit_text: str = ""


@dataclass(frozen=True, slots=True)
class Suspension:
    """A stretch in which practice was not allowed; both days inclusive, ``last`` None while it lasts."""

    kind: StatusKind
    first: date
    last: date | None
    category: str = ""  # "" for everything
    reason: str = ""
    basis: str = ""

    def holds(self, on: date) -> bool:
        """Whether it was in effect on a day."""
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class LicencePeriod:
    """One licence: its number ("" where the source has none), its days (both inclusive), its scope."""

    number: str
    valid_from: date
    valid_to: date | None
    scope_text: str
    lines: tuple[ScopeLine, ...]


@dataclass(frozen=True, slots=True)
class InstitutionRef:
    """An institution in one line. ``organisation_id`` is its organisation on the platform, None for none."""

    id: int
    organisation_id: int | None
    name: str
    uscc: str
    region: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class InstitutionFacts:
    """What the register says of an institution on a day, as known at an instant."""

    id: int
    organisation_id: int | None
    name: str
    name_received: str
    short_name: str
    uscc: str
    region: str
    address: str
    postcode: str
    contact: str
    phone: str
    is_demo: bool
    state: LicenceState
    licence: LicencePeriod | None
    suspensions: tuple[Suspension, ...]

    @property
    def letterhead(self) -> dict[str, str | None]:
        """The institution as a paper names it: name, licence_number, address, postcode, contact, phone."""
        return {
            "name": self.name,
            "licence_number": (self.licence.number if self.licence else "") or None,
            "address": self.address or None,
            "postcode": self.postcode or None,
            "contact": self.contact or None,
            "phone": self.phone or None,
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """Everything needed to judge whether an institution may be given an item on a day."""

    id: int
    organisation_id: int | None
    name: str
    uscc: str
    region: str
    is_demo: bool
    covers: Coverage
    limit_text: str  # the limit of the category asked for, as written; "" where there is none
    state: LicenceState
    valid_from: date | None
    valid_to: date | None
    suspensions: tuple[Suspension, ...]
    qualified_appraisers: int


@dataclass(frozen=True, slots=True)
class AppraiserRef:
    """A registered appraiser. ``person_id`` is the person on the platform, None for none."""

    id: int
    person_id: int | None
    name: str
    certificate_number: str
    title: str
    is_senior: bool
    categories: tuple[str, ...]
    institution_id: int
    is_demo: bool
