"""What the register refuses."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal


class ScopeUnreadableError(Refusal):
    """业务范围的写法无法可靠识别。"""

    code = "SCOPE_UNREADABLE"
    next_step = "请对照许可证核对业务范围：括号成对，“仅限”“除外”写在所限类别的括号内。"


class UnknownInstitutionError(Refusal):
    """名册中没有这家机构。"""

    code = "INSTITUTION_UNKNOWN"
    status = 404
    next_step = "请从机构名册中选择。"


class UnknownAppraiserError(Refusal):
    """名册中没有这名鉴定人。"""

    code = "APPRAISER_UNKNOWN"
    status = 404
    next_step = "请从鉴定人名册中选择。"


class NotLicensedError(Refusal):
    """该机构当日不具备承接本事项的许可。"""

    code = "NOT_LICENSED"
    law = ("司法鉴定程序通则 第十五条",)
    next_step = "请另行选择业务范围包括本事项、许可证在有效期内的机构。"


class RegisterConflictError(Refusal):
    """登记内容与名册已有内容矛盾。"""

    code = "REGISTER_CONFLICT"
    next_step = "请先核对名册中的已有登记。"
