"""What the log learns of a paper: every state it was in, as hashes and a salted commitment of its whole row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jianheng.kernel import canonical
from jianheng.services.ledger import api as ledger

# The version of a paper under its number; a correction is another paper with its own number.
_VERSION = 1


def row_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Everything about a paper that must not be edited, in canonical form; made from a row or from a request."""
    issued, restricted = values.get("issued_at"), values.get("restricted_to")
    return {
        "code": values["code"],
        "kind": values["kind"],
        "title": values["title"],
        "number": values["number"] or None,
        "series": values["series"],
        "serial": values["serial"],
        "version": _VERSION,
        "status": str(values["status"]),
        "data": values["data"],
        "issuer": values["issuer_id"],
        "issuer_name": values.get("issuer_name") or "",
        "template_version": values.get("template_version") or "",
        "audience": list(values["audience"]),
        "sha256": values.get("sha256") or None,
        "size": values.get("size"),
        "requested_at": canonical.instant(values["requested_at"]),
        "issued_at": canonical.instant(issued) if issued else None,
        "superseded_by": values.get("superseded_by") or "",
        "status_note": values.get("status_note") or "",
        "is_demo": values["is_demo"],
        **({"restricted_to": list(restricted)} if restricted is not None else {}),
    }


def logged(values: Mapping[str, Any], *, now: datetime) -> tuple[bytes, ledger.Entry, str]:
    """A fresh salt, the log entry for this state of the paper, and the commitment in it."""
    salt = ledger.new_salt()
    row = row_of(values)
    commitment = ledger.commitment(salt, row)
    told = {
        "document": values["code"],
        "number": row["number"],
        "kind": row["kind"],
        "sha256": row["sha256"],
        "commitment": commitment,
    }
    entry = ledger.entry("document", region=values["region"], matter_id=values["matter_id"], data=told, now=now)
    return salt, entry, commitment
