"""The outbox: what happened, kept until every subscriber outside has it."""

from __future__ import annotations

from django.db import models


class OutboxEvent(models.Model):
    """One event, written in the transaction of the act that caused it. ``id`` is its order."""

    region = models.CharField(max_length=6)
    matter_id = models.BigIntegerField(null=True)
    type = models.CharField(max_length=80)
    data = models.JSONField()
    organisation_ids = models.JSONField(default=list, help_text="席位单位：只有它们的订阅会收到")
    created_at = models.DateTimeField()
    relayed_at = models.DateTimeField(null=True, help_text="已拆分为投递任务")

    class Meta:
        verbose_name = "事件"
        indexes = (models.Index(fields=["id"], name="outbox_waiting", condition=models.Q(relayed_at=None)),)

    def __str__(self) -> str:
        return f"{self.pk} {self.type}"


class Webhook(models.Model):
    """Where an organisation wants its events sent, signed with its own secret."""

    organisation_id = models.BigIntegerField()
    url = models.URLField(max_length=500)
    secret = models.CharField(max_length=200, help_text="加密保存")
    person_id = models.BigIntegerField("订阅人", null=True, help_text="在该单位任接口管理岗位的人；离岗即停止")
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "事件订阅"
        constraints = (
            models.UniqueConstraint(
                fields=["organisation_id", "url"], name="webhook_once", condition=models.Q(disabled_at=None)
            ),
        )

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event to one webhook, retried until it is accepted."""

    event = models.ForeignKey(OutboxEvent, models.PROTECT, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, models.PROTECT, related_name="deliveries")
    attempts = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        verbose_name = "事件投递"
        constraints = (models.UniqueConstraint(fields=["event", "webhook"], name="delivery_once"),)
        indexes = (models.Index(fields=["next_try_at"], name="delivery_due", condition=models.Q(delivered_at=None)),)

    def __str__(self) -> str:
        return f"{self.event_id}→{self.webhook_id}"
