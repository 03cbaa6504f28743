"""How one institution was chosen."""

from __future__ import annotations

from django.db import models

from jianheng.modules.selection.models.draw import Draw


class Selection(models.Model):
    """One choosing, for one entrustment; its course is the matter of the same id."""

    matter_id = models.BigIntegerField(primary_key=True)
    region = models.CharField(max_length=6)
    root_id = models.BigIntegerField("委托事项", unique=True)
    court_id = models.BigIntegerField("审理法院", null=True)
    category = models.CharField("鉴定类别", max_length=12)
    category_title = models.CharField(max_length=100)
    case_number = models.CharField("案号", max_length=80)
    rankings = models.JSONField("双方意向", default=dict, help_text="一方 → 机构编号，按意愿先后")
    left = models.JSONField("已退出机构", default=list, help_text="机构编号、名称、原因")
    recused = models.JSONField("应当回避的机构", default=dict, help_text="机构编号 → 理由；以后的名单也不列入")
    claims = models.JSONField("待复核的回避", default=list, help_text="机构编号、名称、事由、证据")
    proposed = models.JSONField("待复核的指定或者名册外选择", default=dict, help_text="机构、方式、事由、依据、理由")
    candidates = models.JSONField("备选名单", default=list)
    exclusions = models.JSONField("排除名单", default=list)
    contributions = models.JSONField("双方和主持人的随机文字", default=dict)
    lot = models.ForeignKey(Draw, models.PROTECT, null=True, verbose_name="摇号", related_name="selections")
    mode = models.CharField("选择方式", max_length=16, default="", blank=True)
    reason = models.TextField("理由", default="", blank=True)
    chosen_id = models.BigIntegerField("选定机构", null=True)
    chosen_name = models.CharField(max_length=120, default="", blank=True)
    begun_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta:
        verbose_name = "机构选择"
        indexes = (models.Index(fields=["court_id", "case_number", "category"], name="selection_of_a_case"),)

    def __str__(self) -> str:
        return f"{self.root_id} {self.chosen_name}"
