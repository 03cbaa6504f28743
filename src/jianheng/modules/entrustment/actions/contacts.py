"""Corrections of how a party is reached: the phone is what it comes in by, so nobody alone moves it.

A correction is proposed with its evidence and both phones are told. It takes effect when the party confirms it by the
phone it has, or when a second person of another post of the court has confirmed it and a waiting time has passed in
which the party did not object. Until then the new phone opens nothing. Platform rules; the law has none.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.actions.beginning import Phone
from jianheng.modules.entrustment.errors import (
    ContactPendingError,
    NoContactPendingError,
    SamePhoneError,
    UnchangedPhoneError,
)
from jianheng.modules.entrustment.models import Entrustment
from jianheng.modules.entrustment.terms import COURT_SEATS, PROCEEDINGS, ContactGround
from jianheng.services.files import api as files
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures.api import FileRef, Given, Nothing, Text, Turn, carries_out


class Contact(Given):
    """更正联系方式."""

    side: Literal["applicant", "respondent"] = Field(
        title="当事人", json_schema_extra={"labels": {"applicant": "申请人", "respondent": "对方当事人"}}
    )
    phone: Phone = Field(title="更正后的手机号码")
    ground: ContactGround = Field(title="核实方式")
    evidence: FileRef = Field(title="证明材料", description="如送达地址确认书、书面申请、核对身份证件的笔录")
    reason: Text = Field(title="更正的理由", description="写明怎样核实了当事人的身份和号码")


@carries_out("entrustment", "correct_contact", given=Contact)
def correct_contact(turn: Turn, given: Contact) -> str:
    """Propose another phone for a party, with the evidence; both phones are told, nothing else changes.

    Refuses the other side's phone (:class:`SamePhoneError`), the one the party has (:class:`UnchangedPhoneError`), and
    a second correction while one waits (:class:`ContactPendingError`).
    """
    entrustment = papers.of(turn)
    if entrustment.pending_contact:
        raise ContactPendingError
    known = {party["phone"]: party["side"] for party in people.parties_of(turn.root_id)}
    if known.get(given.phone) == given.side:
        raise UnchangedPhoneError(about="phone")
    if given.phone in known:
        raise SamePhoneError(about="phone")
    item = files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=PROCEEDINGS,
        section="联系方式",
        title=f"更正{_name(entrustment, given.side)}联系方式的证明材料",
        source=entrustment.court_name,
        sha256=given.evidence,
        scope=turn.by.scope,
        level=files.Level.PRIVATE,
        audience=(*COURT_SEATS, given.side),
        added_by=turn.by.name,
        now=turn.now,
    )
    entrustment.pending_contact = {"side": given.side, "phone": given.phone, "evidence": item, "seq": turn.seq}
    entrustment.save(update_fields=["pending_contact"])
    _tell(
        turn,
        entrustment,
        old=f"法院拟将您的联系电话更正为{_masked(given.phone)}，尚未生效。是您本人要求的，请凭查询编号{turn.root_id}和本手机"
        "登录公众网站点击“同意更正联系方式”；不是您本人要求的，请登录提出异议，或者立即联系承办法官。",
        new="法院拟将联系电话更正为本号码，生效前本号码不能查询和办理；与您无关的，请联系承办法官。",
    )
    return given.side


class ContactConfirmed(Given):
    """第二人确认."""

    seen: Literal[True] = Field(title="已查看证明材料，并与当事人核实")
    note: Text = Field(title="怎样核实", description="写明核实的时间、方式和对象")


@carries_out("entrustment", "confirm_contact", given=ContactConfirmed)
def confirm_contact(turn: Turn, given: ContactConfirmed) -> str:
    """A second person of another post has verified it: the waiting time begins, and both phones are told until when."""
    entrustment = papers.of(turn)
    asked = _pending(entrustment)
    due_on = turn.due_if_started("contact")
    until = f"{due_on:%Y年%-m月%-d日}届满后" if due_on else "等待期届满后"
    _tell(
        turn,
        entrustment,
        old=f"您的联系电话更正为{_masked(asked['phone'])}一事已由法院核实，{until}生效；有异议的，请在此前凭查询编号"
        f"{turn.root_id}和本手机登录公众网站提出。",
        new=f"联系电话更正为本号码一事，{until}生效，届时可凭查询编号{turn.root_id}和本手机号码查询进度。",
    )
    return str(asked["side"])


@carries_out("entrustment", "accept_contact")
def accept_contact(turn: Turn, given: Nothing) -> None:
    """The party confirms it by the phone it has: it takes effect at once."""
    _carry(turn)


@carries_out("entrustment", "carry_contact")
def carry_contact(turn: Turn, given: Nothing) -> None:
    """The waiting time has passed without objection: it takes effect."""
    _carry(turn)


class ContactObjected(Given):
    """异议."""

    reason: Text = Field(title="异议的理由", description="如：本人没有要求更换号码")


@carries_out("entrustment", "object_contact", given=ContactObjected)
def object_contact(turn: Turn, given: ContactObjected) -> None:
    """The party objects by the phone it has: the correction falls, and the court and its leaders learn of it."""
    entrustment = papers.of(turn)
    asked = _drop(entrustment)
    posts = [people.post_holder(entrustment.court_id, role) for role in ("judge", "leader")]
    turn.tell(
        [*posts, people.post_holder(entrustment.unit_id, "tech")],
        text=f"{entrustment.case_number}：{_name(entrustment, asked['side'])}对更正联系方式提出异议，更正不生效。"
        f"理由：{given.reason}",
    )
    _tell_of(turn, entrustment, asked, old="您已提出异议，联系电话不更正。", new="联系电话不更正为本号码。")


class ContactDropped(Given):
    """不予更正."""

    reason: Text = Field(title="不予更正的理由")


@carries_out("entrustment", "drop_contact", given=ContactDropped)
def drop_contact(turn: Turn, given: ContactDropped) -> None:
    """The court does not go on with a correction; both phones are told."""
    entrustment = papers.of(turn)
    asked = _drop(entrustment)
    _tell_of(turn, entrustment, asked, old="法院决定不更正您的联系电话。", new="联系电话不更正为本号码。")


def _carry(turn: Turn) -> None:
    """Let the party in by the new phone from now on: codes of the old one are dead, and whoever came in by it is out."""
    entrustment = papers.of(turn)
    asked = _drop(entrustment)
    before = people.move_party(root_id=turn.root_id, side=asked["side"], phone=asked["phone"], now=turn.now)
    _send(
        turn,
        entrustment,
        asked["side"],
        *((phone, "联系电话已更正，本号码不再用于查询和接收通知；有异议的，请联系承办法官。") for phone in before),
        (asked["phone"], f"联系电话已更正为本号码，可凭查询编号{turn.root_id}和本手机号码在公众网站查询进度。"),
    )


def _pending(entrustment: Entrustment) -> dict[str, str]:
    if not entrustment.pending_contact:
        raise NoContactPendingError
    return dict(entrustment.pending_contact)


def _drop(entrustment: Entrustment) -> dict[str, str]:
    asked = _pending(entrustment)
    entrustment.pending_contact = {}
    entrustment.save(update_fields=["pending_contact"])
    return asked


def _tell(turn: Turn, entrustment: Entrustment, *, old: str, new: str) -> None:
    _tell_of(turn, entrustment, entrustment.pending_contact, old=old, new=new)


def _tell_of(turn: Turn, entrustment: Entrustment, asked: dict[str, str], *, old: str, new: str) -> None:
    """Tell the phones the party has and the one proposed; neither learns the whole of the other."""
    have = [party["phone"] for party in people.parties_of(turn.root_id) if party["side"] == asked["side"]]
    _send(turn, entrustment, asked["side"], *((phone, old) for phone in have), (asked["phone"], new))


def _send(turn: Turn, entrustment: Entrustment, side: str, *messages: tuple[str, str]) -> None:
    head = f"【{entrustment.court_name}】{_name(entrustment, side)}：案件{entrustment.case_number}，"
    notices.send("SMS", [(to, f"{head}{text}") for to, text in messages], now=turn.now, matter_id=turn.root_id)


def _name(entrustment: Entrustment, side: str) -> str:
    return entrustment.applicant if side == "applicant" else entrustment.respondent


def _masked(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"
