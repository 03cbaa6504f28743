"""Words of choosing an institution."""

from __future__ import annotations

SERVER, UNIT = "平台", "主持摇号的司法技术人员"
SIDES = {"applicant": "申请人一方", "respondent": "对方当事人"}
EVERYONE = ("court", "unit", "applicant", "respondent")
