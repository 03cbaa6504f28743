"""Words of a court's entrustment."""

from __future__ import annotations

from django.db import models


class Origin(models.TextChoices):
    """How the appraisal was begun."""

    EXPLANATION = "EXPLANATION", "法院释明，待当事人申请"
    APPLICATION = "APPLICATION", "当事人申请"
    EX_OFFICIO = "EX_OFFICIO", "人民法院依职权"


class Complexity(models.TextChoices):
    """What the court-set time depends on (法〔2020〕202号 第十三条)."""

    ORDINARY = "ORDINARY", "普通"
    COMPLEX = "COMPLEX", "重大、疑难、复杂"


class SelectionMode(models.TextChoices):
    """选择方式."""

    BY_AGREEMENT = "BY_AGREEMENT", "协商确定"
    BY_LOT = "BY_LOT", "随机选定"
    BY_DESIGNATION = "BY_DESIGNATION", "人民法院指定"
    OUTSIDE_LIST = "OUTSIDE_LIST", "名册外选定"


class ExitKind(models.TextChoices):
    """Why an institution left."""

    REFUSED = "REFUSED", "不予受理"
    RECUSED = "RECUSED", "应当回避"
    TERMINATED = "TERMINATED", "终止鉴定"


class RejectionGround(models.TextChoices):
    """Why a chosen institution does not pass the court's review (法〔2020〕202号 第六条)."""

    UNLICENSED = "UNLICENSED", "许可证、资质或者业务范围不符合要求"
    PEOPLE = "PEOPLE", "鉴定人的资格或者人数不符合要求"
    INTEREST = "INTEREST", "机构或者鉴定人应当回避"
    SUSPENDED = "SUSPENDED", "正在停业、停止执业或者被暂停委托"


class ContactGround(models.TextChoices):
    """How the court came to know that a number is the party's own."""

    IN_PERSON = "IN_PERSON", "当事人到庭，核对了身份证件"
    ADDRESS_FORM = "ADDRESS_FORM", "当事人签署的送达地址确认书"
    WRITTEN = "WRITTEN", "当事人的书面申请，附身份证明"
    MISWRITTEN = "MISWRITTEN", "登记笔误，与诉讼材料所载不一致"


class SealGround(models.TextChoices):
    """Why a case or a paper may be sealed, and whom each ground leaves it to."""

    STATE_SECRET = "STATE_SECRET", "涉及国家秘密"
    TRADE_SECRET = "TRADE_SECRET", "涉及商业秘密"
    PRIVACY = "PRIVACY", "涉及个人隐私"
    MINOR = "MINOR", "涉及未成年人，依法应当封存"
    SAFETY = "SAFETY", "当事人或者鉴定人的人身安全受到现实威胁"

    @property
    def wants_evidence(self) -> bool:
        """Whether somebody must have said so on paper: a marking, a request with what shows the danger."""
        return self in (SealGround.STATE_SECRET, SealGround.TRADE_SECRET, SealGround.SAFETY)

    @property
    def shown_to_parties(self) -> bool:
        """Whether the sides follow the case as before; of what is secret to them they see what they owe something in."""
        return self is not SealGround.STATE_SECRET

    @property
    def shown_to_regulators(self) -> bool:
        """Whether the justice bureau keeps the draw of the case in view: no content of the case is in it."""
        return self in (SealGround.TRADE_SECRET, SealGround.MINOR)

    @property
    def shown_to_archives(self) -> bool:
        """Whether the institution's archivists see the case before and after they owe its archiving."""
        return self in (SealGround.TRADE_SECRET, SealGround.PRIVACY, SealGround.MINOR)


class OpeningGround(models.TextChoices):
    """Why a seal is opened."""

    GROUND_GONE = "GROUND_GONE", "封存的依据已经消失"
    DECLASSIFIED = "DECLASSIFIED", "已经解密"
    CONSENT = "CONSENT", "受保护的人书面同意"
    LAW = "LAW", "法律规定应当公开或者提供查阅"
    MISTAKE = "MISTAKE", "封存有误"


class ErasingGround(models.TextChoices):
    """Why what is kept of a case is erased."""

    TERM_ENDED = "TERM_ENDED", "保管期限已经届满"
    UNLAWFUL = "UNLAWFUL", "违反法律、行政法规处理的个人信息"
    DECIDED = "DECIDED", "生效裁判、决定要求删除"

    @property
    def before_term(self) -> bool:
        """Whether it need not wait for the end of keeping."""
        return self is not ErasingGround.TERM_ENDED


MATERIAL = "鉴定材料"
PROCEEDINGS = "委托文书"
REPORT = "鉴定书"
COURT_SEATS = ("court", "unit")
EVERYONE = ("court", "unit", "applicant", "respondent")


PARTIES_IN_WORDS = {"applicant": "申请人一方", "respondent": "对方当事人"}


class RecusalState(models.TextChoices):
    """How far the recusal of somebody of the unit has come."""

    ASKED = "ASKED", "等待决定，暂停参与本案"
    REJECTED = "REJECTED", "已驳回，可以申请复议一次"
    REVIEWED = "REVIEWED", "正在复议，不停止参与本案"
    UPHELD = "UPHELD", "复议维持驳回"
    GRANTED = "GRANTED", "已回避"
