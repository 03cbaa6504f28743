"""Tables of the register."""

from jianheng.modules.institutions.models.act import RegisterAct
from jianheng.modules.institutions.models.appraiser import Appraiser, PracticeRegistration
from jianheng.modules.institutions.models.institution import Institution, Registration
from jianheng.modules.institutions.models.licence import Licence, PracticeStatus, ScopeItem
from jianheng.modules.institutions.models.recorded import Recorded

__all__ = [
    "Appraiser",
    "Institution",
    "Licence",
    "PracticeRegistration",
    "PracticeStatus",
    "Recorded",
    "RegisterAct",
    "Registration",
    "ScopeItem",
]
