"""Examining: records made and signed while working, more material, more time (nodes 12, 13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pydantic import Field

from jianheng.kernel.calendar import CalendarYearMissingError
from jianheng.kernel.clocks import due
from jianheng.modules.casework import rules
from jianheng.modules.casework.actions import papers
from jianheng.modules.casework.actions.acceptance import Arrived, Supplement, ask, note_answer
from jianheng.modules.casework.errors import (
    ExtensionPendingError,
    ExtensionTooLongError,
    NoRecordError,
    NoTermRunningError,
)
from jianheng.modules.casework.models import Record
from jianheng.modules.casework.terms import INSIDE, WITH_COURT, SupplementPhase
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.services.lawbook import api as lawbook
from jianheng.services.procedures.api import (
    Days,
    Given,
    Line,
    Nothing,
    OptionalLine,
    ShortLine,
    Text,
    Turn,
    carries_out,
)


class RealTimeRecord(Given):
    """实时记录 (通则 第二十七条): method and process, result, instruments; signed by who did it."""

    place: ShortLine = Field(title="地点")
    method: Line = Field(title="方法和过程")
    result: Text = Field(title="检验结果")
    instrument: OptionalLine = Field("", title="仪器设备使用情况")
    present: OptionalLine = Field("", title="在场人员", description="未成年人等须有监护人或近亲属到场")


@carries_out("appraisal", "record", given=RealTimeRecord)
def record(turn: Turn, given: RealTimeRecord) -> None:
    """Record an examination as it is made; the record is signed by the appraiser and never changed."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    appraiser = papers.must_be_assigned(turn, appraisal)
    Record.objects.create(
        region=turn.region,
        appraisal=appraisal,
        person_id=appraiser["person_id"],
        name=turn.by.name,
        at=turn.now,
        place=given.place,
        method=given.method,
        result=given.result,
        instrument=given.instrument,
        present=given.present,
    )
    turn.issue(
        "examination_record",
        data={
            **papers.heading(appraisal, brief),
            "place": given.place,
            "present": [given.present] if given.present else [],
            "entries": [
                {
                    "at": turn.now,
                    "method": given.method,
                    "result": given.result,
                    "instrument": given.instrument or None,
                    "signed_by": turn.by.name,
                }
            ],
            "appraisers": [papers.named(appraiser, specialty=brief.category_title)],
        },
        signers=papers.signer(turn),
        audience=INSIDE,
    )


@carries_out("appraisal", "ask_more", given=Supplement)
def ask_more(turn: Turn, given: Supplement) -> None:
    """Ask for material while examining; the completion clock stops, and no other (通则 第二十八条第四款)."""
    papers.must_be_assigned(turn, papers.of(turn))
    ask(
        turn,
        given,
        clock="completion",
        phase=SupplementPhase.EXAMINATION,
        article="司法鉴定程序通则 第二十八条第四款",
    )


@carries_out("appraisal", "more_arrived", given=Arrived)
def more_arrived(turn: Turn, given: Arrived) -> None:
    """The material came, or will not; the completion clock goes on."""
    note_answer(turn, given)


@carries_out("appraisal", "finish_examination")
def finish_examination(turn: Turn, given: Nothing) -> None:
    """Finish examining; refuses while an assigned appraiser has no signed record."""
    appraisal = papers.of(turn)
    papers.must_be_assigned(turn, appraisal)
    recorded = {str(pk) for pk in appraisal.records.values_list("person_id", flat=True)}
    if not rules.everyone(papers.person_ids(appraisal), done=recorded):
        missing = [one["name"] for one in appraisal.appraisers if str(one["person_id"]) not in recorded]
        raise NoRecordError(f"{'、'.join(missing)}没有签名的实时记录。")
    appraisal.finished_on = turn.today
    appraisal.save(update_fields=["finished_on"])


class Extension(Given):
    """申请延长 (通则 第二十八条; 法〔2020〕202号 第十三条)."""

    days: Days = Field(title="延长的工作日数")
    reason: Text = Field(title="理由", description="复杂、疑难、特殊技术问题，或者检验过程确需较长时间")


@carries_out("appraisal", "request_extension", given=Extension)
def request_extension(turn: Turn, given: Extension) -> None:
    """Ask the court for more time, within the ceiling in force for this matter.

    It should be asked before the time runs out (法〔2020〕202号 annex, 承诺书 item 6); no article bars asking later, so a late
    request goes to the court and says that it is one.
    """
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    if appraisal.extension:
        raise ExtensionPendingError
    clock = turn.live_clock("completion")
    if clock is None:
        raise NoTermRunningError
    ceiling = turn.law("appraisal.extension.ceiling").number
    asked_before = clock.extended_by
    if given.days + asked_before > ceiling:
        raise ExtensionTooLongError(
            f"延长时限一般不得超过{ceiling}个工作日，本次申请{given.days}个工作日"
            + (f"，此前已延长{asked_before}个工作日。" if asked_before else "。"),
            about="days",
        )
    try:
        due_on = due(clock, lawbook.calendar()).day
    except CalendarYearMissingError:
        due_on = None
    late = due_on is not None and turn.today > due_on
    new_due = _after(turn, given.days)
    appraisal.extension = {**given.model_dump(), "asked_on": turn.today.isoformat(), "late": late}
    appraisal.save(update_fields=["extension"])
    turn.issue(
        "extension_request",
        data={
            "court": brief.court,
            "case_number": brief.case_number,
            "cause": brief.cause or None,
            "entrustment_number": brief.number or None,
            "institution": institutions.letterhead(appraisal.institution_id),
            "matter": brief.subject,
            "due_on": due_on,
            "extra_working_days": given.days,
            "requested_due_on": new_due,
            "reason": given.reason
            + (f"（鉴定时限已于{due_on:%Y年%-m月%-d日}届满，本申请逾期提出。）" if late else ""),
            "requested_on": turn.today,
        },
        signers=papers.signer(turn),
        audience=WITH_COURT,
    )
    turn.publish(
        "casework.extension_asked",
        days=given.days,
        reason=given.reason,
        due_on=due_on.isoformat() if due_on else None,
        requested_due_on=new_due.isoformat() if new_due else None,
    )


def _after(turn: Turn, days: int) -> date | None:
    """The due day if the completion clock were longer by some days; ``None`` while it cannot be computed."""
    clock = turn.live_clock("completion")
    if clock is None:
        return None
    longer = replace(clock, length=clock.length + days)
    try:
        return due(longer, lawbook.calendar()).day
    except CalendarYearMissingError:
        return None


class Granted(Given):
    """The court's decision."""

    days: Days
    reason: Text


@carries_out("appraisal", "extension_granted", given=Granted)
def extension_granted(turn: Turn, given: Granted) -> None:
    """The court granted more time: extend the clock and tell the client (通则 第二十八条, form F3)."""
    appraisal, brief = papers.of(turn), entrustment.brief(turn.root_id)
    before = turn.latest_due("completion")
    new_due = _after(turn, given.days)
    turn.extend("completion", by=given.days, basis="法院准许延期（法〔2020〕202号 第十三条）")
    asked = appraisal.extension
    appraisal.extension = {}
    appraisal.save(update_fields=["extension"])
    turn.issue(
        "extension_notice",
        data={
            **papers.heading(appraisal, brief),
            "accepted_on": appraisal.accepted_on,
            "due_on": before,
            "reason": asked.get("reason", given.reason),
            "extra_working_days": given.days,
            "new_due_on": new_due,
        },
        issuer_id=appraisal.organisation_id,
        signers=(),
        audience=(*WITH_COURT, "applicant", "respondent"),
    )


class NotGranted(Given):
    """The court's reason."""

    reason: Text


@carries_out("appraisal", "extension_refused", given=NotGranted)
def extension_refused(turn: Turn, given: NotGranted) -> None:
    """The court did not grant more time."""
    appraisal = papers.of(turn)
    appraisal.extension = {}
    appraisal.save(update_fields=["extension"])
