"""Phrases and what they wrap: Argon2id (RFC 9106) makes a key of a phrase, AES-256-GCM keeps the private key under it.

A wrong phrase, another person's row and a row that was changed look the same: nothing comes out.
"""

from __future__ import annotations

import secrets
import threading
import unicodedata
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from jianheng.kernel import canonical
from jianheng.services.personalkeys.errors import PhraseUnfitError

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letter that is read as another
GROUPS, LETTERS_A_GROUP = 6, 4  # 31^24: 118 bits
SHORTEST, LONGEST, FEWEST_LETTERS = 12, 128, 6
NONCE, SALT = 12, 16
_AT_ONCE = threading.BoundedSemaphore(2)  # of this process: each takes 64 MiB


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess costs: memory in KiB, passes over it, lanes."""

    memory: int
    passes: int
    lanes: int


STRONG = Cost(64 * 1024, 3, 4)  # RFC 9106 section 4, the second recommended choice
OF_A_PUBLIC_PHRASE = Cost(8 * 1024, 1, 1)  # guarding what everybody may know would only take time


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A private key as it is kept, hexadecimal."""

    sealed: str
    salt: str
    cost: Cost


def new_phrase() -> str:
    """A phrase made by the platform, to be shown once: six groups of four letters."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(LETTERS_A_GROUP)) for _ in range(GROUPS))


def normal(phrase: str) -> str:
    """A phrase however a keyboard wrote it (NFKC), without the spaces around it."""
    return unicodedata.normalize("NFKC", phrase).strip()


def must_be_fit(phrase: str) -> None:
    """Refuse a phrase that is short, endless, or one letter many times."""
    plain = normal(phrase)
    if not SHORTEST <= len(plain) <= LONGEST:
        raise PhraseUnfitError(f"签名口令应为{SHORTEST}至{LONGEST}个字符。", about="phrase")
    if len(set(plain)) < FEWEST_LETTERS:
        raise PhraseUnfitError("签名口令中不同的字符太少。", about="phrase")


def wrap(private: bytes, phrase: str, *, person_id: int, public: str, cost: Cost) -> Wrapped:
    """A private key under a phrase, bound to the person and the public key."""
    salt, nonce = secrets.token_bytes(SALT), secrets.token_bytes(NONCE)
    sealed = AESGCM(_derived(phrase, salt, cost)).encrypt(nonce, private, _bound(person_id, public))
    return Wrapped((nonce + sealed).hex(), salt.hex(), cost)


def unwrap(kept: Wrapped, phrase: str, *, person_id: int, public: str) -> bytes | None:
    """The private key; ``None`` where the phrase is not the one, or the row was changed."""
    try:
        sealed, salt = bytes.fromhex(kept.sealed), bytes.fromhex(kept.salt)
        key = _derived(phrase, salt, kept.cost)
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], _bound(person_id, public))
    except (InvalidTag, ValueError):
        return None


def _derived(phrase: str, salt: bytes, cost: Cost) -> bytes:
    with _AT_ONCE:
        derivation = Argon2id(salt=salt, length=32, iterations=cost.passes, lanes=cost.lanes, memory_cost=cost.memory)
        return derivation.derive(normal(phrase).encode())


def _bound(person_id: int, public: str) -> bytes:
    return b"jianheng-personal-key/1\n" + canonical.encode({"person": person_id, "key": public})
