"""The tables of the log. Nothing but :mod:`sequencer` and the SQL function ``ledger_append`` writes them.

Entries, leaves, tiles and checkpoints are only ever added to: triggers refuse update, delete and truncate, whoever
asks. ``ledger_pending`` alone is a queue.
"""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """What happened, as identifiers and hashes; written inside the transaction of the act it speaks of."""

    id = models.UUIDField("编号", primary_key=True)
    region = models.CharField("行政区划代码", max_length=6)
    kind = models.CharField("种类", max_length=60)
    matter_id = models.BigIntegerField("事项", null=True)
    body = models.BinaryField("规范化内容")  # canonical JSON; every other column repeats a part of it
    leaf_hash = models.BinaryField("叶哈希")
    digest = models.CharField("杂凑算法", max_length=20)
    created_at = models.DateTimeField("记录时间")

    class Meta:
        db_table = "ledger_entry"
        verbose_name = verbose_name_plural = "账本记录"
        indexes = (
            models.Index(
                fields=["matter_id"], name="ledger_entry_by_matter", condition=models.Q(matter_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Pending(models.Model):
    """An entry that waits for its place in the tree."""

    entry = models.OneToOneField(
        Entry, models.PROTECT, primary_key=True, related_name="pending", db_constraint=False
    )  # an act would lock its own entry for it, and entries are never deleted

    class Meta:
        db_table = "ledger_pending"
        verbose_name = verbose_name_plural = "待封账记录"

    def __str__(self) -> str:
        return str(self.entry_id)


class Leaf(models.Model):
    """The place of an entry in the tree, counted from 0 without gaps."""

    index = models.BigIntegerField("序位", primary_key=True)
    entry = models.OneToOneField(Entry, models.PROTECT, related_name="leaf")
    leaf_hash = models.BinaryField("叶哈希")

    class Meta:
        db_table = "ledger_leaf"
        verbose_name = verbose_name_plural = "账本叶"

    def __str__(self) -> str:
        return str(self.index)


class Tile(models.Model):
    """A full tile (C2SP tlog-tiles): 256 hashes of one level, and the hash over them."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField("层")
    index = models.BigIntegerField("序号")
    hashes = models.BinaryField("哈希")  # 256 × 32 bytes
    root = models.BinaryField("合并哈希")

    class Meta:
        db_table = "ledger_tile"
        verbose_name = verbose_name_plural = "账本瓦片"

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class Checkpoint(models.Model):
    """A signed statement of the tree at one size (C2SP tlog-checkpoint)."""

    size = models.BigIntegerField("叶数", primary_key=True)
    root = models.BinaryField("根哈希")
    note = models.TextField("签名文本")
    created_at = models.DateTimeField("签署时间")

    class Meta:
        db_table = "ledger_checkpoint"
        verbose_name = verbose_name_plural = "检查点"

    def __str__(self) -> str:
        return str(self.size)


class Shape(models.Model):
    """What of a covered table the hashes of its rows cover: one agreement after the other, each in the log."""

    pk = models.CompositePrimaryKey("source", "number")
    source = models.CharField("表", max_length=63)
    number = models.IntegerField("版次")
    terms = models.JSONField("约定")  # key, matter, by, columns with their types
    entry_id = models.UUIDField("日志记录")

    class Meta:
        db_table = "ledger_shape"
        verbose_name = verbose_name_plural = "承诺的列"

    def __str__(self) -> str:
        return f"{self.source} {self.number}"


class Change(models.Model):
    """A row of a covered table as one transaction left it: its salted hash, none where it was deleted."""

    id = models.BigAutoField(primary_key=True)
    batch = models.UUIDField("批")
    place = models.IntegerField("批内序号")
    source = models.CharField("表", max_length=63)
    key = models.CharField("行", max_length=100)
    matter_id = models.BigIntegerField("事项", null=True)
    shape = models.IntegerField("版次")
    salt = models.BinaryField("盐", null=True)  # may be erased, and then the hash leads to nobody
    hash = models.BinaryField("承诺值", null=True)

    class Meta:
        db_table = "ledger_change"
        verbose_name = verbose_name_plural = "变动"
        indexes = (models.Index(fields=["source", "key"], name="ledger_change_of_row"),)

    def __str__(self) -> str:
        return f"{self.source} {self.key}"


class Cosignature(models.Model):
    """What a witness said of a checkpoint: the first time, and the last time it was still the newest."""

    pk = models.CompositePrimaryKey("size", "witness")
    size = models.BigIntegerField("叶数")
    witness = models.CharField("见证人", max_length=200)
    first_line = models.TextField("首次签名")
    first_at = models.DateTimeField("首次签名时间")
    newest_line = models.TextField("最近签名")
    newest_at = models.DateTimeField("最近签名时间")

    class Meta:
        db_table = "ledger_cosignature"
        verbose_name = verbose_name_plural = "见证签名"

    def __str__(self) -> str:
        return f"{self.size} {self.witness}"


class Witnessed(models.Model):
    """A checkpoint that the quorum has cosigned, and since when."""

    size = models.BigIntegerField("叶数", primary_key=True)
    at = models.DateTimeField("达到见证数的时间")

    class Meta:
        db_table = "ledger_witnessed"
        verbose_name = verbose_name_plural = "已见证检查点"

    def __str__(self) -> str:
        return str(self.size)


class WitnessState(models.Model):
    """How the log gets on with a witness: what it holds, when it was asked and answered, what is wrong."""

    name = models.CharField("见证人", max_length=200, primary_key=True)
    size = models.BigIntegerField("见证人所持叶数", default=0)
    asked_at = models.DateTimeField("询问时间")
    answered_at = models.DateTimeField("签名时间", null=True)
    trouble = models.CharField("问题", max_length=300, default="", blank=True)

    class Meta:
        db_table = "ledger_witness"
        verbose_name = verbose_name_plural = "见证人状态"

    def __str__(self) -> str:
        return self.name


class Held(models.Model):
    """A waiting entry that gets no place: it claims a time at which the log, already signed, did not have it."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="held")
    found_at = models.DateTimeField("发现时间")

    class Meta:
        db_table = "ledger_held"
        verbose_name = verbose_name_plural = "扣下的记录"

    def __str__(self) -> str:
        return str(self.entry_id)


class Explained(models.Model):
    """An entry of the future that a statement about a clock ahead names."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="explained")
    statement_id = models.UUIDField("时钟说明")

    class Meta:
        db_table = "ledger_explained"
        verbose_name = verbose_name_plural = "时钟说明所列记录"

    def __str__(self) -> str:
        return str(self.entry_id)
