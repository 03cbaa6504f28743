"""Corrections of how a party is reached: the phone is what it comes in by."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.actions.beginning import Phone
from jianheng.modules.entrustment.errors import SamePhoneError, UnchangedPhoneError
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Text, Turn, carries_out


class Contact(Given):
    """更正联系方式."""

    side: Literal["applicant", "respondent"] = Field(
        title="当事人", json_schema_extra={"labels": {"applicant": "申请人", "respondent": "对方当事人"}}
    )
    phone: Phone = Field(title="更正后的手机号码")
    reason: Text = Field(title="更正的理由", description="写明怎样核实了当事人的身份和号码")


@carries_out("entrustment", "correct_contact", given=Contact)
def correct_contact(turn: Turn, given: Contact) -> None:
    """Correct a party's phone, for a reason that stays on record; the old and the new one are told.

    From then on the old phone opens nothing: its codes are dead and whoever came in by it is out. Refuses the other
    side's phone (:class:`SamePhoneError`) and the one the party has (:class:`UnchangedPhoneError`).
    """
    known = {party["phone"]: party["side"] for party in people.parties_of(turn.root_id)}
    if known.get(given.phone) == given.side:
        raise UnchangedPhoneError(about="phone")
    if given.phone in known:
        raise SamePhoneError(about="phone")
    entrustment = papers.of(turn)
    name = entrustment.applicant if given.side == "applicant" else entrustment.respondent
    before = people.move_party(root_id=turn.root_id, side=given.side, phone=given.phone, now=turn.now)
    about = f"【{entrustment.court_name}】{name}：案件{entrustment.case_number}的联系电话已由法院更正，"
    closed = f"{about}本号码不再用于查询和接收通知；有异议的，请联系承办法官。"
    opened = f"{about}可凭查询编号{turn.root_id}和本手机号码在公众网站查询进度。"
    messages = [*((phone, closed) for phone in before), (given.phone, opened)]
    notices.send("SMS", messages, now=turn.now, matter_id=turn.root_id)
