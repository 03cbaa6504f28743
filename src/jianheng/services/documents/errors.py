"""The refusals of papers: each names what is wrong with the paper and how to mend it."""

from __future__ import annotations

from jianheng.kernel.errors import Fault, Refusal


class MissingGlyphError(Refusal):
    """文书中有所装字体印不出的字符。"""

    code = "DOCUMENT_GLYPH_MISSING"
    next_step = "请核对该字符是否录入有误；确为人名、地名用字的，请管理员在字体目录中加装含该字的字体后再出具。"


class UnknownFormError(Refusal):
    """没有这种文书。"""

    code = "DOCUMENT_FORM_UNKNOWN"
    next_step = "请从文书目录中选择文书种类。"


class DocumentDataError(Refusal):
    """文书内容不符合该文书的格式要求。"""

    code = "DOCUMENT_DATA_INVALID"
    next_step = "请逐项改正所列内容后重新出具。"


class SignatureMissingError(Refusal):
    """文书缺少必须的签名或者盖章。"""

    code = "DOCUMENT_SIGNATURE_MISSING"
    law = ("最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释 第九十八条", "司法鉴定程序通则 第三十七条")
    next_step = "请由所列人员签名、由出具单位盖章后再出具。"


class NoSuchDocumentError(Refusal):
    """没有这份文书，或者您无权查看。"""

    code = "NO_SUCH_DOCUMENT"
    status = 404
    next_step = "请核对文书编号或者核验码；需要查阅的，请向出具单位申请。"


class DocumentStateError(Refusal):
    """文书当前的状态不允许这样办理。"""

    code = "DOCUMENT_STATE"
    next_step = "请刷新后查看文书状态：已经补正、撤回或者作废的文书不能再次办理。"


class IssuerFault(Fault):
    """A sealed paper was asked for without the organisation that seals it."""


class PaperPendingError(Refusal):
    """文书编号已定，正在排版、签章。"""

    code = "PAPER_PENDING"
    status = 409
    next_step = "请稍后重试，通常几秒钟完成。"
