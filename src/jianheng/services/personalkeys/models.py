"""The table of personal keys: public part, wrapped private part, since when. Never a phrase."""

from __future__ import annotations

from django.db import models


class PersonalKey(models.Model):
    """One Ed25519 key of one person. Binary members are hexadecimal, as the log's hashes of rows need text.

    The private part is wrapped by AES-256-GCM (nonce ‖ ciphertext ‖ tag) under Argon2id of the phrase; ``memory`` is in
    KiB. A key signs from ``effective_at`` until it is ended or a later one takes effect.
    """

    person_id = models.BigIntegerField("人员")
    public = models.CharField("公钥", max_length=64, unique=True)
    wrapped = models.CharField("加密保存的私钥", max_length=200)
    salt = models.CharField("盐", max_length=64)
    memory = models.IntegerField("内存（KiB）")
    passes = models.IntegerField("遍数")
    lanes = models.IntegerField("并行度")
    enrolled_at = models.DateTimeField("登记时间")
    effective_at = models.DateTimeField("生效时间")
    ended_at = models.DateTimeField("停用时间", null=True)
    entry_id = models.UUIDField("登记的日志记录")

    class Meta:
        verbose_name = verbose_name_plural = "个人签名密钥"
        indexes = (models.Index(fields=["person_id", "effective_at"], name="personal_key_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.public[:16]}"
