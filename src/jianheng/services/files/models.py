"""Tables of files: stored contents by hash, uploads waiting to be used, and the case file's catalogue."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from jianheng.services.files.terms import Examination, Level


class StoredFile(models.Model):
    """A content, once, whatever it is called."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField()
    content_type = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField("销毁时间", null=True)

    class Meta:
        verbose_name = "文件内容"
        indexes = (
            models.Index(fields=["erased_at"], name="file_erased", condition=models.Q(erased_at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.sha256


class Upload(models.Model):
    """A content somebody brought; only who brought it may put it into a case file."""

    scope = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT)
    name = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "待用文件"
        constraints = (models.UniqueConstraint(fields=["scope", "file"], name="upload_once"),)

    def __str__(self) -> str:
        return f"{self.scope} {self.name}"


class CaseItem(models.Model):
    """An entry of a case file: volume › section › title. A physical thing has no content, only its description."""

    region = models.CharField(max_length=6)
    root_id = models.BigIntegerField("所属委托事项")
    matter_id = models.BigIntegerField("形成于事项")
    volume = models.CharField("卷", max_length=40)
    section = models.CharField("类", max_length=60)
    title = models.CharField("名称", max_length=200)
    quantity = models.CharField("数量", max_length=40, default="", blank=True)
    properties = models.CharField("性状", max_length=200, default="", blank=True)
    source = models.CharField("来源", max_length=120)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True)
    name = models.CharField("文件名", max_length=200, default="", blank=True)
    level = models.PositiveSmallIntegerField("保密级别", choices=Level.choices, default=Level.OPEN)
    audience = ArrayField(models.CharField(max_length=20), verbose_name="可见席位")
    restricted_to = ArrayField(models.TextField(), verbose_name="封存后的知悉范围", null=True)  # of those: keys
    examination = models.CharField("质证状态", max_length=12, choices=Examination.choices)
    examination_note = models.CharField("质证意见", max_length=500, default="", blank=True)
    handed_over_at = models.DateTimeField("移交时间", null=True)
    added_at = models.DateTimeField("入卷时间")
    added_by = models.CharField("入卷人", max_length=80)

    class Meta:
        verbose_name = "卷宗目录项"
        indexes = (models.Index(fields=["root_id", "volume", "section", "id"], name="case_file_order"),)

    def __str__(self) -> str:
        return f"{self.volume}/{self.section}/{self.title}"
