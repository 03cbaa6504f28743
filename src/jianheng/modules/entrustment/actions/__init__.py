"""The acts of an entrustment, one verb a function; importing this package declares them all."""

from jianheng.modules.entrustment.actions import (
    applying,
    beginning,
    contacts,
    erasing,
    failing,
    fees,
    material,
    objections,
    recusal,
    report,
    sealing,
    silence,
    work,
)

__all__ = [
    "applying",
    "beginning",
    "contacts",
    "erasing",
    "failing",
    "fees",
    "material",
    "objections",
    "recusal",
    "report",
    "sealing",
    "silence",
    "work",
]
