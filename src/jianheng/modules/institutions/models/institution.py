"""Institutions and what is registered about them."""

from __future__ import annotations

from django.db import models

from jianheng.modules.institutions.models.recorded import Recorded, one_at_a_time


class Institution(models.Model):
    """鉴定机构: the body itself, which keeps its id and credit code whatever else changes.

    ``organisation_id`` is its organisation on the platform, empty until it takes part.
    """

    region = models.CharField("行政区划代码", max_length=6)
    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    organisation_id = models.BigIntegerField("平台单位", null=True, blank=True, unique=True)
    is_demo = models.BooleanField("示例", default=False)

    class Meta:
        verbose_name = "鉴定机构"
        indexes = (models.Index(fields=["region", "uscc"], name="institution_by_region"),)

    def __str__(self) -> str:
        return self.uscc


class Registration(Recorded):
    """登记事项 of an institution: its name and where it is found. The row received stands beside it."""

    region = models.CharField("行政区划代码", max_length=6)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="registrations")
    name = models.CharField("机构名称", max_length=120)
    name_received = models.TextField("机构名称（原文）")
    short_name = models.CharField("机构简称", max_length=60, default="", blank=True, help_text="用于文书编号")
    sort_key = models.CharField("拼音", max_length=255)
    address = models.CharField("地址", max_length=200, default="", blank=True)
    postcode = models.CharField("邮政编码", max_length=6, default="", blank=True)
    contact = models.CharField("联系人", max_length=60, default="", blank=True)
    phone = models.CharField("联系电话", max_length=60, default="", blank=True)
    source_row = models.JSONField("原始数据行", default=dict)

    class Meta(Recorded.Meta):
        verbose_name = "机构登记事项"
        indexes = (models.Index(fields=["region", "sort_key"], name="registration_by_region"),)
        constraints = (
            *Recorded.Meta.constraints,
            one_at_a_time("institutions_registration_one", by="institution"),
        )

    def __str__(self) -> str:
        return self.name
