"""Words of an appraisal at an institution."""

from __future__ import annotations

from django.db import models


class SupplementPhase(models.TextChoices):
    """In which phase material was asked for: that phase's clock stops."""

    ACCEPTANCE = "ACCEPTANCE", "受理审查中"
    EXAMINATION = "EXAMINATION", "鉴定中"


CASE_FILE = "鉴定档案"
INSIDE = ("institution",)
WITH_COURT = ("institution", "court", "unit")

# The law's grounds of refusal, as the paper prints them; what a province adds is printed as "other".
REFUSAL_ON_PAPER = {
    "R1": "OUT_OF_SCOPE",
    "R2": "MATERIAL",
    "R3": "PURPOSE",
    "R4": "REQUEST",
    "R5": "ABILITY",
    "R6": "DUPLICATE",
}
CORRECTION_ON_PAPER = {"C1": "IMAGE", "C2": "SIGNATURE", "C3": "WORDING"}
