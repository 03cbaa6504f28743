"""Licences, their scopes, and the times practice was not allowed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from jianheng.modules.institutions.models.appraiser import Appraiser
from jianheng.modules.institutions.models.institution import Institution
from jianheng.modules.institutions.models.recorded import Recorded, one_at_a_time
from jianheng.modules.institutions.terms import STATUS_TITLES, LimitKind, StatusKind


class Licence(Recorded):
    """司法鉴定许可证: one period. ``number`` is empty where the source gives none."""

    region = models.CharField("行政区划代码", max_length=6)
    institution = models.ForeignKey(Institution, models.PROTECT, related_name="licences")
    number = models.CharField("许可证号", max_length=18, default="", blank=True)
    scope_text = models.TextField("业务范围（原文）")

    class Meta(Recorded.Meta):
        verbose_name = "许可证"
        indexes = (models.Index(fields=["institution", "-valid_from"], name="licence_by_institution"),)
        constraints = (
            *Recorded.Meta.constraints,
            one_at_a_time("institutions_licence_one", by="institution"),
        )

    def __str__(self) -> str:
        return f"{self.institution_id} {self.valid_from}"


class ScopeItem(models.Model):
    """One category of a licence's scope with its limit; written with the licence and never changed."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="scope")
    position = models.PositiveSmallIntegerField("次序")
    category = models.CharField("类别", max_length=12, default="", blank=True, help_text="空：未识别，原文见 texts")
    kind = models.CharField("限制", max_length=8, choices=[(kind.value, kind.value) for kind in LimitKind])
    items = ArrayField(models.CharField(max_length=12), verbose_name="所列项目", default=list)
    texts = ArrayField(models.TextField(), verbose_name="未识别的限制", default=list)
    limit_text = models.TextField("限制（原文）", default="", blank=True)

    class Meta:
        verbose_name = "业务范围"
        indexes = (models.Index(fields=["category", "licence"], name="scope_by_category"),)
        constraints = (
            models.UniqueConstraint(fields=["licence", "position"], name="institutions_scope_place"),
            models.CheckConstraint(
                name="institutions_scope_kind", condition=Q(kind__in=[kind.value for kind in LimitKind])
            ),
        )

    def __str__(self) -> str:
        return f"{self.category} {self.kind}"


class PracticeStatus(Recorded):
    """停业、注销、撤销: a time an institution or an appraiser may not practise, in all or in one category."""

    institution = models.ForeignKey(Institution, models.PROTECT, null=True, related_name="statuses")
    appraiser = models.ForeignKey(Appraiser, models.PROTECT, null=True, related_name="statuses")
    kind = models.CharField("种类", max_length=16, choices=[(kind.value, STATUS_TITLES[kind]) for kind in StatusKind])
    category = models.CharField("类别", max_length=12, default="", blank=True, help_text="空：全部业务")
    reason = models.TextField("原因", default="", blank=True)
    basis = models.CharField("依据", max_length=200, default="", blank=True)

    class Meta(Recorded.Meta):
        verbose_name = "执业状态"
        constraints = (
            *Recorded.Meta.constraints,
            models.CheckConstraint(
                name="institutions_status_whose",
                condition=Q(institution__isnull=True, appraiser__isnull=False)
                | Q(institution__isnull=False, appraiser__isnull=True),
            ),
            models.CheckConstraint(
                name="institutions_status_kind", condition=Q(kind__in=[kind.value for kind in StatusKind])
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_from}"
