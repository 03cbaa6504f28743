"""How one institution was chosen."""

from __future__ import annotations

from django.db import models


class Selection(models.Model):
    """One choosing, for one entrustment; its course is the matter of the same id.

    ``secret`` is the server's part of the seed. It stands in the draw file only once the draw is done; before
    that, the log holds its hash.
    """

    matter_id = models.BigIntegerField(primary_key=True)
    region = models.CharField(max_length=6)
    root_id = models.BigIntegerField("委托事项", unique=True)
    category = models.CharField("鉴定类别", max_length=12)
    category_title = models.CharField(max_length=100)
    case_number = models.CharField("案号", max_length=80)
    rankings = models.JSONField("双方意向", default=dict, help_text="一方 → 机构编号，按意愿先后")
    left = models.JSONField("已退出机构", default=list, help_text="机构编号、名称、原因")
    recused = models.JSONField("应当回避的机构", default=dict, help_text="机构编号 → 理由；以后的名单也不列入")
    candidates = models.JSONField("备选名单", default=list)
    exclusions = models.JSONField("排除名单", default=list)
    digest = models.CharField("摘要算法", max_length=8, default="sha256")
    secret = models.CharField(max_length=64, default="", blank=True)
    announced_at = models.DateTimeField(null=True)
    announcement = models.UUIDField("公布名单的日志条目", null=True)
    contributions = models.JSONField("各方随机字符", default=dict)
    draw = models.JSONField("摇号文件", default=dict)
    result = models.UUIDField("摇号结果的日志条目", null=True)
    mode = models.CharField("选择方式", max_length=16, default="", blank=True)
    reason = models.TextField("理由", default="", blank=True)
    chosen_id = models.BigIntegerField("选定机构", null=True)
    chosen_name = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        verbose_name = "机构选择"

    def __str__(self) -> str:
        return f"{self.root_id} {self.chosen_name}"
