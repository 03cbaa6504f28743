"""Words of papers: who gives them, who gets them, how secret they are, their life, who signs."""

from __future__ import annotations

from enum import StrEnum


class Issuer(StrEnum):
    """Who gives a paper."""

    COURT = "court"  # 人民法院
    INSTITUTION = "institution"  # 司法鉴定机构
    APPRAISER = "appraiser"  # 司法鉴定人, under the seal of the institution
    PARTY = "party"  # 当事人


class Seat(StrEnum):
    """Who gets a paper: the seats of a matter."""

    COURT = "court"
    UNIT = "unit"  # 司法技术部门
    INSTITUTION = "institution"
    APPLICANT = "applicant"
    RESPONDENT = "respondent"


class Confidentiality(StrEnum):
    """How secret a paper is; the level travels with the file."""

    CASE = "CASE"  # 案内: whoever holds a seat it was sent to
    SENSITIVE = "SENSITIVE"  # 敏感: tells of a body, a mind or a private life (个人信息保护法 第二十八条)
    INTERNAL = "INTERNAL"  # 内部: a body's own working paper


class Status(StrEnum):
    """The life of a document."""

    REQUESTED = "requested"  # numbered in the transaction of the act; its paper is being made
    ISSUED = "issued"  # sealed, stored, in the log: nothing of it changes any more
    CORRECTED = "corrected"  # issued, and corrected by a later paper (补正)
    WITHDRAWN = "withdrawn"  # issued, and withdrawn (撤回、撤销)
    VOID = "void"  # never issued; its number is kept and the gap explained (作废)


class Seal(StrEnum):
    """In what quality a body seals; also the key of the place its seal goes to."""

    COURT = "court"
    INSTITUTION = "institution"
    CLIENT = "client"


APPRAISER, REVIEWER = "appraiser", "reviewer"  # several may sign one paper, each at a place of his own
PARTY = "party"  # acts under his own account and holds no certificate: printed, not signed
PLATFORM = "platform"  # preserves a paper nobody signs by certificate; not anybody's signature on it
