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

NATIONAL_REFUSAL = tuple(f"R{number}" for number in range(1, 8))  # 通则 第十五条; R7 is "other by law"
