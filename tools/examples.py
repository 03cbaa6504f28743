"""The examples of the reference, taken anew from a demonstration.

    make demo && python tools/examples.py out/demo

Receipt, paper with its receipt, key and policy come from one run, so that they fit each other. The draw file has a key of its
own, and the shortened receipt in ``docs/reference/receipts-and-exports.md`` is written by hand.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "reference" / "examples"
ACT, PAPER = "selection-001.json", "screening_form"  # short ones


def main(demo: Path) -> None:
    """Copy what is shown."""
    paper = next((demo / "documents").glob(f"*-{PAPER}.pdf"))
    for source, name in (
        (demo / "receipts" / ACT, "receipt.json"),
        (paper, "paper.pdf"),
        (demo / "receipts-of-papers" / f"{paper.stem}.json", "paper-receipt.json"),
        (demo / "log.key", "log.key"),
        (demo / "policy", "policy"),
    ):
        shutil.copyfile(source, EXAMPLES / name)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
