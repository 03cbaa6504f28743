"""The acts of an appraisal."""

from jianheng.modules.casework.actions import acceptance, afterwards, examination, opinion, preparation, recusal

__all__ = ["acceptance", "afterwards", "examination", "opinion", "preparation", "recusal"]
