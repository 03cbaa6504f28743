"""Acts of the register: what was stated and superseded in one go, with its place in the log."""

from __future__ import annotations

from django.db import models


class RegisterAct(models.Model):
    """登记行为, never changed. ``subject`` is a credit code or a certificate number; its acts count from 1.

    ``stated`` and ``superseded`` are lists of [kind, id] of statements; ``held`` is what the subject's own row said
    then. ``commitment`` = SHA-256(salt ‖ canonical content) stands in the log.
    """

    region = models.CharField("行政区划代码", max_length=6)
    subject = models.CharField("登记对象", max_length=18)
    serial = models.PositiveIntegerField("序号")
    code = models.CharField("行为", max_length=20)
    at = models.DateTimeField("登记时间")
    source = models.CharField("来源", max_length=200, default="", blank=True)
    stated = models.JSONField("登载", default=list)
    superseded = models.JSONField("取代", default=list)
    held = models.JSONField("对应", default=dict)
    entry = models.UUIDField("日志条目", unique=True)
    salt = models.BinaryField()
    commitment = models.CharField(max_length=64)

    class Meta:
        verbose_name = "登记行为"
        constraints = (models.UniqueConstraint(fields=["subject", "serial"], name="register_act_in_order"),)

    def __str__(self) -> str:
        return f"{self.subject}/{self.serial}"
