"""What is to be erased of a case, or was: on which ground, by whom, when."""

from __future__ import annotations

from django.db import models

from jianheng.modules.entrustment.terms import ErasingGround


class Erasure(models.Model):
    """销毁: proposed by a judge, approved by a leader of the court, carried out by the platform after a time to object."""

    region = models.CharField(max_length=6)
    matter_id = models.BigIntegerField("委托事项")
    court_id = models.BigIntegerField("审理法院")
    ground = models.CharField("销毁依据", max_length=16, choices=ErasingGround.choices)
    reason = models.TextField("具体事实和理由")
    evidence = models.CharField("证明材料的摘要值", max_length=64, default="", blank=True)
    kept_until = models.DateField("保管期限届满日")
    asked_at = models.DateTimeField("提请时间")
    asked_by = models.CharField("提请人", max_length=80)
    asked_seq = models.PositiveIntegerField()
    approved_at = models.DateTimeField("批准时间", null=True)
    approved_by = models.CharField("批准人", max_length=80, default="", blank=True)
    approved_seq = models.PositiveIntegerField(null=True)
    stopped_at = models.DateTimeField("停止时间", null=True)
    carried_at = models.DateTimeField("销毁时间", null=True)
    acts = models.PositiveIntegerField("销毁的办理内容", default=0)
    papers = models.PositiveIntegerField("销毁的文书", default=0)
    files = models.PositiveIntegerField("销毁的文件", default=0)

    class Meta:
        verbose_name = "销毁"
        indexes = (
            models.Index(fields=["matter_id"], name="erasure_of_a_matter"),
            models.Index(fields=["court_id", "-id"], name="erasures_of_a_court"),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.ground}"
