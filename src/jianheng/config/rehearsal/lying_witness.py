"""A witness that lies, for the demonstration: whatever it is shown, it signs another root."""

from __future__ import annotations

import base64
import hashlib
import sys

from jianheng import witness


class LyingWitness(witness.Witness):
    """Signs well, and something else."""

    def _signature(self, text: str, now: int) -> str:
        origin, size, root, *rest = text.split("\n")
        other = base64.b64encode(hashlib.sha256(root.encode()).digest()).decode()
        return super()._signature("\n".join([origin, size, other, *rest]), now)


if __name__ == "__main__":
    witness.Witness = LyingWitness  # type: ignore[misc]
    sys.exit(witness.main())
