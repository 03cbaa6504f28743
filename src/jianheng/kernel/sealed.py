"""Secrets a database keeps for the platform's own use: encrypted under a key that lies outside it.

AES-256-GCM (NIST SP 800-38D) under HKDF-SHA256 (RFC 5869) of the platform's secret, one key for each purpose. What was kept
before in the clear is read as it is.
"""

from __future__ import annotations

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MARK, NONCE_BYTES = "jh1:", 12


def is_sealed(kept: str) -> bool:
    """Whether a value is one of :func:`seal`."""
    return kept.startswith(MARK)


def seal(text: str, *, secret: str, purpose: str) -> str:
    """A text as it is kept: printable, longer by some 40 letters and a third."""
    nonce = os.urandom(NONCE_BYTES)
    return MARK + base64.b64encode(nonce + _cipher(secret, purpose).encrypt(nonce, text.encode(), None)).decode()


def unseal(kept: str, *, secret: str, purpose: str) -> str:
    """The text; "" where it was kept under another secret or purpose, or changed."""
    if not is_sealed(kept):
        return kept
    try:
        raw = base64.b64decode(kept.removeprefix(MARK), validate=True)
        return _cipher(secret, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], None).decode()
    except (InvalidTag, ValueError):
        return ""


def _cipher(secret: str, purpose: str) -> AESGCM:
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"jianheng {purpose}".encode())
    return AESGCM(derivation.derive(secret.encode()))
