"""An institution that does not answer or does not finish: warned, given more time, replaced (nodes 11, 14).

No article says in so many words what follows an entrustment left unanswered. It is treated as a refusal
(法释〔2002〕8号 第十二条): the next name of the same draw, or a new choice. Finishing late is 证据规定 第三十五条.
"""

from __future__ import annotations

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.actions.work import OfInstitution, forget_institution, the_institution
from jianheng.modules.entrustment.errors import NotOverdueError
from jianheng.modules.entrustment.models import Entrustment
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.api import Days, Given, Nothing, Text, Turn, carries_out


@carries_out("entrustment", "receive_acceptance")
def receive_acceptance(turn: Turn, given: Nothing) -> None:
    """The institution has accepted; its time to submit plan and quote begins (法〔2020〕202号 第七条)."""
    entrustment = papers.of(turn)
    entrustment.accepted_on = turn.today
    entrustment.save(update_fields=["accepted_on"])


@carries_out("entrustment", "miss_answer")
def miss_answer(turn: Turn, given: Nothing) -> None:
    """The institution has let its time pass (通则 第十三条; 法〔2020〕202号 第七条); the court says what follows."""
    entrustment = papers.of(turn)
    missing = "提交鉴定方案" if entrustment.accepted_on else "决定是否受理"
    turn.tell(
        [people.post_holder(entrustment.court_id, "judge"), people.post_holder(entrustment.unit_id, "tech")],
        text=f"{entrustment.case_number}：{entrustment.institution_name}没有在期限内{missing}，请处理。",
    )


class Urging(Given):
    """催告."""

    days: Days = Field(title="答复期限（工作日）")
    text: Text = Field(title="催告内容")


@carries_out("entrustment", "urge_answer", given=Urging)
def urge_answer(turn: Turn, given: Urging) -> str:
    """Give the silent institution a last time to answer; the clock it missed runs anew."""
    entrustment = papers.of(turn)
    awaited = "plan" if entrustment.accepted_on else "acceptance"
    turn.term(awaited, length=given.days, unit="WD", basis="法院催告指定")
    due_on = turn.due_if_started(awaited)
    until = f"请于{due_on:%Y年%-m月%-d日}前答复。" if due_on else f"请于{given.days}个工作日内答复。"
    _tell_institution(turn, entrustment, f"{given.text}{until}逾期不答复的，法院将另行选择机构。")
    return awaited


class Replaced(OfInstitution):
    """Why another institution is to follow."""

    reason: Text = Field(title="理由")


@carries_out("entrustment", "replace_silent", given=Replaced, choices=the_institution)
def replace_silent(turn: Turn, given: Replaced) -> None:
    """Choose another institution for one that did not answer: the next of the same draw where there is one."""
    _replace(turn, kind="SILENT", reason=f"逾期未答复：{given.reason}")


@carries_out("entrustment", "replace_overdue", given=Replaced, choices=the_institution)
def replace_overdue(turn: Turn, given: Replaced) -> None:
    """Entrust another institution for one that did not finish in time without good reason (证据规定 第三十五条).

    Refuses while no time of the institution has run out, and while it waits for a decision on more time; the fee is
    returnable.
    """
    if turn.is_open("decide_extension"):
        raise NotOverdueError("机构的延期申请尚未决定，不能以逾期为由另行委托。")
    if not _late(turn):
        raise NotOverdueError
    entrustment = papers.of(turn)
    entrustment.refund_due = True
    entrustment.save(update_fields=["refund_due"])
    _replace(turn, kind="OVERDUE", reason=f"逾期未完成：{given.reason}")


def _late(turn: Turn) -> bool:
    """Whether a clock of the institution's own matter is past its due day."""
    family = procedures.family(turn.root_id, people.PLATFORM)
    own = (
        row for row in family if row.pk != turn.matter_id and row.seats.get("institution") == turn.seat("institution")
    )
    views = (procedures.matter(row.pk, people.PLATFORM, today=turn.today) for row in own)
    return any(term.overdue for view in views for term in view.terms)


def _replace(turn: Turn, *, kind: str, reason: str) -> None:
    entrustment = papers.of(turn)
    _tell_institution(turn, entrustment, f"{reason}法院另行选择机构，请退还鉴定材料。")
    forget_institution(turn)
    turn.publish("entrustment.institution_left", kind=kind, reason=reason[:1000])


def _tell_institution(turn: Turn, entrustment: Entrustment, text: str) -> None:
    body = int(entrustment.institution_organisation_id or 0)
    turn.tell(
        [people.post_holder(body, "intake"), people.post_holder(body, "head")],
        text=f"{entrustment.number}：{text}",
    )
