"""What a court sealed: the whole case or one paper of it, on which ground, for whom, by whom, until when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jianheng.modules.entrustment.terms import OpeningGround, SealGround


class Seal(models.Model):
    """封存: proposed by a judge, in force once a leader of the court has confirmed it, until it is opened again.

    ``document_id`` or ``item_id`` says which paper; neither is the whole case.
    """

    region = models.CharField(max_length=6)
    matter_id = models.BigIntegerField("委托事项")
    court_id = models.BigIntegerField("审理法院")
    document_id = models.BigIntegerField("文书", null=True)
    item_id = models.BigIntegerField("卷宗目录项", null=True)
    ground = models.CharField("封存依据", max_length=16, choices=SealGround.choices)
    reason = models.TextField("具体事实和理由")
    evidence = models.BigIntegerField("证明材料", null=True)
    readers = ArrayField(models.BigIntegerField(), verbose_name="知悉人员")
    asked_at = models.DateTimeField("提请时间")
    asked_by = models.CharField("提请人", max_length=80)
    asked_by_id = models.BigIntegerField()
    confirmed_at = models.DateTimeField("封存时间", null=True)
    confirmed_by = models.CharField("批准人", max_length=80, default="", blank=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    overdue = models.PositiveIntegerField("封存时逾期未办", default=0)
    opening_ground = models.CharField(
        "解封依据", max_length=16, choices=OpeningGround.choices, default="", blank=True
    )
    opening_reason = models.TextField("解封的理由", default="", blank=True)
    opening_asked_at = models.DateTimeField("提请解封时间", null=True)
    opened_at = models.DateTimeField("解封时间", null=True)
    opened_by = models.CharField("批准解封人", max_length=80, default="", blank=True)
    refused_at = models.DateTimeField("不予批准时间", null=True)

    class Meta:
        verbose_name = "封存"
        indexes = (
            models.Index(fields=["matter_id"], name="seal_of_a_matter"),
            models.Index(fields=["court_id", "confirmed_at"], name="seals_of_a_court"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.ground}"

    @property
    def target(self) -> str:
        """What is sealed, as choices name it: "" for the whole case, "document:12", "item:34"."""
        if self.document_id is not None:
            return f"document:{self.document_id}"
        return f"item:{self.item_id}" if self.item_id is not None else ""
