"""The law an appraisal cites."""

from __future__ import annotations

GR = "司法鉴定程序通则"  # 司法部令第132号
CER = "最高人民法院关于民事诉讼证据的若干规定"
SPC202 = "法〔2020〕202号"


def gr(article: str) -> tuple[str, ...]:
    """An article of the 程序通则."""
    return (f"{GR} {article}",)
