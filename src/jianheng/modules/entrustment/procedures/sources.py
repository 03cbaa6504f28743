"""The law an entrustment cites, and who holds its acts."""

from __future__ import annotations

CER = "最高人民法院关于民事诉讼证据的若干规定"
SPC202 = "法〔2020〕202号"
CPL = "民事诉讼法"
GR = "司法鉴定程序通则"
SELECT_AGAIN = "法释〔2002〕8号 第十二条"
FEES = "诉讼费用交纳办法"
PARTIES = ("applicant.party", "respondent.party")
COURT = ("court.judge",)
COURT_OR_UNIT = ("court.judge", "unit.tech")
