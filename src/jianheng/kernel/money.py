"""Money as whole fen (分): written in figures, in Chinese capital words, and read back.

Invariant: an amount is a whole number of fen from 0 to ``CEILING_FEN``; nothing here ever rounds.

Source of the capital words: 中国人民银行《支付结算办法》附件一《正确填写票据和结算凭证的基本规定》.
"""

from __future__ import annotations

import re

from jianheng.kernel.errors import Refusal

CEILING_FEN = 10**16  # one hundred trillion yuan: more than any fee, less than a mistyped number
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ((10**8, "亿"), (10**4, "万"), (10**3, "仟"), (10**2, "佰"), (10, "拾"))
_HALF_WIDTH = str.maketrans("０１２３４５６７８９，．￥", "0123456789,.¥")
_YUAN = re.compile(r"¥?(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<fen>[0-9]{1,2}))?元?整?")


class AmountError(Refusal):
    """金额应当是不小于零、精确到分的数。"""

    code = "AMOUNT_INVALID"
    next_step = "请填写如 1234.50 的金额（单位：元，最多两位小数）。"


def yuan_text(fen: int) -> str:
    """The amount in yuan with thousands separators and two decimals: 123450 → ``1,234.50``."""
    yuan, rest = divmod(_amount(fen), 100)
    return f"{yuan:,}.{rest:02d}"


def capital_words(fen: int) -> str:
    """The amount in capital words: 123450 → 壹仟贰佰叁拾肆元伍角整. 整 stands wherever no fen follow."""
    yuan, rest = divmod(_amount(fen), 100)
    jiao, single = divmod(rest, 10)
    words = f"{_words(yuan)}元" if yuan else ""
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif words and single:
        words += "零"
    return words + (f"{_DIGITS[single]}分" if single else "整") if rest else (words or "零元") + "整"


def parse_yuan(text: str) -> int:
    """The fen of an amount written in yuan: ``1,234.50``, ``1234.5``, ``￥1234``, ``１２３４元整``.

    Refuses with :class:`AmountError` a sign, an exponent, a third decimal, a misplaced separator.
    """
    given = text.translate(_HALF_WIDTH).strip()
    read = _YUAN.fullmatch(given) if len(given) <= 40 else None
    if read is None:
        raise AmountError(f"“{text[:40]}”不是有效的金额。", about="amount")
    return _amount(int(read["yuan"].replace(",", "")) * 100 + int((read["fen"] or "0").ljust(2, "0")))


def _amount(fen: int) -> int:
    if isinstance(fen, bool) or not isinstance(fen, int):
        raise TypeError(f"an amount is a whole number of fen, not {fen!r}")
    if fen < 0:
        raise AmountError("金额不能是负数。", about="amount")
    if fen > CEILING_FEN:
        raise AmountError("金额超出可以处理的范围，请核对是否多输了数字。", about="amount")
    return fen


def _words(number: int) -> str:
    """A positive whole number in capital words; one 零 stands for any run of empty places."""
    for size, name in _PLACES:
        if number >= size:
            high, low = divmod(number, size)
            gap = "零" if 0 < low < size // 10 else ""
            return _words(high) + name + gap + (_words(low) if low else "")
    return _DIGITS[number]
