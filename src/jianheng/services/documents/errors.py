"""The refusals of papers: each names what is wrong with the paper and how to mend it."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


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
