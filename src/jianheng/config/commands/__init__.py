"""The verbs of ``jianheng``: one file each, found by name.

A file offers ``register(commands)``, which adds its argparse sub-parsers and sets ``run`` on each:
a function from the parsed arguments to an exit status (0 done, 1 refused or false, 2 misused).
Heavy imports belong inside ``run``, so that ``jianheng term`` answers without starting the platform.
"""

from __future__ import annotations

import os


def set_up() -> None:
    """Make Django ready for a verb that asks the platform's database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jianheng.config.settings")
    import django

    django.setup()
