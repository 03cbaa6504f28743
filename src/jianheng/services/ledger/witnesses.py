"""The witnesses: which the policy names, what they said of which checkpoint, and how they stand.

A policy is a file (``JIANHENG_WITNESS_POLICY``). Where there is one, nothing is final before its quorum has cosigned.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db.models import QuerySet

from jianheng.kernel.notes import MalformedNoteFault
from jianheng.kernel.policy import NONE, MalformedPolicyFault, Policy, parse
from jianheng.services.ledger import models
from jianheng.services.ledger.errors import WitnessPolicyError
from jianheng.services.ledger.terms import WitnessShown

FRESH = timedelta(hours=1)  # as the verifier has it


def policy() -> Policy | None:
    """The policy; ``None`` where nobody is named. Refuses with :class:`WitnessPolicyError` what cannot be used."""
    named = settings.JIANHENG_WITNESS_POLICY
    if not named:
        return None
    try:
        return _read(named, Path(named).stat().st_mtime_ns)
    except (OSError, UnicodeDecodeError, MalformedPolicyFault, MalformedNoteFault) as wrong:
        raise WitnessPolicyError(f"见证规则文件 {named} 不能使用：{wrong}。") from wrong


@lru_cache(maxsize=4)
def _read(path: str, _changed: int) -> Policy:
    return parse(Path(path).read_text(encoding="utf-8"))


def required() -> bool:
    """Whether anything is only final once witnesses have signed."""
    named = policy()
    return named is not None and named.quorum != NONE


def published() -> str:
    """The policy as it is published: who and how many, not where they are asked."""
    named = policy()
    if named is None:
        return ""
    lines = [f"log {log}" for log in named.logs]
    lines += [f"witness {one.name} {one.key}" for one in named.witnesses]
    lines += [f"group {name} {least} {' '.join(members)}" for name, (least, members) in named.groups.items()]
    return "\n".join([*lines, f"quorum {named.quorum}", ""])


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether an Ed25519 signature is this key's."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


# --- checkpoints and what was said of them --------------------------------------------------------------------


class Neighbours(NamedTuple):
    """The two checkpoints an entry lies between, and whether nothing more is to be waited for."""

    before: models.Checkpoint | None
    checkpoint: models.Checkpoint
    final: bool


def neighbours(index: int) -> Neighbours | None:
    """The last checkpoint without leaf ``index`` and the first with it; of cosigned ones where there are witnesses."""
    found = models.Checkpoint.objects.all()
    if not required():
        before, first = _around(found, index)
        return Neighbours(before, first, final=True) if first else None
    before, first = _around(found.filter(size__in=models.Witnessed.objects.values("size")), index)
    if before and first:
        return Neighbours(before, first, final=True)
    plain_before, plain_first = _around(found, index)
    checkpoint = first or plain_first
    return Neighbours(before or plain_before, checkpoint, final=first is not None) if checkpoint else None


def _around(
    found: QuerySet[models.Checkpoint], index: int
) -> tuple[models.Checkpoint | None, models.Checkpoint | None]:
    below = found.filter(size__lte=index).order_by("-size")[:1]
    both = sorted(below.union(found.filter(size__gt=index).order_by("size")[:1], all=True), key=lambda one: one.size)
    before = next((one for one in both if one.size <= index), None)
    return before, next((one for one in both if one.size > index), None)


def is_final(index: int) -> bool:
    """Whether a leaf is under a checkpoint that needs no more cosignatures."""
    if not required():
        return models.Checkpoint.objects.filter(size__gt=index).exists()
    return models.Witnessed.objects.filter(size__gt=index).exists()


def cosigned(*checkpoints: models.Checkpoint) -> list[str]:
    """Each checkpoint's note with what each witness said of it: first, and last where that is another time."""
    if not required():
        return [checkpoint.note for checkpoint in checkpoints]
    lines: dict[int, str] = defaultdict(str)
    sizes = [checkpoint.size for checkpoint in checkpoints]
    for said in models.Cosignature.objects.filter(size__in=sizes).order_by("witness"):
        lines[said.size] += "".join(dict.fromkeys((said.first_line, said.newest_line)))
    return [checkpoint.note + lines[checkpoint.size] for checkpoint in checkpoints]


def newest() -> models.Checkpoint | None:
    """The newest checkpoint that the quorum cosigned."""
    size = models.Witnessed.objects.order_by("-size").values_list("size", flat=True).first()
    return models.Checkpoint.objects.filter(size=size).first() if size is not None else None


# --- how they stand -------------------------------------------------------------------------------------------


def states() -> dict[str, models.WitnessState]:
    """What is known of each witness, by name."""
    return {state.name: state for state in models.WitnessState.objects.all()}


def last_word() -> datetime | None:
    """When the whole quorum had last spoken, of whatever size."""
    named = policy()
    if named is None:
        return None
    return named.last({name: state.answered_at for name, state in states().items() if state.answered_at})


def shown(now: datetime) -> tuple[WitnessShown, ...]:
    """Each witness of the policy for a reader."""
    named, known = policy(), states()
    rows = []
    for witness in named.witnesses if named else ():
        state = known.get(witness.name)
        at = state.answered_at if state else None
        rows.append(
            WitnessShown(
                name=witness.name,
                key=str(witness.key),
                size=state.size if state else 0,
                at=at,
                is_fresh=at is not None and at > now - FRESH,
                trouble=state.trouble if state else "",
            )
        )
    return tuple(rows)
