"""The tables of papers: series of numbers, and documents with their life.

A trigger keeps what must stay: a number, once decided, belongs to that paper for ever; an issued paper's content
and file never change; no row is deleted. What may still change afterwards (status, who may see it) is written to
the log each time.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jianheng.services.documents.terms import Status

# Plain text, as migrations keep it.
_REQUESTED, _VOID = Status.REQUESTED.value, Status.VOID.value


class DocumentSeries(models.Model):
    """A series of serials without gaps; ``last`` is the one taken last."""

    key = models.CharField("序列", max_length=300, unique=True)
    last = models.BigIntegerField("已用至", default=0)

    class Meta:
        db_table = "documents_series"
        verbose_name = verbose_name_plural = "文号序列"

    def __str__(self) -> str:
        return f"{self.key} {self.last}"


class Document(models.Model):
    """One paper, from the act that asked for it to the file that proves it."""

    region = models.CharField("行政区划代码", max_length=6)
    matter_id = models.BigIntegerField("事项")
    root_id = models.BigIntegerField("所属委托", null=True)  # the family of matters it belongs to
    act_seq = models.PositiveIntegerField("办理行为序号", null=True)  # the act of its matter that asked for it
    kind = models.CharField("种类", max_length=40)
    title = models.CharField("名称", max_length=60)
    number = models.CharField("编号", max_length=200, default="")  # "" for papers nobody numbers
    series = models.ForeignKey(DocumentSeries, models.PROTECT, null=True, verbose_name="序列")
    serial = models.BigIntegerField("序号", null=True)
    code = models.CharField("核验码", max_length=19)  # 16 characters in four groups
    status = models.CharField("状态", max_length=12, default=_REQUESTED)
    data = models.JSONField("内容")  # frozen: {"content": the shape, "signers": who signs}
    issuer_id = models.BigIntegerField("出具单位", null=True)
    issuer_name = models.CharField("出具单位名称", max_length=200, default="")
    template_version = models.CharField("模板版本", max_length=16, default="")
    audience = ArrayField(models.CharField(max_length=20), verbose_name="发送对象")
    restricted_to = ArrayField(models.TextField(), verbose_name="封存后的知悉范围", null=True)  # of those: keys
    sha256 = models.CharField("文件摘要值", max_length=64, default="")
    size = models.BigIntegerField("文件大小", null=True)
    file_key = models.CharField("文件", max_length=200, default="")
    requested_at = models.DateTimeField("编号时间")
    issued_at = models.DateTimeField("出具时间", null=True)
    superseded_by = models.CharField("补正或者撤回文书编号", max_length=200, default="")
    status_note = models.CharField("状态说明", max_length=500, default="")
    salt = models.BinaryField("盐", null=True)  # none once lawfully erased
    commitment = models.CharField("承诺值", max_length=64)  # of the row as last logged
    entry_id = models.UUIDField("日志记录", null=True)  # the newest entry that speaks of this paper
    logged_at = models.DateTimeField("最近记录时间")  # of that entry: the log sees the states of a paper in order
    attempts = models.IntegerField("制作次数", default=0)
    last_error = models.TextField("最近错误", default="")
    is_demo = models.BooleanField("演示", default=False)

    # What becomes of a paper once it is asked for; what it says, its number and its code stay.
    CHANGING = (
        *("status", "status_note", "superseded_by", "audience", "attempts", "last_error"),
        *("issuer_name", "template_version", "sha256", "size", "file_key", "issued_at", "is_demo"),
        *("salt", "commitment", "entry_id", "logged_at"),
        *("restricted_to", "data"),  # sealed; emptied by lawful erasing, which a trigger tells from anything else
    )

    class Meta:
        db_table = "documents_document"
        verbose_name = verbose_name_plural = "文书"
        constraints = (
            models.UniqueConstraint(fields=["series", "serial"], name="document_number_once"),
            models.UniqueConstraint(fields=["code"], name="document_code_once"),
            models.CheckConstraint(
                name="document_issued_has_file",
                condition=models.Q(status__in=[_REQUESTED, _VOID])
                | (models.Q(sha256__regex=r"^[0-9a-f]{64}$") & models.Q(issued_at__isnull=False)),
            ),
        )
        indexes = (
            models.Index(fields=["matter_id", "id"], name="document_by_matter"),
            models.Index(
                fields=["root_id", "id"], name="document_by_family", condition=models.Q(root_id__isnull=False)
            ),
            models.Index(fields=["number"], name="document_by_number", condition=~models.Q(number="")),
            models.Index(fields=["id"], name="document_waiting", condition=models.Q(status=_REQUESTED)),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.number}"
