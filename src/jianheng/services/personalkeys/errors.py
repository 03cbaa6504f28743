"""What personal keys refuse."""

from __future__ import annotations

from jianheng.kernel.errors import Refusal

LAW = ("中华人民共和国电子签名法 第十三条",)


class PhraseNeededError(Refusal):
    """您已登记个人签名密钥，签署须输入签名口令。"""

    code = "SIGNING_PHRASE_NEEDED"
    law = LAW
    next_step = (
        "请输入签名口令后再次提交；通过接口办理的，以 Signing-Phrase 标头提交。忘记签名口令的，请在账号页面更换密钥。"
    )


class PhraseWrongError(Refusal):
    """签名口令不正确，没有签署。"""

    code = "SIGNING_PHRASE_WRONG"
    law = LAW
    next_step = (
        "请核对签名口令（不是登录口令）后再次提交，已填写的内容没有丢失；忘记签名口令的，请在账号页面更换密钥。"
    )


class PhraseTooOftenError(Refusal):
    """签名口令输错次数过多，暂缓签署。"""

    code = "SIGNING_PHRASE_TOO_OFTEN"
    status = 429
    next_step = "请稍候再试；不是您本人操作的，请立即在账号页面停用签名密钥，并告知平台管理员。"


class PhraseUnfitError(Refusal):
    """签名口令不符合要求。"""

    code = "SIGNING_PHRASE_UNFIT"
    next_step = "请使用平台生成的签名口令，或者自拟十二个字符以上、与登录口令不同的签名口令。"


class NoKeyInForceError(Refusal):
    """您没有生效的个人签名密钥，不能签署。"""

    code = "SIGNING_KEY_NOT_IN_FORCE"
    law = LAW
    next_step = "密钥已停用的，请在账号页面登记新的密钥；新密钥尚在等待期的，请于生效以后办理。"


class KeyChangedMeanwhileError(Refusal):
    """签名密钥在办理期间已经更换或者停用。"""

    code = "SIGNING_KEY_CHANGED"
    status = 409
    next_step = "请以现行的签名口令重新提交；不是您本人更换的，请立即告知平台管理员。"


class AlreadyWaitingError(Refusal):
    """已有一把新密钥在等待期内。"""

    code = "SIGNING_KEY_WAITING"
    status = 409
    next_step = "请等待新密钥生效，或者先停用它再重新登记。"


class MandateUnfitError(Refusal):
    """文书内容与签名人所签的不一致，不能以其名义签名。"""

    code = "MANDATE_UNFIT"
    law = LAW
    next_step = "请由签名人就现在的内容重新签名后再出具。"
