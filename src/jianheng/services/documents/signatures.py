"""Who signs a paper, decided before its number is taken: required hands and seals, and the place of each.

Pure. Somebody who acts but has no place on a form does not sign it (a letter under a court's seal bears no
clerk's name); somebody without a certificate, such as a party, is printed and does not sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jianheng.kernel.errors import Reason
from jianheng.services.documents.errors import SignatureMissingError
from jianheng.services.documents.form import Form
from jianheng.services.documents.shapes.parts import Shape
from jianheng.services.documents.terms import APPRAISER, PARTY, REVIEWER, Seal

_NAMED_IN = {APPRAISER: "appraisers", REVIEWER: "reviewers"}
_IN_WORDS = {APPRAISER: "司法鉴定人", REVIEWER: "复核人"}


@dataclass(frozen=True, slots=True)
class Hand:
    """A person who signs: the key of the place, the role, the name, the person (``None``: printed only)."""

    key: str
    role: str
    name: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class BodySeal:
    """A body that seals: ``organisation_id`` is ``None`` for the issuer itself."""

    key: str
    organisation_id: int | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody whose hand or seal a paper bears, in the order they sign: persons first, seals over them."""

    hands: tuple[Hand, ...]
    seals: tuple[BodySeal, ...]

    def as_json(self) -> dict[str, Any]:
        """For keeping with the paper's frozen content."""
        return {"hands": [asdict(hand) for hand in self.hands], "seals": [asdict(seal) for seal in self.seals]}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> Plan:
        """The plan as it was kept."""
        return cls(tuple(Hand(**row) for row in kept["hands"]), tuple(BodySeal(**row) for row in kept["seals"]))


def plan(form: Form, content: Shape, *, signers: Iterable[Mapping[str, Any]]) -> Plan:
    """Place the signers on the form.

    ``signers`` are mappings of ``role`` and ``name`` with ``person_id`` (of whoever holds a certificate) or, for
    a body that seals beside the issuer, ``organisation_id``. Refuses with ``SignatureMissingError`` when somebody
    without whom the form is not issued is not among them.
    """
    free = _places(form, content)
    hands: list[Hand] = []
    seals = [BodySeal(seal, None) for seal in form.seals]
    for signer in signers:
        role, name = str(signer["role"]), str(signer["name"])
        if role in form.may_seal and signer.get("organisation_id"):
            seals.append(BodySeal(role, int(signer["organisation_id"]), name))
            continue
        place = next((one for one in free if role in one.roles and one.name in ("", name)), None)
        if place is None:
            continue
        free.remove(place)
        person = None if role == PARTY else signer.get("person_id")
        if person is not None or role == PARTY:
            hands.append(Hand(place.key, role, name, person))
    _require(form, content, hands)
    return Plan(tuple(hands), tuple(seals))


@dataclass(frozen=True, slots=True)
class _Place:
    key: str
    roles: tuple[str, ...]
    name: str = ""  # whose place it is, "" for anybody of the role


def _places(form: Form, content: Shape) -> list[_Place]:
    places = [
        _Place(f"{role}-{position}", (role,), name)
        for role in _NAMED_IN
        if role in form.signed_by
        for position, name in enumerate(_named(content, role), start=1)
    ]
    return places + [_Place(key, roles) for key, roles in form.places]


def _named(content: Shape, role: str) -> list[str]:
    """The names a paper gives its appraisers or reviewers."""
    several = getattr(content, _NAMED_IN[role], None)
    one = getattr(content, role, None)
    return [person.name for person in several or ([one] if one else [])]


def _require(form: Form, content: Shape, hands: list[Hand]) -> None:
    signed = {(hand.role, hand.name) for hand in hands}
    missing: list[Reason] = []
    for role in form.signed_by:
        if role in set(Seal):
            continue
        wanted = [name for name in _named(content, role) if (role, name) not in signed]
        if wanted and (form.everyone_signs or len(wanted) == len(_named(content, role))):
            missing.append(
                Reason(
                    code=SignatureMissingError.code,
                    text=f"《{form.title}》缺少{_IN_WORDS[role]}{'、'.join(wanted)}的签名。",
                    law=SignatureMissingError.law,
                    next_step=SignatureMissingError.next_step,
                    about="signers",
                )
            )
    if missing:
        raise SignatureMissingError(reasons=missing)
