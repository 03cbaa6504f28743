"""Rows that are never overwritten: what was true from when to when, and when the register said so."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q


class Recorded(models.Model):
    """A statement with two times (双时态). Only ``superseded_at`` is ever set later, once; a trigger sees to it.

    ``valid_from`` and ``valid_to`` are the days it holds in the world, both inclusive, ``valid_to`` empty for
    no end known. From ``recorded_at`` until ``superseded_at`` the register said so.
    """

    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True)
    recorded_at = models.DateTimeField("登载时间")
    superseded_at = models.DateTimeField("被取代时间", null=True, blank=True)
    source = models.CharField("来源", max_length=200, default="", blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_days",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="%(app_label)s_%(class)s_known",
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")),
            ),
        )


class DateRange(Func):
    """The days of a statement as a PostgreSQL range."""

    function = "DATERANGE"
    output_field = DateRangeField()


def one_at_a_time(name: str, *, by: str) -> ExclusionConstraint:
    """No two statements the register stands by hold on the same day for the same ``by``."""
    days = DateRange("valid_from", "valid_to", RangeBoundary(inclusive_upper=True))
    return ExclusionConstraint(
        name=name,
        expressions=[(by, RangeOperators.EQUAL), (days, RangeOperators.OVERLAPS)],
        condition=Q(superseded_at__isnull=True),
    )
