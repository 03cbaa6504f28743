"""Tables of what was counted. Nothing is changed by hand: :func:`counting.take` empties and fills them."""

from __future__ import annotations

from django.db import models


class Held(models.Model):
    """What one body, in one role, holds and held at one node, in a region ("22", "2201", …). No body: a side of a case."""

    region = models.CharField(max_length=6, blank=True)
    procedure = models.CharField("程序", max_length=40)
    node = models.CharField("环节", max_length=40)
    organisation_id = models.BigIntegerField("单位", null=True)
    role = models.CharField("岗位", max_length=20)
    clock = models.CharField("期限", max_length=40, default="", blank=True)
    open = models.PositiveIntegerField("在办")
    overdue = models.PositiveIntegerField("逾期在办")
    oldest_on = models.DateField("最早到期", null=True)
    done = models.PositiveIntegerField("已办")
    late = models.PositiveIntegerField("逾期办结")
    seconds = models.FloatField("已办用时")

    class Meta:
        verbose_name = "环节统计"
        indexes = (models.Index(fields=["region", "procedure"], name="held_by_region"),)

    def __str__(self) -> str:
        return f"{self.procedure}.{self.node} {self.organisation_id}"


class Step(models.Model):
    """How often one node followed another within a matter, and how long the first had been open. "" begins."""

    region = models.CharField(max_length=6, blank=True)
    procedure = models.CharField("程序", max_length=40)
    source = models.CharField("从", max_length=40, default="", blank=True)
    target = models.CharField("到", max_length=40)
    count = models.PositiveIntegerField("次数")
    seconds = models.FloatField("用时")

    class Meta:
        verbose_name = "先后统计"
        indexes = (models.Index(fields=["region", "procedure"], name="step_by_region"),)

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class Day(models.Model):
    """How many matters of a procedure began and ended on a day."""

    region = models.CharField(max_length=6, blank=True)
    procedure = models.CharField("程序", max_length=40)
    on = models.DateField("日期")
    opened = models.PositiveIntegerField("开始")
    closed = models.PositiveIntegerField("结束")

    class Meta:
        verbose_name = "每日统计"
        indexes = (models.Index(fields=["region", "procedure"], name="day_by_region"),)

    def __str__(self) -> str:
        return f"{self.procedure} {self.on}"


class End(models.Model):
    """How many matters of a procedure came to an end, and how long they took from beginning to end."""

    region = models.CharField(max_length=6, blank=True)
    procedure = models.CharField("程序", max_length=40)
    end = models.CharField("结束方式", max_length=40)
    count = models.PositiveIntegerField("件数")
    seconds = models.FloatField("用时")

    class Meta:
        verbose_name = "结束统计"
        indexes = (models.Index(fields=["region", "procedure"], name="end_by_region"),)

    def __str__(self) -> str:
        return f"{self.procedure} {self.end}"


class Taking(models.Model):
    """When the counts were taken; one row."""

    at = models.DateTimeField("统计时间")

    class Meta:
        verbose_name = "统计"

    def __str__(self) -> str:
        return f"{self.at}"
