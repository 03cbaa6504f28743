"""What the log says no to."""

from __future__ import annotations

from jianheng.kernel.errors import Fault, Refusal


class NoSuchEntryError(Refusal):
    """账本中没有这条记录。"""

    code = "LEDGER_NO_SUCH_ENTRY"
    status = 404
    next_step = "请核对回执上的记录编号。"


class ExportPlaceError(Refusal):
    """导出目录不是空的。"""

    code = "LEDGER_EXPORT_PLACE"
    status = 409
    next_step = "请指定一个不存在或者为空的目录，以免与其他文件混在一起。"


class LogKeyError(Refusal):
    """本机的日志签名密钥不是公开日志一直使用的那一把。"""

    code = "LOG_KEY"
    status = 409
    next_step = "请把原来的 keys/ledger.pem 放回本机；密钥已经丢失的，须以 JIANHENG_LEDGER_ORIGIN 另起日志名称。"


class KeyFault(Fault):
    """The signing key of the log cannot be read, or is open to others."""


class LedgerFault(Fault):
    """The tables of the log contradict each other; run ``jianheng ledger export`` and ``jianheng verify``."""


class ExportFault(Fault):
    """A service's rows do not keep the contract of the export."""
