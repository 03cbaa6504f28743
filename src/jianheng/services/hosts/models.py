"""One row for each machine that runs a part of the platform."""

from __future__ import annotations

from django.db import models


class Host(models.Model):
    """A machine: which parts it runs, and the fingerprints of what all machines must have alike."""

    name = models.CharField("主机", max_length=300, unique=True)
    parts = models.JSONField("运行的部分", default=list)
    told = models.JSONField("各项指纹", default=dict, help_text="名称 → 指纹，空为没有")
    seen_at = models.DateTimeField("最近报到")

    class Meta:
        verbose_name = "主机"

    def __str__(self) -> str:
        return self.name
