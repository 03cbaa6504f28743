"""The pulses that are here, and the rounds somebody waits for."""

from __future__ import annotations

from django.db import models


class Pulse(models.Model):
    """One pulse; it was proved before it was kept, and is proved again whenever it is used."""

    chain = models.CharField("信标", max_length=64)
    round = models.BigIntegerField("轮次")
    signature = models.CharField("签名", max_length=96)
    came_by = models.CharField("来路", max_length=60)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "信标脉冲"
        constraints = (models.UniqueConstraint(fields=["chain", "round"], name="one_pulse_a_round"),)

    def __str__(self) -> str:
        return f"{self.chain[:8]} {self.round}"


class Wanted(models.Model):
    """A round that is waited for, from when on it can be fetched."""

    chain = models.CharField("信标", max_length=64)
    round = models.BigIntegerField("轮次")
    falls_at = models.DateTimeField("应发布时间")

    class Meta:
        verbose_name = verbose_name_plural = "等待的轮次"
        constraints = (models.UniqueConstraint(fields=["chain", "round"], name="one_wish_a_round"),)

    def __str__(self) -> str:
        return f"{self.chain[:8]} {self.round}"
