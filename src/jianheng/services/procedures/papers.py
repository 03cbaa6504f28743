"""An act's documents: numbered and stored in the act's transaction, made into paper by a job after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from jianheng.services.documents import api as documents
from jianheng.services.jobs import api as jobs


def request(
    kind: str,
    *,
    region: str,
    root_id: int,
    matter_id: int,
    seq: int,
    data: Mapping[str, Any],
    issuer_id: int | None,
    signers: Iterable[Mapping[str, Any]],
    series: Mapping[str, Any],
    audience: tuple[str, ...] | None,
    now: datetime,
) -> documents.DocumentRef:
    """Ask the documents service for a numbered document and defer its making."""
    issued = documents.request(
        kind=kind,
        region=region,
        matter_id=matter_id,
        act_seq=seq,
        root_id=root_id,
        data=data,
        issuer=issuer_id,
        signers=signers,
        number_parts=series,
        audience=audience,
        now=now,
    )
    jobs.defer("documents.produce", lock=f"document:{issued.id}", document_id=issued.id)
    return issued


def asked_for(matter_id: int, seq: int) -> tuple[documents.DocumentRef, ...]:
    """The documents an act asked for when it was done."""
    return documents.of_act(matter_id, seq)
