"""Loads the registers that come with the platform: courts, institutions. Running it again changes nothing."""

from __future__ import annotations

import csv
from datetime import datetime
from pathlib import Path

from jianheng.modules.institutions import api as institutions
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people

DATA = Path(__file__).parent / "data"


@ledger.operation("registers.courts")
def load_courts(path: Path = DATA / "courts-jilin.csv") -> int:
    """Register the courts of a file (name, level, parent, code, region), a court above before those below."""
    ids: dict[str, int] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            ids[row["name"]] = people.add_organisation(
                row["name"],
                kind=people.OrganisationKind.COURT,
                region=row["region"] or "000000",
                level=row["level"],
                code=row["code"],
                parent_id=ids.get(row["parent"]),
            )
    return len(ids)


def load_institutions(now: datetime, path: Path = Path(institutions.__file__).parent / "data" / "guizhou.csv") -> int:
    """Import the institutions of a file; returns how many rows were understood."""
    report = institutions.import_institutions(institutions.read_sheet(path.read_bytes()), source=path.name, now=now)
    return sum(row.outcome != "REFUSED" for row in report.rows)
