"""An act's documents: numbered and stored in the act's transaction, made into paper by a job after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from jianheng.services.documents import api as documents
from jianheng.services.jobs import api as jobs


def decide(
    kind: str,
    *,
    region: str,
    root_id: int,
    deed: documents.Deed,
    data: Mapping[str, Any],
    issuer_id: int | None,
    signers: Iterable[Mapping[str, Any]],
    series: Mapping[str, Any],
    audience: tuple[str, ...] | None,
    now: datetime,
) -> documents.Paper:
    """Have a document of an act numbered."""
    return documents.decide(
        kind=kind,
        region=region,
        matter_id=deed.matter_id,
        deed=deed,
        root_id=root_id,
        data=data,
        issuer=issuer_id,
        signers=signers,
        number_parts=series,
        audience=audience,
        now=now,
    )


def write(decided: Sequence[documents.Paper]) -> tuple[documents.DocumentRef, ...]:
    """Store what an act had numbered and defer its making."""
    issued = documents.write(decided)
    for document in issued:
        jobs.defer("documents.produce", lock=f"document:{document.id}", document_id=document.id)
    return issued


def asked_for(matter_id: int, seq: int) -> tuple[documents.DocumentRef, ...]:
    """The documents an act asked for when it was done."""
    return documents.of_act(matter_id, seq)
