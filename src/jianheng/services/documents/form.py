"""What a form is: its name, its law, what it says, who signs it, who gets it."""

from __future__ import annotations

from dataclasses import dataclass

from jianheng.services.documents.numbering import NumberKind
from jianheng.services.documents.shapes.parts import Shape
from jianheng.services.documents.terms import Confidentiality, Issuer, Seal, Seat


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of paper.

    ``signed_by`` are the seals and roles without which it is not issued; ``may_seal`` and ``places`` (key of a
    place, roles that may sign there) may be filled as well. ``word`` stands in its number. ``verified`` is false
    where the fields come from practice and await the published text (待核).
    """

    code: str
    title: str
    shape: type[Shape]
    issuer: Issuer
    law: tuple[str, ...]
    audience: tuple[Seat, ...]
    confidentiality: Confidentiality = Confidentiality.CASE
    number: NumberKind | None = None
    word: str = ""
    signed_by: tuple[str, ...] = ()
    may_seal: tuple[Seal, ...] = ()
    places: tuple[tuple[str, tuple[str, ...]], ...] = ()
    verified: bool = True
    apart: tuple[str, ...] = ()  # members to which each signer adds lines of his own after another has signed
    everyone_signs: bool = False  # every appraiser the paper names must sign it
    lasting: bool = False  # about the case, for whoever takes a seat it was sent to, not for who sat there then

    @property
    def sealed(self) -> bool:
        """Whether it is issued under a body's seal."""
        return bool(self.seals)

    @property
    def hands(self) -> frozenset[str]:
        """The roles of persons that may sign it."""
        roles = {role for role in self.signed_by if role not in set(Seal)}
        return frozenset(roles.union(*(roles for _, roles in self.places)))

    @property
    def seals(self) -> tuple[Seal, ...]:
        """The seals it must bear."""
        return tuple(Seal(role) for role in self.signed_by if role in set(Seal))
