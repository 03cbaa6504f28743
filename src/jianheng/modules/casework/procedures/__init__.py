"""The declaration of an appraisal at an institution."""

from jianheng.modules.casework.procedures.appraisal import APPRAISAL

__all__ = ["APPRAISAL"]
