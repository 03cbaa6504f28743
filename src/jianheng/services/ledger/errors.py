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


class LogBehindError(Refusal):
    """数据库中的公开日志比已经签署的短，或者不是同一份。"""

    code = "LOG_BEHIND"
    status = 409
    next_step = (
        "不得在缺少末尾的日志上继续签署。请恢复更新的备份；确已丢失的，保留全部材料，"
        "以 JIANHENG_LEDGER_ORIGIN 另起日志名称，并告知各见证人。"
    )


class NothingAheadError(Refusal):
    """没有等待其时间到来的记录，无需说明。"""

    code = "LOG_NOTHING_AHEAD"
    status = 409
    next_step = "请先校准服务器时钟，再用 jianheng doctor 查看：只有自称时间在将来的等待记录可以说明。"


class ClockGroundError(Refusal):
    """时钟说明的事由不在规定之列。"""

    code = "CLOCK_GROUND"
    status = 422
    next_step = "请从列出的事由中选择。"


class WitnessPolicyError(Refusal):
    """见证规则文件不能使用。"""

    code = "WITNESS_POLICY"
    status = 409
    next_step = "请按 C2SP tlog-policy 的写法更正 JIANHENG_WITNESS_POLICY 所指的文件，每家见证人写明公钥和地址。"


class KeyFault(Fault):
    """The signing key of the log cannot be read, or is open to others."""


class LedgerFault(Fault):
    """The tables of the log contradict each other; run ``jianheng ledger export`` and ``jianheng verify``."""


class ExportFault(Fault):
    """A service's rows do not keep the contract of the export."""
