"""What signing refuses, and what must not happen to its keys."""

from __future__ import annotations

from jianheng.kernel.errors import Fault, Refusal


class CertificateRevokedError(Refusal):
    """签名所用证书已被吊销。"""

    code = "SIGNING_CERTIFICATE_REVOKED"
    law = ("中华人民共和国电子签名法 第十五条",)
    next_step = "请联系证书管理人员为该单位或者人员重新签发证书后再签名。"


class CertificateExpiredError(Refusal):
    """签名所用证书不在有效期内。"""

    code = "SIGNING_CERTIFICATE_EXPIRED"
    next_step = "请联系证书管理人员更新证书后再签名；如服务器时钟有误，请先校准。"


class MandateMissingError(Refusal):
    """签名人已登记个人签名密钥，没有其本人的签署授权，不能以其名义签名。"""

    code = "SIGNING_MANDATE_MISSING"
    law = ("中华人民共和国电子签名法 第十三条",)
    next_step = "请由签名人本人以签名口令办理该行为，再出具文书。"


class MandateRefusedError(Refusal):
    """签署授权不成立：不是签名人的密钥所签，或者不是对这份文书的授权。"""

    code = "SIGNING_MANDATE_REFUSED"
    law = ("中华人民共和国电子签名法 第十三条",)
    next_step = "请核对文书内容和签名人密钥在日志中的登记；内容在签署以后被改动的，由签名人重新签署。"


class KeyFileFault(Fault):
    """A private key is missing, unreadable, or readable by others."""


class UnreadablePdfError(Refusal):
    """文件不是可以识别的 PDF。"""

    code = "SIGNING_NOT_A_PDF"
    next_step = "请确认上传的是平台出具的 PDF 原件，而不是截图、打印件或者转换后的文件。"
