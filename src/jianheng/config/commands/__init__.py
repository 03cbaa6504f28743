"""The verbs of ``jianheng``: one file each, found by name.

A file offers ``register(commands)``, which adds its argparse sub-parsers and sets ``run`` on each:
a function from the parsed arguments to an exit status (0 done, 1 refused or false, 2 misused).
Heavy imports belong inside ``run``, so that ``jianheng term`` answers without starting the platform.
"""
