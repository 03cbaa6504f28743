"""An act's documents: numbered and stored in the act's transaction, made into paper by a job after it."""

from __future__ import annotations

from typing import Any

from jianheng.services.documents import api as documents
from jianheng.services.jobs import api as jobs
from jianheng.services.procedures.turn import Requested, Turn


def request(turn: Turn, wanted: Requested) -> Any:
    """Ask the documents service for a numbered document of this act and defer its making."""
    issued = documents.request(
        kind=wanted.kind,
        region=turn.region,
        matter_id=turn.matter_id,
        data=wanted.data,
        issuer=wanted.issuer_id,
        signers=wanted.signers,
        audience=wanted.audience,
        now=turn.now,
        number_parts=wanted.series,
        root_id=turn.root_id,
    )
    jobs.defer("documents.produce", lock=f"document:{issued.id}", document_id=issued.id)
    return issued
