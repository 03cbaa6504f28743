"""What a court entrusts, and what became of it."""

from __future__ import annotations

from django.db import models

from jianheng.modules.entrustment.terms import Complexity, Origin, SelectionMode


class Entrustment(models.Model):
    """One request of one case; its course is the matter of the same id, its material the case file's."""

    matter_id = models.BigIntegerField(primary_key=True)
    region = models.CharField(max_length=6)
    court_id = models.BigIntegerField("审理法院")
    court_name = models.CharField("审理法院名称", max_length=120, help_text="提出鉴定时的名称")
    unit_id = models.BigIntegerField("司法技术部门所在法院")
    judge_id = models.BigIntegerField("承办法官")
    case_number = models.CharField("案号", max_length=80)
    cause = models.CharField("案由", max_length=100)
    origin = models.CharField("启动方式", max_length=12, choices=Origin.choices)
    category = models.CharField("鉴定类别", max_length=12)
    category_title = models.CharField(max_length=100)
    subject = models.TextField("鉴定事项")
    purpose = models.TextField("鉴定目的")
    basic_facts = models.TextField("简要案情")
    complexity = models.CharField("难易程度", max_length=10, choices=Complexity.choices)
    is_re_appraisal = models.BooleanField("重新鉴定", default=False)
    applicant = models.CharField("申请人", max_length=60)
    respondent = models.CharField("对方当事人", max_length=60)
    applied_on = models.DateField("申请日期", null=True)
    number = models.CharField("委托鉴定案号", max_length=80, default="", blank=True)
    lead = models.CharField("督办人", max_length=60, default="", blank=True)
    lead_id = models.BigIntegerField("督办人", null=True)
    assistant = models.CharField("协办人", max_length=60, default="", blank=True)
    assistant_id = models.BigIntegerField("协办人", null=True)
    staff_recusal = models.JSONField(
        "司法技术人员的回避", default=dict, help_text="被申请的人、提出的一方、事由、事实、状态"
    )
    institution_id = models.BigIntegerField("名册机构", null=True)
    institution_organisation_id = models.BigIntegerField(null=True)
    institution_name = models.CharField("鉴定机构", max_length=120, default="", blank=True)
    mode = models.CharField("选择方式", max_length=16, choices=SelectionMode.choices, default="", blank=True)
    scope = models.TextField("鉴定范围", default="", blank=True)
    term_working_days = models.PositiveSmallIntegerField("鉴定期限", null=True)
    entrusted_on = models.DateField("委托日期", null=True)
    accepted_on = models.DateField("机构受理日期", null=True)
    fee_fen = models.BigIntegerField("鉴定费", null=True)
    account = models.JSONField("收款账户", default=dict)
    paid_fen = models.BigIntegerField("已交", default=0)
    paid_on = models.DateField("交费日期", null=True)
    report_number = models.CharField("鉴定书编号", max_length=80, default="", blank=True)
    appraisers = models.JSONField("鉴定人", default=list, help_text="出具鉴定书的鉴定人：姓名、执业证号等")
    report_dated_on = models.DateField("鉴定书日期", null=True)
    overdue = models.BooleanField("超期", default=False)
    report_received_on = models.DateField("收到日期", null=True)
    returns = models.PositiveSmallIntegerField("退回补充次数", default=0, help_text="含补充鉴定")
    unusable = models.BooleanField("不得采信", default=False, help_text="鉴定人拒不出庭（证据规定 第八十一条）")
    adopted = models.BooleanField("采信", null=True)
    score = models.PositiveSmallIntegerField("评价得分", null=True)
    refund_due = models.BooleanField("应退还鉴定费", default=False)
    rejection = models.JSONField("待复核的资格审查", default=dict)
    pending_contact = models.JSONField("待生效的联系方式更正", default=dict)
    pending_extension = models.JSONField("待决延期申请", default=dict)
    waiting_recusals = models.JSONField(
        "待转交的回避申请", default=list, help_text="委托书出具以后、移交材料以前提出的"
    )

    class Meta:
        verbose_name = "委托"
        indexes = (models.Index(fields=["institution_id"], name="entrustment_by_institution"),)

    def __str__(self) -> str:
        return f"{self.case_number} {self.category_title}"


class Predecessor(models.Model):
    """前任鉴定机构: one that was entrusted and left, with what was paid to it and what it has to return. Never changed."""

    region = models.CharField(max_length=6)
    entrustment = models.ForeignKey(Entrustment, models.PROTECT, related_name="predecessors")
    institution_id = models.BigIntegerField("名册机构")
    organisation_id = models.BigIntegerField("机构")
    name = models.CharField("鉴定机构", max_length=120)
    entrusted_on = models.DateField("委托日期")
    left_on = models.DateField("退出日期")
    fee_fen = models.BigIntegerField("鉴定费", null=True)
    account = models.JSONField("收款账户", default=dict)
    paid_fen = models.BigIntegerField("已交", default=0)
    paid_on = models.DateField("交费日期", null=True)
    report_number = models.CharField("鉴定书编号", max_length=80, default="", blank=True)
    overdue = models.BooleanField("超期", default=False)
    refund_due = models.BooleanField("应退还鉴定费", default=False)

    class Meta:
        verbose_name = "前任鉴定机构"

    def __str__(self) -> str:
        return f"{self.entrustment_id} {self.name}"


class Objection(models.Model):
    """异议, with its written answer."""

    region = models.CharField(max_length=6)
    entrustment = models.ForeignKey(Entrustment, models.PROTECT, related_name="objections")
    side = models.CharField(max_length=12)
    objector = models.CharField("异议人", max_length=60)
    points = models.JSONField("异议事项")
    objected_on = models.DateField()
    answers = models.JSONField("答复", default=list)
    conclusion = models.TextField("答复意见", default="", blank=True)
    answered_on = models.DateField(null=True)

    class Meta:
        verbose_name = "异议"

    def __str__(self) -> str:
        return f"{self.entrustment_id} {self.objector}"
