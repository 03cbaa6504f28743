"""What may no longer be kept of a case is erased: persons, what was said of them, papers and files. What was done stays.

Never while anything of the case runs or is sealed, and before the term of keeping ends only on a ground of the law with
evidence. A judge proposes, a leader of the court approves, the parties are told and may object, and when that time is
over the platform erases, with one entry of the log that names both acts. Of the case remain its number, court, kind and
dates, who did what when, the numbers and hashes of papers and files, every hash of the log, and the file of its draw: a draw
cannot be made good by erasing it. The salts of what was erased are destroyed.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import (
    CaseRunsError,
    CaseSealedError,
    ErasedAlreadyError,
    ErasingAskedError,
    ErasingEvidenceError,
    RetentionRunsError,
)
from jianheng.modules.entrustment.models import Entrustment, Erasure, Seal
from jianheng.modules.entrustment.terms import ErasingGround
from jianheng.services.documents import api as documents
from jianheng.services.events import api as events
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.api import Given, Nothing, OptionalFileRef, Text, Turn, carries_out

RETENTION = "archive.retention"
# The erasing itself, and why: these acts are never emptied.
KEPT_ACTS = ("propose_erasing", "approve_erasing", "stop_erasing", "object_erasing", "carry_erasing")


def kept_until(turn: Turn) -> date:
    """The last day of keeping; refuses while anything of the case runs (:class:`CaseRunsError`)."""
    ended = procedures.ended_at(turn.root_id)
    if ended is None:
        raise CaseRunsError
    return _years_later(timezone.localdate(ended), turn.law(RETENTION).number)


def _years_later(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


class Erasing(Given):
    """销毁个人信息."""

    ground: ErasingGround = Field(title="销毁的依据")
    reason: Text = Field(title="具体事实和理由", description="不要写入当事人的个人信息：本栏在销毁以后保留")
    evidence: OptionalFileRef = Field(
        "", title="证明材料", description="期满以前销毁的，附认定违法处理的决定或者生效裁判"
    )


@carries_out("entrustment", "propose_erasing", given=Erasing)
def propose_erasing(turn: Turn, given: Erasing) -> None:
    """Propose that the case be erased; the ground, the term and the state of the case are judged now and again at each step."""
    if turn.is_open("erasing_asked") or turn.is_open("erasing_due"):
        raise ErasingAskedError
    ground = ErasingGround(given.ground)
    until = _must_be_erasable(turn, ground)
    if ground.before_term and not given.evidence:
        raise ErasingEvidenceError(about="evidence")
    entrustment = papers.of(turn)
    Erasure.objects.create(
        region=turn.region,
        matter_id=turn.matter_id,
        court_id=entrustment.court_id,
        ground=ground,
        reason=given.reason,
        evidence=given.evidence,
        kept_until=until,
        asked_at=turn.now,
        asked_by=turn.by.name,
        asked_seq=turn.seq,
    )
    turn.tell(
        [people.post_holder(entrustment.court_id, people.Role.LEADER)],
        text=f"{entrustment.case_number}：{turn.by.name}提请销毁个人信息（{ground.label}），请审批。",
    )


def _must_be_erasable(turn: Turn, ground: ErasingGround) -> date:
    if Erasure.objects.filter(matter_id=turn.matter_id, carried_at__isnull=False).exists():
        raise ErasedAlreadyError
    until = kept_until(turn)
    if Seal.objects.filter(
        matter_id=turn.matter_id, confirmed_at__isnull=False, opened_at=None, refused_at=None
    ).exists():
        raise CaseSealedError
    if not ground.before_term and turn.today <= until:
        raise RetentionRunsError(f"保管期限至{until:%Y年%-m月%-d日}届满。", about="ground")
    return until


class ErasingApproved(Given):
    """批准."""

    note: Text = Field(title="审批意见", description="写明已经核对保管期限、案件状态和依据")


@carries_out("entrustment", "approve_erasing", given=ErasingApproved)
def approve_erasing(turn: Turn, given: ErasingApproved) -> None:
    """A leader of the court approves: the parties are told until when they may object."""
    asked = _asked(turn)
    _must_be_erasable(turn, ErasingGround(asked.ground))
    asked.approved_at, asked.approved_by, asked.approved_seq = turn.now, turn.by.name, turn.seq
    asked.save(update_fields=["approved_at", "approved_by", "approved_seq"])
    entrustment = papers.of(turn)
    due_on = turn.due_if_started("erasing")
    until = f"{due_on:%Y年%-m月%-d日}以前" if due_on else "期满以前"
    turn.text_parties(
        f"案件{entrustment.case_number}委托鉴定中的个人信息和材料将依法销毁；需要保留的，请在{until}凭查询编号{turn.root_id}和"
        "本手机登录公众网站提出异议。",
        sender=f"【{entrustment.court_name}】",
    )


class ErasingStopped(Given):
    """不予销毁."""

    reason: Text = Field(title="理由", description="不要写入当事人的个人信息")


@carries_out("entrustment", "stop_erasing", given=ErasingStopped)
def stop_erasing(turn: Turn, given: ErasingStopped) -> None:
    """Nothing is erased."""
    _stop(turn)


class ErasingObjected(Given):
    """异议."""

    reason: Text = Field(title="异议的理由", description="如：正在申请再审，需要使用鉴定材料")


@carries_out("entrustment", "object_erasing", given=ErasingObjected)
def object_erasing(turn: Turn, given: ErasingObjected) -> None:
    """A party still needs it: nothing is erased, and the court may propose it anew."""
    asked = _stop(turn)
    posts = [people.post_holder(asked.court_id, role) for role in (people.Role.JUDGE, people.Role.LEADER)]
    turn.tell(posts, text=f"{turn.reference}：当事人对销毁提出异议，不予销毁。理由：{given.reason}")


@carries_out("entrustment", "carry_erasing")
def carry_erasing(turn: Turn, given: Nothing) -> None:
    """The time to object is over: erase, say so in the log, and certify it."""
    asked = _asked(turn)
    _must_be_erasable(turn, ErasingGround(asked.ground))
    entrustment = papers.of(turn)
    _erase(turn, asked)
    asked.carried_at = turn.now
    asked.save(update_fields=["carried_at", "acts", "papers", "files"])
    turn.forget_title()
    turn.issue(
        "erasure_certificate",
        data=_certified(turn, asked, entrustment),
        issuer_id=entrustment.court_id,
    )


def _erase(turn: Turn, asked: Erasure) -> None:
    """Empty everything of the family, and write the entry that explains it."""
    family = procedures.lock_family(turn.root_id)
    acts = procedures.erase_acts(family, but=KEPT_ACTS)
    issued, hashes = documents.erase(family)
    asked.files = files.erase(turn.root_id, papers=hashes, now=turn.now)
    asked.acts, asked.papers = len(acts), len(issued)
    notices.erase(family)
    events.erase(family)
    people.forget_readers(family)
    procedures.forget_words(family)
    newest = ledger.erase(family)
    told = {
        "act": f"{turn.matter_id}/{turn.seq}",
        "by": [f"{turn.matter_id}/{asked.asked_seq}", f"{turn.matter_id}/{asked.approved_seq}"],
        "family": turn.root_id,
        "ground": asked.ground,
        "changes": newest,
        "entries": [str(one) for one in (*acts, *issued)],
    }
    ledger.append(ledger.entry("erasure", region=turn.region, matter_id=turn.matter_id, data=told, now=turn.now))


def _certified(turn: Turn, asked: Erasure, entrustment: Entrustment) -> dict[str, object]:
    return {
        "court": entrustment.court_name,
        "case_number": entrustment.case_number,
        "entrustment_number": entrustment.number or None,
        "ground": ErasingGround(asked.ground).label,
        "reason": asked.reason,
        "kept_until": asked.kept_until,
        "proposed_by": asked.asked_by,
        "approved_by": asked.approved_by,
        "erased_on": turn.today,
        "acts": asked.acts,
        "papers": asked.papers,
        "files": asked.files,
    }


def _asked(turn: Turn) -> Erasure:
    return Erasure.objects.filter(matter_id=turn.matter_id, stopped_at=None, carried_at=None).latest("pk")


def _stop(turn: Turn) -> Erasure:
    asked = _asked(turn)
    asked.stopped_at = turn.now
    asked.save(update_fields=["stopped_at"])
    return asked
