"""An appraisal at an institution, and the records made while working."""

from __future__ import annotations

from django.db import models

from jianheng.modules.casework.terms import SupplementPhase


class Appraisal(models.Model):
    """One appraisal; its course is the matter of the same id. Lists hold plain values, first appraiser first."""

    matter_id = models.BigIntegerField(primary_key=True)
    region = models.CharField(max_length=6)
    root_id = models.BigIntegerField("委托事项")
    institution_id = models.BigIntegerField("名册机构")
    organisation_id = models.BigIntegerField("机构")
    category = models.CharField("鉴定类别", max_length=12)
    file_number = models.CharField("鉴定案件编号", max_length=80, default="", blank=True)
    entrusted_on = models.DateField("委托日期")
    received_on = models.DateField("接收材料日期", null=True)
    checks = models.JSONField("受理审查", default=dict)
    accepted_on = models.DateField("受理日期", null=True)
    appraisers = models.JSONField("鉴定人", default=list, help_text="编号、姓名、执业证号、职称、人员编号")
    promised = models.JSONField("已签承诺书", default=dict, help_text="人员编号 → 承诺书编号、日期")
    recused = models.JSONField("已回避", default=list, help_text="人员编号")
    plan = models.JSONField("鉴定方案", default=dict)
    fee_fen = models.BigIntegerField("报价", null=True)
    supplement_phase = models.CharField(max_length=12, choices=SupplementPhase.choices, default="", blank=True)
    recusals = models.JSONField("回避申请", default=list, help_text="按提出的先后；决定日期为空的待决定")
    extension = models.JSONField("待决延期", default=dict)
    started_on = models.DateField("检验开始", null=True)
    finished_on = models.DateField("检验完成", null=True)
    draft = models.JSONField("意见书草稿", default=dict)
    drafter = models.CharField(max_length=60, default="", blank=True)
    drafter_id = models.BigIntegerField("起草人", null=True)
    review = models.JSONField("复核", default=dict)
    signed = models.JSONField("已签名", default=dict, help_text="人员编号 → 不同意见")
    content = models.JSONField("所签内容", default=dict, help_text="首位鉴定人签名时的意见书内容，不含各人的不同意见")
    hands = models.JSONField(
        "签名经过", default=dict, help_text="人员编号 → 签署授权，没有个人密钥的为办理行为和时间"
    )
    opinion_number = models.CharField("意见书编号", max_length=80, default="", blank=True)
    opinion_kind = models.CharField(max_length=24, default="", blank=True)
    issued_on = models.DateField("出具日期", null=True)

    class Meta:
        verbose_name = "鉴定案件"
        indexes = (models.Index(fields=["organisation_id", "-matter_id"], name="appraisal_by_institution"),)
        constraints = (models.UniqueConstraint(fields=["root_id", "matter_id"], name="appraisal_once"),)

    def __str__(self) -> str:
        return f"{self.file_number or self.matter_id}"


class Record(models.Model):
    """实时记录: what was done and found, signed when it was done. Never changed."""

    region = models.CharField(max_length=6)
    appraisal = models.ForeignKey(Appraisal, models.PROTECT, related_name="records")
    person_id = models.BigIntegerField("记录人")
    name = models.CharField(max_length=60)
    at = models.DateTimeField("时间")
    place = models.CharField("地点", max_length=120)
    method = models.CharField("方法和过程", max_length=500)
    result = models.TextField("检验结果")
    instrument = models.CharField("仪器设备使用情况", max_length=300, default="", blank=True)
    present = models.CharField("在场人员", max_length=300, default="", blank=True)

    class Meta:
        verbose_name = "鉴定记录"

    def __str__(self) -> str:
        return f"{self.appraisal_id} {self.at:%Y-%m-%d %H:%M}"
