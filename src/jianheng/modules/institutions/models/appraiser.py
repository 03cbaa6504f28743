"""Appraisers and their practice registrations."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jianheng.modules.institutions.models.institution import Institution
from jianheng.modules.institutions.models.recorded import Recorded, one_at_a_time


class Appraiser(models.Model):
    """司法鉴定人: the person as registered. ``person_id`` is the person on the platform, empty for none."""

    certificate_number = models.CharField("执业证号", max_length=12, unique=True)
    person_id = models.BigIntegerField("平台人员", null=True, blank=True, unique=True)
    is_demo = models.BooleanField("示例", default=False)

    class Meta:
        verbose_name = "司法鉴定人"

    def __str__(self) -> str:
        return self.certificate_number


class PracticeRegistration(Recorded):
    """执业登记: at one institution at a time, in the categories listed, for the days of the certificate.

    Law: 司法鉴定人登记管理办法 第十四条 (one institution only).
    """

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="practices")
    appraiser = models.ForeignKey(Appraiser, models.PROTECT, related_name="practices")
    name = models.CharField("姓名", max_length=60)
    sort_key = models.CharField("拼音", max_length=255)
    title = models.CharField("职称", max_length=60, default="", blank=True)
    is_senior = models.BooleanField("高级职称", default=False)
    categories = ArrayField(models.CharField(max_length=12), verbose_name="执业类别")

    class Meta(Recorded.Meta):
        verbose_name = "执业登记"
        indexes = (models.Index(fields=["institution", "sort_key"], name="practice_by_institution"),)
        constraints = (
            *Recorded.Meta.constraints,
            one_at_a_time("institutions_practice_one", by="appraiser"),
        )

    def __str__(self) -> str:
        return self.name
