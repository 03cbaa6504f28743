"""A mandate 签署授权: what a person's own key signs at the person's own act, so that a paper may bear the person's hand.

It says who, in which matter, at which act, in which quality, for which kind of paper and for which content. Content is
meant by its digest: the frozen members of the paper, without those listed in ``apart``, to which every signer adds lines
of his own (the dissents of an opinion); of these the mandate covers the signer's own.

Pure: keys come from outside (Ed25519, RFC 8032), and whose key it is, and since when, is told by the log.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jianheng.kernel import canonical

FORMAT = "jianheng-mandate/1"
WHOSE = "appraiser"  # the member of a line apart that names whose line it is


@dataclass(frozen=True, slots=True)
class Mandate:
    """What is signed. ``key`` is the public key, ``content`` and the values of ``apart`` are SHA-256, all hexadecimal;
    ``number`` is "" where the paper had none when it was signed."""

    person: int
    key: str
    matter: int
    seq: int
    act: str
    name: str
    role: str
    kind: str
    number: str
    content: str
    apart: Mapping[str, str]
    at: str

    def message(self) -> bytes:
        """The bytes that are signed: the name of this format, a line feed, the canonical members."""
        return f"{FORMAT}\n".encode() + canonical.encode(asdict(self))


@dataclass(frozen=True, slots=True)
class SignedMandate:
    """A mandate with its signature, hexadecimal."""

    mandate: Mandate
    signature: str

    def as_json(self) -> dict[str, Any]:
        """As it is kept with the paper."""
        return {"mandate": asdict(self.mandate), "signature": self.signature}

    @classmethod
    def of_json(cls, kept: Mapping[str, Any]) -> SignedMandate:
        """As it was kept."""
        return cls(Mandate(**kept["mandate"]), str(kept["signature"]))

    def digest(self) -> bytes:
        """SHA-256 over message and signature: what a one-shot certificate names."""
        return hashlib.sha256(self.mandate.message() + bytes.fromhex(self.signature)).digest()

    def is_signed(self) -> bool:
        """Whether the signature is that of the key the mandate names."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.mandate.key))
            key.verify(bytes.fromhex(self.signature), self.mandate.message())
        except (InvalidSignature, ValueError):
            return False
        return True

    def fits(self, content: Mapping[str, Any], *, person: int, matter: int, kind: str, number: str) -> bool:
        """Whether this is for that paper: person, matter, kind, number where one was known, every word of the content."""
        said = self.mandate
        return (
            (said.person, said.matter, said.kind) == (person, matter, kind)
            and said.number in ("", number)
            and said.content == content_digest(content, tuple(said.apart))
            and all(digest == own_digest(content, name, said.name) for name, digest in said.apart.items())
        )


def content_digest(content: Mapping[str, Any], apart: Sequence[str] = ()) -> str:
    """SHA-256 over the canonical content, without the members that are apart."""
    kept = {name: value for name, value in content.items() if name not in apart}
    return hashlib.sha256(canonical.encode(kept)).hexdigest()


def own_digest(content: Mapping[str, Any], member: str, name: str) -> str:
    """SHA-256 over the lines of a member apart that are this signer's."""
    own = [line for line in content.get(member) or [] if line.get(WHOSE) == name]
    return hashlib.sha256(canonical.encode(own)).hexdigest()


def made(
    content: Mapping[str, Any],
    *,
    sign: Callable[[bytes], bytes],
    person: int,
    key: str,
    matter: int,
    seq: int,
    act: str,
    name: str,
    role: str,
    kind: str,
    number: str,
    apart: Sequence[str],
    at: datetime,
) -> SignedMandate:
    """The mandate for a paper of this content, signed."""
    said = Mandate(
        person=person,
        key=key,
        matter=matter,
        seq=seq,
        act=act,
        name=name,
        role=role,
        kind=kind,
        number=number,
        content=content_digest(content, apart),
        apart={member: own_digest(content, member, name) for member in apart},
        at=canonical.instant(at),
    )
    return SignedMandate(said, sign(said.message()).hex())
