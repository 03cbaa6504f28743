"""Tables of people: one tree of organisations per system, persons, dated posts, accounts, tokens, passes."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from jianheng.services.people.terms import Attempt, OrganisationKind, Role, Side


class Organisation(models.Model):
    """A court, institution, bureau or other body. ``line`` holds the ids of all bodies above, top first."""

    region = models.CharField("行政区划代码", max_length=6, help_text="GB/T 2260 六位代码；未知为 000000")
    kind = models.CharField("类别", max_length=12, choices=OrganisationKind.choices)
    name = models.CharField("名称", max_length=120)
    sort_key = models.CharField("拼音排序键", max_length=400, default="")
    level = models.CharField("级别", max_length=16, default="", blank=True)
    code = models.CharField("代字或代码", max_length=32, default="", blank=True, help_text="法院代字、信用代码等")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    line = ArrayField(models.BigIntegerField(), default=list, verbose_name="上级链")
    is_demo = models.BooleanField("演示单位", default=False)

    class Meta:
        verbose_name = "单位"
        constraints = (models.UniqueConstraint(fields=["kind", "name"], name="organisation_once"),)
        indexes = (
            models.Index(fields=["region", "kind", "sort_key"], name="organisation_by_region"),
            GinIndex(fields=["line"], name="organisation_line"),
        )

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """A natural person who works on the platform or takes part in a matter."""

    name = models.CharField("姓名", max_length=60)
    phone = models.CharField("手机号码", max_length=20, default="", blank=True)
    is_demo = models.BooleanField("演示人员", default=False)

    class Meta:
        verbose_name = "人员"

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """Person × organisation × role, with dates. Ended, never deleted."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    role = models.CharField("岗位", max_length=12, choices=Role.choices)
    valid_from = models.DateField("起始日")
    valid_to = models.DateField("终止日", null=True, blank=True, help_text="最后一个有效日；空为未定")

    class Meta:
        verbose_name = "任职"
        constraints = (
            models.CheckConstraint(
                name="post_dates_in_order", condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from"))
            ),
            models.UniqueConstraint(fields=["person", "organisation", "role", "valid_from"], name="post_once"),
        )
        indexes = (models.Index(fields=["organisation", "role"], name="post_by_organisation"),)

    def __str__(self) -> str:
        return f"{self.person_id}@{self.organisation_id}:{self.role}"


class Account(AbstractBaseUser, PermissionsMixin):
    """What somebody signs in with."""

    username = models.CharField("登录名", max_length=60, unique=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="account", null=True)
    email = models.EmailField("电子邮箱", blank=True, default="")
    is_active = models.BooleanField("启用", default=True)
    password_issued = models.BooleanField("首次口令", default=False, help_text="由管理员发放，登录后须先更换")

    objects = BaseUserManager["Account"]()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.username


class ClientToken(models.Model):
    """An organisation's client acts under one person's posts in that organisation. Only the digest is kept."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="tokens")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tokens")
    label = models.CharField("用途", max_length=60)
    acts = ArrayField(models.CharField(max_length=90), default=list, verbose_name="限于办理", help_text="空为不限")
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "接口令牌"

    def __str__(self) -> str:
        return f"{self.organisation_id}/{self.label}"


class PartyPass(models.Model):
    """A party's way in: a code sent to the phone lets the holder follow and act for one side of one case."""

    region = models.CharField(max_length=6)
    root_id = models.BigIntegerField("所属委托事项")
    side = models.CharField("诉讼一方", max_length=12, choices=Side.choices)
    name = models.CharField("姓名或名称", max_length=60)
    phone = models.CharField("手机号码", max_length=20)
    code_digest = models.CharField(max_length=64, default="", blank=True)
    code_sent_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField("停用时间", null=True, help_text="更正联系方式以后，原号码不再能查询")

    class Meta:
        verbose_name = "当事人通行证"
        constraints = (models.UniqueConstraint(fields=["root_id", "side", "phone"], name="pass_once"),)
        indexes = (models.Index(fields=["phone"], name="pass_by_phone"),)

    def __str__(self) -> str:
        return f"{self.root_id}:{self.side}"


class PassAttempt(models.Model):
    """A code asked for, or a wrong one tried, at a door: the keyed digest of a case and a phone, or an account. Kept for a day."""

    door = models.CharField("查询编号和手机号码的摘要", max_length=64)
    kind = models.CharField("类别", max_length=6, choices=Attempt.choices)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "验证码记录"
        indexes = (
            models.Index(fields=["door", "kind", "at"], name="attempt_at_door"),
            models.Index(fields=["at"], name="attempt_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class AccessRecord(models.Model):
    """Who read what, and who was refused. Written outside the act's transaction; shown to the data subject."""

    at = models.DateTimeField()
    person_id = models.BigIntegerField(null=True)
    who = models.CharField(max_length=80)
    what = models.CharField(max_length=24)
    matter_id = models.BigIntegerField(null=True)
    path = models.CharField(max_length=300)
    refused = models.CharField(max_length=60, default="", blank=True)
    request_id = models.CharField(max_length=36, default="", blank=True)

    class Meta:
        verbose_name = "访问记录"
        indexes = (
            models.Index(fields=["matter_id", "-at"], name="access_by_matter"),
            models.Index(fields=["-at"], name="access_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.who} {self.what}"
