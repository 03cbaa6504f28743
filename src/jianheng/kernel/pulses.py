"""A public beacon 信标: who signs, which round falls at which second, and whether a pulse proves itself.

A pulse is a round's number and one BLS signature over it (drand's scheme ``bls-unchained-g1-rfc9380``: the SHA-256 of
the round as eight bytes is hashed to G1, the public key is in G2). Given the chain, anybody can check a pulse offline
and nobody without the chain's key can make the one of a round to come; there is exactly one for each round, in exactly
one encoding. Whoever carries a pulse can therefore delay it and do nothing else.

A chain is data (:class:`Chain`); its hash covers all of it, as drand reckons it, so that naming the hash names the key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jianheng.kernel.errors import Refusal

SCHEME = "bls-unchained-g1-rfc9380"
_DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"
_GENERATOR = bytes.fromhex(  # of G2, compressed
    "93e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e"
    "024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8"
)
ORDER = 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001  # of both groups
SIGNATURE_BYTES, KEY_BYTES, LARGEST_ROUND = 48, 96, 2**53 - 1


class PulseError(Refusal):
    """这不是所指信标该轮次的脉冲，签名不成立。"""

    code = "PULSE_FALSE"
    next_step = "请核对轮次和签名是否抄录完整，向信标的公开地址重新取得后再录入。"


class ChainError(Refusal):
    """信标的说明文件不完整或者不合规。"""

    code = "BEACON_CHAIN"
    next_step = "请使用信标公布的说明（info），其杂凑值应当与公布的一致。"


@dataclass(frozen=True, slots=True)
class Chain:
    """A beacon: its name, key, first second, seconds between rounds, and what else its hash covers."""

    beacon: str
    public_key: str  # hexadecimal, as everything in a file
    genesis: int  # seconds since 1970 of round 1
    period: int
    group_hash: str

    @property
    def hash(self) -> str:
        """The chain's hash: what a draw names."""
        start = self.period.to_bytes(4, "big") + self.genesis.to_bytes(8, "big")
        body = start + bytes.fromhex(self.public_key) + bytes.fromhex(self.group_hash)
        return hashlib.sha256(body + (b"" if self.beacon == "default" else self.beacon.encode())).hexdigest()

    def time_of(self, round_: int) -> datetime:
        """When a round falls."""
        return datetime.fromtimestamp(self.genesis + (round_ - 1) * self.period, UTC)

    def first_after(self, moment: datetime) -> int:
        """The first round that falls after a moment."""
        return max(int((moment.timestamp() - self.genesis) // self.period) + 2, 1)

    def as_json(self) -> dict[str, Any]:
        """As a draw file has it."""
        return asdict(self)


QUICKNET = Chain(
    beacon="quicknet",
    public_key=(
        "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451"
        "0d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a"
    ),
    genesis=1692803367,
    period=3,
    group_hash="f477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
)


def chain_of(said: Mapping[str, Any]) -> Chain:
    """A chain from its description, drand's own ``/info`` or a draw file's; refuses one that cannot be a chain."""
    told = dict(said)
    for theirs, ours in (("genesis_time", "genesis"), ("groupHash", "group_hash")):
        if theirs in told:
            told[ours] = told[theirs]
    told["beacon"] = told.get("beacon") or (told.get("metadata") or {}).get("beaconID", "default")
    try:
        chain = Chain(**{one.name: told[one.name] for one in fields(Chain)})
        whole = 0 < chain.period < 2**31 and 0 <= chain.genesis < 2**40 and isinstance(chain.beacon, str)
        keyed = is_hex(chain.public_key, KEY_BYTES) and is_hex(chain.group_hash, 32)
    except (KeyError, TypeError, AttributeError):
        raise ChainError from None
    if not whole or not keyed or told.get("schemeID", SCHEME) != SCHEME:
        raise ChainError
    if "hash" in told and told["hash"] != chain.hash:
        raise ChainError("信标的说明与它自己的杂凑值不符。")
    return chain


def is_hex(text: Any, length: int) -> bool:
    """Whether a text is so many bytes in lower-case hexadecimal."""
    return isinstance(text, str) and re.fullmatch(f"[0-9a-f]{{{2 * length}}}", text) is not None


@dataclass(frozen=True, slots=True)
class Pulse:
    """A round of a chain, and the signature that is its chance."""

    round: int
    signature: str

    @classmethod
    def read(cls, text: str) -> Pulse:
        """A pulse as one line ("1000 b44679…") or as drand's JSON; refuses anything else."""
        words = re.findall(r"[0-9a-fA-F]+", re.sub(r'"randomness"\s*:\s*"[0-9a-f]*"', "", text))
        found = [word.lower() for word in words if len(word) == 2 * SIGNATURE_BYTES]
        rounds = [int(word) for word in words if word.isdecimal() and len(word) < 17]
        if len(found) != 1 or len(rounds) != 1:
            raise PulseError("请写成一行：轮次、空格、签名（96 位十六进制）。")
        return cls(rounds[0], found[0])

    def line(self) -> str:
        """As it is typed, printed, or put into a QR code."""
        return f"{self.round} {self.signature}"

    def randomness(self) -> str:
        """What drand calls the randomness of the round."""
        return hashlib.sha256(bytes.fromhex(self.signature)).hexdigest()


def message(round_: int) -> bytes:
    """What is signed for a round."""
    return hashlib.sha256(round_.to_bytes(8, "big")).digest()


@lru_cache(maxsize=1024)
def holds(chain: Chain, pulse: Pulse) -> bool:
    """Whether the signature is this chain's for this round."""
    import pyblst  # native; only who checks or makes a pulse loads it

    if not 0 < pulse.round <= LARGEST_ROUND or not is_hex(pulse.signature, SIGNATURE_BYTES):
        return False
    try:
        signature = pyblst.BlstP1Element.uncompress(bytes.fromhex(pulse.signature))
        key = pyblst.BlstP2Element.uncompress(bytes.fromhex(chain.public_key))
    except ValueError:
        return False
    hashed = pyblst.BlstP1Element.hash_to_group(message(pulse.round), _DOMAIN)
    generator = pyblst.BlstP2Element.uncompress(_GENERATOR)
    return bool(pyblst.final_verify(pyblst.miller_loop(signature, generator), pyblst.miller_loop(hashed, key)))


def must_hold(chain: Chain, pulse: Pulse) -> None:
    """Refuse a pulse that is not the chain's."""
    if not holds(chain, pulse):
        raise PulseError


def public_key(secret: int) -> str:
    """The public key of a beacon's secret."""
    import pyblst

    return bytes(pyblst.BlstP2Element.uncompress(_GENERATOR).scalar_mul(secret).compress()).hex()


def sign(secret: int, round_: int) -> Pulse:
    """The pulse of a round, by whoever holds the secret: the work of a beacon, never of a court."""
    import pyblst

    hashed = pyblst.BlstP1Element.hash_to_group(message(round_), _DOMAIN)
    return Pulse(round_, bytes(hashed.scalar_mul(secret).compress()).hex())
