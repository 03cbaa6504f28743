"""Tables of the core: matter, work item, term and what terms were counted with, act.

They are read through Django and written by the database functions of ``migrations/0006``: one locks a
matter and tells its state, one writes everything an act does. Acts are protected by trigger.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q


class Matter(models.Model):
    """事项: one running procedure. ``seats`` says who takes part, ``viewer_ids`` which organisations may see it.

    ``restricted_to`` are the keys of those who may see a sealed case, of whoever else might; ``None`` while it is not sealed.
    Beside the seats, under ``since``, stands when those were taken that were taken while the matter ran.
    """

    region = models.CharField("行政区划代码", max_length=6)
    procedure = models.CharField("程序", max_length=40)
    version = models.PositiveSmallIntegerField("程序版本")
    root_id = models.BigIntegerField("所属委托事项", null=True)
    parent_id = models.BigIntegerField("移交自", null=True)
    reference = models.CharField("案号或编号", max_length=80, default="", blank=True)
    title = models.CharField("名称", max_length=200, default="", blank=True)
    seats = models.JSONField("席位", default=dict, help_text="席位 → 单位编号或 side")
    viewer_ids = ArrayField(models.BigIntegerField(), default=list)
    restricted_to = ArrayField(models.TextField(), verbose_name="封存后的知悉范围", null=True)
    opened_at = models.DateTimeField("开始时间")
    closed_at = models.DateTimeField("结束时间", null=True)
    end = models.CharField("结束方式", max_length=40, default="", blank=True)
    acts = models.PositiveIntegerField("已办行为数", default=0)
    last_act_at = models.DateTimeField("最近办理时间")
    words = SearchVectorField(
        null=True
    )  # "=张某甲" a whole name; a trigger adds "@12", an organisation that may see it

    class Meta:
        verbose_name = "事项"
        indexes = (
            models.Index(fields=["root_id"], name="matter_family"),
            GinIndex(fields=["words"], name="matter_words"),
            GinIndex(fields=["viewer_ids"], name="matter_restricted", condition=Q(restricted_to__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class WholeName(models.Model):
    """One line of the index of whole names: a key for (organisation, name), in the order of matters; kept by a trigger.

    It only says where to look: who may see a matter and what it is called stand among the words of the matter.
    """

    pk = models.CompositePrimaryKey("key", "matter_id")
    key = models.BigIntegerField()
    matter_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.key} {self.matter_id}"


class WorkItem(models.Model):
    """待办: an open node of a matter, owed by exactly one holder."""

    region = models.CharField(max_length=6)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="items", db_index=False)  # item_by_matter is one
    node = models.CharField("环节", max_length=40)
    holder = models.CharField("办理人", max_length=60)
    opened_at = models.DateTimeField()
    opened_seq = models.PositiveIntegerField()
    clock = models.CharField("期限", max_length=40, default="", blank=True)
    due_on = models.DateField("到期日", null=True)
    sort_on = models.DateField("排序日", default="9999-12-31")
    closed_at = models.DateTimeField(null=True)
    closed_seq = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = "待办"
        constraints = (
            models.UniqueConstraint(fields=["matter", "node"], name="item_open_once", condition=Q(closed_at=None)),
            models.CheckConstraint(
                name="item_closed_after_opened", condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at"))
            ),
        )
        indexes = (
            models.Index(
                fields=["holder", "sort_on", "id"],
                name="item_work_list",
                condition=Q(closed_at=None),
                include=["node", "due_on"],  # lists are counted without looking at the rows
            ),
            models.Index(fields=["matter", "id"], name="item_by_matter"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.node}"


class Term(models.Model):
    """期限: a clock of a matter. ``due_on`` is computed by the kernel and stored only as an index."""

    region = models.CharField(max_length=6)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="terms")
    clock = models.CharField("期限", max_length=40)
    start_on = models.DateField("起算日")
    length = models.PositiveIntegerField("长度")
    unit = models.CharField("单位", max_length=5)
    basis = models.CharField("依据", max_length=200)
    verified = models.BooleanField("依据已核", default=True)
    pauses = models.JSONField("扣除", default=list)
    extensions = models.JSONField("延长", default=list)
    due_on = models.DateField("到期日", null=True)
    sort_on = models.DateField("排序日")
    lapse = models.CharField("逾期后果", max_length=40, default="", blank=True)
    started_seq = models.PositiveIntegerField()
    stopped_at = models.DateTimeField("终止计算", null=True)

    class Meta:
        verbose_name = "期限"
        constraints = (
            models.UniqueConstraint(fields=["matter", "clock"], name="term_live_once", condition=Q(stopped_at=None)),
        )
        indexes = (
            models.Index(fields=["due_on"], name="term_to_lapse", condition=Q(stopped_at=None) & ~Q(lapse="")),
            models.Index(fields=["id"], name="term_without_day", condition=Q(stopped_at=None, due_on=None)),
        )

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.clock}"


class Counting(models.Model):
    """What all running terms were counted with when the platform last counted them at a start; one row."""

    digest = models.CharField("依据摘要", max_length=64, default="", blank=True, help_text="空为须重新推算")

    class Meta:
        verbose_name = "期限推算"

    def __str__(self) -> str:
        return self.digest


class ActRecord(models.Model):
    """办理行为, never changed. ``commitment`` = SHA-256(salt ‖ canonical row) stands in the log.

    Lawful erasing takes ``given``, ``name`` and ``salt`` together.
    """

    region = models.CharField(max_length=6)
    matter = models.ForeignKey(Matter, models.PROTECT, related_name="record", db_index=False)  # act_in_order is one
    seq = models.PositiveIntegerField("序号")
    code = models.CharField("行为", max_length=40)
    outcome = models.CharField("结果", max_length=40)
    holder = models.CharField("办理身份", max_length=60)
    person_id = models.BigIntegerField("办理人", null=True)
    organisation_id = models.BigIntegerField("办理单位", null=True)
    name = models.CharField("办理人姓名", max_length=80)
    at = models.DateTimeField("办理时间")
    given = models.JSONField("办理内容")
    key_scope = models.CharField(max_length=60, default="", blank=True)
    key = models.CharField("幂等键", max_length=80, default="", blank=True)
    entry = models.UUIDField("日志条目")
    salt = models.BinaryField(null=True)
    commitment = models.CharField(max_length=64)

    class Meta:
        verbose_name = "办理行为"
        constraints = (
            models.UniqueConstraint(fields=["matter", "seq"], name="act_in_order"),
            models.UniqueConstraint(fields=["key_scope", "key"], name="act_once_per_key", condition=~Q(key="")),
        )

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.seq} {self.code}"
