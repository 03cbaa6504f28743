"""The draws: one order for a case and category, whichever request of it made it."""

from __future__ import annotations

from django.db import models


class Draw(models.Model):
    """One draw, from its announcement on. It belongs to a case and a category, and outlives the request that made it.

    ``file`` is the draw file without its receipts, ``entries`` the log entries of its events in their order.
    """

    draw = models.CharField("摇号编号", max_length=32, unique=True)
    region = models.CharField(max_length=6)
    court_id = models.BigIntegerField("审理法院")
    case_number = models.CharField("案号", max_length=80)
    category = models.CharField("鉴定类别", max_length=12)
    category_title = models.CharField(max_length=100)
    case_salt = models.CharField(max_length=64, help_text="同一案件、同一类别的各次摇号相同")
    matter_id = models.BigIntegerField("公布时的选择事项")
    bodies = models.JSONField("名单所列机构", default=dict, help_text="统一社会信用代码 → 机构编号、单位编号")
    file = models.JSONField("摇号文件")
    announcement = models.UUIDField("公布的日志条目", null=True)
    announced_at = models.DateTimeField("公布时间")
    falls_at = models.DateTimeField("信标轮次时间", null=True)
    due_at = models.DateTimeField("结果期限", null=True)
    result = models.UUIDField("结果的日志条目", null=True)
    concluded_at = models.DateTimeField("结果时间", null=True)
    is_void = models.BooleanField("公布未能及时封账", default=False)
    entries = models.JSONField("递补事项的日志条目", default=list)

    class Meta:
        verbose_name = "摇号"
        indexes = (
            models.Index(fields=["court_id", "case_number", "category"], name="draw_of_a_case"),
            models.Index(fields=["falls_at"], name="draw_that_waits", condition=models.Q(concluded_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.draw} {self.category_title}"


class Chosen(models.Model):
    """An institution whose turn came in a draw, or whom a court chose without one: what shares are counted from."""

    draw = models.ForeignKey(Draw, models.PROTECT, null=True, related_name="turns")
    mode = models.CharField("选择方式", max_length=16, default="BY_LOT")
    uscc = models.CharField("统一社会信用代码", max_length=18)
    name = models.CharField(max_length=120)
    region = models.CharField(max_length=6)
    category = models.CharField("鉴定类别", max_length=12)
    category_title = models.CharField(max_length=100, default="")
    on = models.DateField("轮到或者选定之日")

    class Meta:
        verbose_name = "轮到或者选定的机构"
        indexes = (models.Index(fields=["uscc", "on"], name="turns_of_an_institution"),)

    def __str__(self) -> str:
        return f"{self.name} {self.on}"
