"""The acts of an entrustment, one verb a function; importing this package declares them all."""

from jianheng.modules.entrustment.actions import beginning, fees, material, objections, report, work

__all__ = ["beginning", "fees", "material", "objections", "report", "work"]
