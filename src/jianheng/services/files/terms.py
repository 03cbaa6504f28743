"""Words of files: cross-examination status, confidentiality, what a file may be."""

from __future__ import annotations

from django.db import models


class Examination(models.TextChoices):
    """质证状态 of a material; only what was examined or found by the court may be handed over (CER 34)."""

    NOT_NEEDED = "NOT_NEEDED", "不组织质证"
    PENDING = "PENDING", "未质证"
    AGREED = "AGREED", "已质证，无异议"
    CONFIRMED = "CONFIRMED", "有异议，经审查予以确认"
    EXCLUDED = "EXCLUDED", "有异议，不作为鉴定材料"


HAND_OVER = (Examination.NOT_NEEDED, Examination.AGREED, Examination.CONFIRMED)


class Level(models.IntegerChoices):
    """Confidentiality, travelling with the file."""

    OPEN = 0, "一般"
    PRIVATE = 1, "涉个人隐私"
    SECRET = 2, "涉商业秘密或不公开审理"
