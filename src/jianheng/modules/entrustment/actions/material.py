"""Material (鉴定材料): entered, cross-examined one by one, handed over (nodes 5, 13)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.actions.beginning import must_be_examined
from jianheng.modules.entrustment.errors import ExemptionError
from jianheng.modules.entrustment.terms import COURT_SEATS, EVERYONE, MATERIAL
from jianheng.services.files import api as files
from jianheng.services.lawbook import api as lawbook
from jianheng.services.people import api as people
from jianheng.services.procedures.api import (
    Given,
    Line,
    Name,
    OneLine,
    OptionalFileRef,
    OptionalLine,
    OptionalText,
    ShortLine,
    Text,
    Turn,
    carries_out,
)

NOTE_LETTERS, OPTION_LETTERS = 500, 200
Quantity = Annotated[str, StringConstraints(max_length=40), OneLine()]
ItemId = Annotated[str, Field(pattern=r"^[0-9]{1,18}$", json_schema_extra={"widget": "select"})]


class Material(Given):
    """One material, with its content where it is a file."""

    title: Line = Field(title="材料名称")
    kind: Name = Field(title="种类", description="如病历、影像资料、检材、样本、图纸")
    quantity: Quantity = Field("1份", title="数量")
    properties: OptionalLine = Field("", title="性状")
    source: ShortLine = Field(title="提供人")
    level: Literal[0, 1, 2] = Field(
        1,
        title="保密级别",
        json_schema_extra={"labels": {"0": "一般", "1": "涉个人隐私", "2": "涉商业秘密或不公开审理"}},
    )
    exempt: OptionalLine = Field(
        "",
        title="不组织质证的情形",
        description="一般留空，须经质证；属于所列情形的才选择，双方当事人都会被告知，并可以要求质证",
        json_schema_extra={"widget": "select"},
    )
    exempt_reason: OptionalText = Field("", title="不组织质证的说明", description="选择了情形的，写明具体事实")
    file: OptionalFileRef = Field("", title="电子文件", description="实物材料不上传")


def _exemptions(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = lawbook.book().enumeration("court.examination_exempt", on=turn.today, region=turn.region)
    return {"exempt": [(entry.code, entry.text) for entry in listed]}


@carries_out("entrustment", "add_material", given=Material, choices=_exemptions)
def add_material(turn: Turn, given: Material) -> str:
    """Enter a material into the case file; it waits for cross-examination (证据规定 第三十四条).

    What falls under an enumerated ground may be left without: both sides are told the ground and what was found, see
    the material, and may ask that it be cross-examined. Refuses a ground without its facts, and for what a side may not
    see (:class:`ExemptionError`): nobody could ask then.
    """
    ground = _ground(turn, given)
    files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=MATERIAL,
        section=given.kind,
        title=given.title,
        quantity=given.quantity,
        properties=given.properties,
        source=given.source,
        sha256=given.file,
        scope=turn.by.scope,
        level=given.level,
        audience=COURT_SEATS if files.Level(given.level) is files.Level.SECRET else EVERYONE,
        examination=files.Examination.NOT_NEEDED if ground else files.Examination.PENDING,
        examination_note=ground[:NOTE_LETTERS],
        added_by=turn.by.name,
        now=turn.now,
    )
    if not ground:
        return "done"
    turn.text_parties(
        f"案件{turn.reference}登记的鉴定材料《{given.title}》不组织质证：{ground}有异议的，可在移交鉴定机构前凭查询编号"
        f"{turn.root_id}登录公众网站，办理“要求质证”。",
        sender=f"【{papers.of(turn).court_name}】",
    )
    return "exempt"


def _ground(turn: Turn, given: Material) -> str:
    """Why a material is not cross-examined, in words; "" for one that is."""
    if not given.exempt:
        return ""
    if not given.exempt_reason:
        raise ExemptionError("选择了不组织质证的情形，没有写明具体事实。", about="exempt_reason")
    if files.Level(given.level) is files.Level.SECRET:
        raise ExemptionError("当事人不能查看的材料，不能不经质证。", about="exempt")
    listed = lawbook.book().enumeration("court.examination_exempt", on=turn.today, region=turn.region)
    known = {entry.code: entry.text for entry in listed}
    if given.exempt not in known:
        raise ExemptionError("所选情形不在列举的范围内。", about="exempt")
    return f"{known[given.exempt]}。{given.exempt_reason.rstrip('。')}。"


class Demand(Given):
    """要求质证."""

    item: ItemId = Field(title="材料")
    reason: Text = Field(title="要求质证的理由")


def _exempt(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {
        "item": [
            (str(item.id), f"{item.title}（不组织质证：{item.examination_note}）"[:OPTION_LETTERS])
            for item in files.items(turn.root_id, volume=MATERIAL, seats=[turn.side])
            if item.examination == files.Examination.NOT_NEEDED and item.handed_over_at is None
        ]
    }


@carries_out("entrustment", "demand_examination", given=Demand, choices=_exempt)
def demand_examination(turn: Turn, given: Demand) -> str:
    """A side asks that a material exempted by the court be cross-examined: it waits for that now (证据规定 第三十四条)."""
    item = files.item(int(given.item), seats=[turn.side])
    if item.root_id != turn.root_id or item.examination != files.Examination.NOT_NEEDED:
        raise files.NoSuchFileError
    files.examine(item.id, root_id=turn.root_id, status=files.Examination.PENDING, note=given.reason[:NOTE_LETTERS])
    entrustment = papers.of(turn)
    posts = (people.post_holder(entrustment.court_id, "judge"), people.post_holder(entrustment.unit_id, "tech"))
    turn.tell(posts, text=f"{entrustment.case_number}：{turn.by.name}要求对《{item.title}》质证：{given.reason}")
    return "done" if _exempt(turn)["item"] else "last"


class Examined(Given):
    """质证: what the parties said of one material and what the court found."""

    item: ItemId = Field(title="材料")
    authenticity: Text = Field(title="对真实性的意见")
    legality: Text = Field(title="对合法性的意见")
    relevance: Text = Field(title="对关联性的意见")
    finding: Literal["AGREED", "CONFIRMED", "EXCLUDED"] = Field(
        title="质证结果",
        json_schema_extra={
            "labels": {
                "AGREED": "双方无异议",
                "CONFIRMED": "有异议，经审查予以确认",
                "EXCLUDED": "有异议，不作为鉴定材料",
            }
        },
    )
    reason: OptionalText = Field("", title="认定理由")
    place: Line = Field("第一法庭", title="质证地点")
    clerk: Line = Field(title="书记员")
    absent_note: OptionalText = Field("", title="未到庭人员及处理")


def _waiting(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    listed = files.items(turn.root_id, volume=MATERIAL)
    return {
        "item": [
            (str(item.id), f"{item.title}（{item.examination_title}）")
            for item in listed
            if item.handed_over_at is None
        ]
    }


@carries_out("entrustment", "examine_material", given=Examined, choices=_waiting)
def examine_material(turn: Turn, given: Examined) -> None:
    """Record the cross-examination of one material (证据规定 第三十四条); the court decides what is disputed."""
    entrustment = papers.of(turn)
    item = files.item(int(given.item))
    note = given.reason[:NOTE_LETTERS]  # all of it stands in the record
    files.examine(item.id, root_id=turn.root_id, status=given.finding, note=note)
    turn.issue(
        "cross_examination_record",
        data={
            **papers.heading(entrustment, numbered=False),
            "began_at": turn.now,
            "place": given.place,
            "judge": turn.by.name,
            "clerk": given.clerk,
            "present": [
                {"role": "申请人", "name": entrustment.applicant},
                {"role": "被申请人", "name": entrustment.respondent},
            ],
            "absent_note": given.absent_note or None,
            "materials": [
                {
                    "name": item.told_title,
                    "offered_by": item.source,
                    "authenticity": given.authenticity,
                    "legality": given.legality,
                    "relevance": given.relevance,
                    "finding": "REJECTED" if given.finding == "EXCLUDED" else "CONFIRMED",
                    "reason": given.reason or None,
                }
            ],
        },
        signers=papers.by_judge(turn),
    )


class HandOver(Given):
    """移交材料."""

    receiver: Line = Field(title="接收人")
    remark: OptionalText = Field("", title="备注")


@carries_out("entrustment", "hand_over", given=HandOver)
def hand_over(turn: Turn, given: HandOver) -> None:
    """Hand the examined material over to the institution with a signed list; what was excluded stays behind."""
    entrustment = papers.of(turn)
    listed = papers.listed(entrustment)
    must_be_examined(listed)
    _give(turn, listed, anew=True)
    turn.issue(
        "handover_list",
        data={
            **papers.heading(entrustment),
            "institution": papers.institution(entrustment),
            "matter": entrustment.subject,
            "materials": papers.materials(listed, inside=True),
            "handed_over_by": turn.by.name,
            "received_by": given.receiver,
            "handed_over_at": turn.now,
            "remark": given.remark or None,
        },
        signers=papers.by_judge(turn),
        audience=("court", "unit", "institution"),
    )
    turn.publish("entrustment.handed_over")
    for asked in entrustment.waiting_recusals:  # the institution's matter has just begun: it can decide now
        turn.publish("entrustment.recusal_requested", **asked)
    if entrustment.waiting_recusals:
        entrustment.waiting_recusals = []
        entrustment.save(update_fields=["waiting_recusals"])


def _give(turn: Turn, listed: Iterable[files.ItemRef], *, anew: bool = False) -> None:
    """Hand over what is fit and was not yet; ``anew`` to a successor what its predecessor had, too."""
    fit = [item.id for item in listed if item.may_be_handed_over and (anew or item.handed_over_at is None)]
    files.hand_over(fit, root_id=turn.root_id, audience=("institution",), now=turn.now)


class Supplied(Given):
    """补充材料说明."""

    note: Text = Field(title="补充情况")


@carries_out("entrustment", "supply_material", given=Supplied)
def supply_material(turn: Turn, given: Supplied) -> str:
    """Hand over the additional material, each cross-examined like the first (证据规定 第三十四条)."""
    listed = files.items(turn.root_id, volume=MATERIAL)
    must_be_examined(listed)
    _give(turn, listed)
    turn.publish("entrustment.supplied", supplied=True, note=given.note)
    return _back_to(turn)


def _back_to(turn: Turn) -> str:
    """Whether anybody still waits beside the supplement; who was late to ask is waited for anew."""
    return "done" if turn.is_open("acceptance") or turn.is_open("appraising") else "again"


class NotSupplied(Given):
    """不能补充的理由."""

    reason: Text = Field(title="不能补充的理由")


@carries_out("entrustment", "decline_supplement", given=NotSupplied)
def decline_supplement(turn: Turn, given: NotSupplied) -> str:
    """Tell the institution that nothing more can be supplied; it decides on what it has."""
    turn.publish("entrustment.supplied", supplied=False, note=given.reason)
    return _back_to(turn)
