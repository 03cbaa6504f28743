"""Notices: the inbox of the desks, and messages that left (or would leave) by SMS and e-mail."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """A line in somebody's inbox: a post's (holder key) or one person's."""

    region = models.CharField(max_length=6)
    holder = models.CharField("收件岗位", max_length=60)
    matter_id = models.BigIntegerField(null=True)
    text = models.CharField("内容", max_length=500)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    read_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        verbose_name = "通知"
        indexes = (models.Index(fields=["holder", "-id"], name="notice_inbox"),)

    def __str__(self) -> str:
        return self.text


class Message(models.Model):
    """A message to the outside. ``state`` follows the connector's answer; the stand-in keeps it here to be read."""

    channel = models.CharField("渠道", max_length=8, choices=[("SMS", "短信"), ("EMAIL", "电子邮件")])
    to = models.CharField("收件人", max_length=120)
    text = models.CharField("内容", max_length=1000, help_text="{secret} 处在发送时填入")
    secret = models.JSONField("发送时填入的内容", null=True, help_text="种类和参数；内容本身不保存")
    matter_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    answer = models.CharField("通道回执", max_length=200, default="", blank=True)

    class Meta:
        verbose_name = "外发消息"
        indexes = (models.Index(fields=["-id"], name="message_outbox"),)

    def __str__(self) -> str:
        return f"{self.channel}→{self.to}"
