"""The platform with its demonstration, whose fourth witness lies (``… beside_a_liar --port PORT``)."""

from __future__ import annotations

import sys

from jianheng.config.commands.run import kept_running
from jianheng.config.neighbours import WITNESS

LIAR = "jianheng.config.rehearsal.lying_witness"

if __name__ == "__main__":
    sys.exit(kept_running(int(sys.argv[2]), demo=True, witnesses=(WITNESS, WITNESS, WITNESS, LIAR)))
