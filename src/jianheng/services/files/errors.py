"""What the storage says no to."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


class StorageFullError(Refusal):
    """存储空间不足，文件未保存。"""

    code = "STORAGE_FULL"
    status = 507
    next_step = "已填写的内容没有丢失，请稍后重新提交；并请通知平台运行维护人员清理存储空间。"


class StorageAwayError(Refusal):
    """文件存储暂时不能使用，文件未保存。"""

    code = "STORAGE_AWAY"
    status = 503
    next_step = "请稍候重新提交；持续出现的，请通知平台运行维护人员检查文件存储。"


class ContentErasedError(Refusal):
    """该文件的内容已经依法销毁。"""

    code = "CONTENT_ERASED"
    status = 410
    law = ("个人信息保护法 第四十七条",)
    next_step = "销毁的时间、依据和经办人见案件的销毁证明；文件的摘要值仍然保留，可以核对手中的副本。"
