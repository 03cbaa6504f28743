"""Tables of appraisals."""

from jianheng.modules.casework.models.appraisal import Appraisal, Record

__all__ = ["Appraisal", "Record"]
