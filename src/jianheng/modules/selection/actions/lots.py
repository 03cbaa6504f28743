"""The draw (摇号): everything that decides is announced and sealed, then a public pulse decides, and everyone can recompute.

No act here can choose: whoever announces cannot know the pulse, and after the pulse nobody is asked anything.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any

from django.conf import settings
from django.utils import timezone
from pydantic import Field, StringConstraints

from jianheng.kernel import draw as lots
from jianheng.kernel.pulses import chain_of
from jianheng.kernel.tickets import LARGEST_LIST, Share
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection import queries, rules
from jianheng.modules.selection.actions import candidates, orders, papers
from jianheng.modules.selection.errors import ListTooLongError, NotYetLoggedError, OrderGoesOnError, TextGivenError
from jianheng.modules.selection.models import Draw, Selection
from jianheng.modules.selection.terms import EVERYONE, OFFICER, SIDES, UNIT, RecusalGround
from jianheng.services.beacon import api as beacon
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures.api import (
    FileRef,
    Given,
    Line,
    Nothing,
    OptionalLine,
    OptionalText,
    Text,
    Turn,
    carries_out,
)

Words = Annotated[str, StringConstraints(max_length=100)]


class Contribution(Given):
    """随机文字."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        title="随机文字", description="任意写一段文字或数字，随名单一并公布并固定；提交后不能更改，不写也不影响摇号"
    )


@carries_out("selection", "contribute", given=Contribution)
def contribute(turn: Turn, given: Contribution) -> None:
    """One side adds a text of its own, once, before the announcement closes over it."""
    selection = candidates.of(turn)
    if turn.side in selection.contributions:
        raise TextGivenError
    selection.contributions = {**selection.contributions, turn.side: given.text}
    selection.save(update_fields=["contributions"])


class Recused(Given):
    """An institution that may not take this case: on a ground of the law, with evidence."""

    institution: candidates.InstitutionId = Field(title="机构名称")
    ground: RecusalGround = Field(
        title="回避的事由", json_schema_extra={"labels": {one.value: str(one.label) for one in RecusalGround}}
    )
    evidence: FileRef = Field(title="证据", description="申请书、关系证明等，双方和复核人都看得到")
    note: OptionalLine = Field("", title="说明")


class List(Given):
    """拟定并公布备选名单."""

    recused: list[Recused] = Field(
        default_factory=list,
        title="应当回避的机构",
        max_length=50,
        description="有填写的，名单先送承办法官复核，双方可以提出意见",
    )
    text: Words = Field("", title="主持人的随机文字", description="随名单一并固定；摇号时不再写入任何内容")
    note: OptionalText = Field("", title="备注")


def _names(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"recused.institution": candidates.options(turn)}


@carries_out("selection", "commit_list", given=List, choices=_names)
def commit_list(turn: Turn, given: List) -> str:
    """Announce the list; where somebody is to be kept off it by a claim, have the claim judged by another first.

    Refuses an institution that is not in the register for this item (:class:`NotACandidateError`). Nothing that is only
    claimed has an effect before the judge has confirmed it.
    """
    selection = candidates.of(turn)
    selection.contributions = {**selection.contributions, OFFICER: given.text}
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        outcome = orders.take_over(turn, selection, earlier)
        if outcome != "exhausted":
            return outcome
    if not given.recused:
        return announce(turn, selection)
    named = candidates.must_be_listed(turn, selection, [row.institution for row in given.recused])
    selection.claims = [
        {
            "id": int(row.institution),
            "name": named[int(row.institution)].name,
            "ground": row.ground.value,
            "evidence": row.evidence,
            "note": row.note,
        }
        for row in given.recused
    ]
    selection.save(update_fields=["contributions", "claims"])
    _tell_of_claims(turn, selection, named)
    return "review"


def _tell_of_claims(turn: Turn, selection: Selection, named: dict[int, institutions.Candidate]) -> None:
    """Both sides, the judge and each institution learn of it before it has any effect."""
    told: list[tuple[str, str]] = []
    for claim in selection.claims:
        ground = RecusalGround(claim["ground"]).label
        files.add_item(
            region=turn.region,
            root_id=turn.root_id,
            matter_id=turn.matter_id,
            volume="委托文书",
            section="回避",
            title=f"{claim['name']}应当回避的证据",
            source=turn.by.name,
            audience=EVERYONE,
            added_by=turn.by.name,
            now=turn.now,
            sha256=claim["evidence"],
            scope=turn.by.scope,
        )
        if body := named[claim["id"]].organisation_id:
            text = f"{turn.reference}：有人主张贵机构应当回避（{ground}），由承办法官复核；有异议的请即向法院提出。"
            told.append((people.post_holder(body, "head"), text))
    judge = people.post_holder(turn.seat("court") or 0, "judge")
    told.append((judge, f"{turn.reference}：备选名单有{len(selection.claims)}家主张回避，请复核。"))
    notices.tell(told, region=turn.region, matter_id=None, now=turn.now)
    turn.text_parties(
        f"{turn.reference}备选名单中有机构被主张回避，可在公众网站查看事由和证据，在法官复核前提出意见。"
    )


class ListObjection(Given):
    """对回避主张的意见."""

    text: Text = Field(title="意见")


@carries_out("selection", "object_to_list", given=ListObjection)
def object_to_list(turn: Turn, given: ListObjection) -> None:
    """One side says what it holds of a claimed recusal, while the judge has not decided; the judge reads it in the course."""
    court = people.post_holder(turn.seat("court") or 0, "judge")
    turn.tell([court], text=f"{turn.reference}：{SIDES[turn.side]}对回避主张提出意见：{given.text}")


class ListReview(Given):
    """复核回避主张."""

    reason: Text = Field(title="复核意见")


@carries_out("selection", "approve_list", given=ListReview)
def approve_list(turn: Turn, given: ListReview) -> str:
    """Another person in another post confirms the claims; only now the named stay off this and every later list."""
    selection = candidates.of(turn)
    before = len(candidates.sifted(turn, selection)[0])
    claimed = {str(claim["id"]): RecusalGround(claim["ground"]).label for claim in selection.claims}
    selection.recused, selection.claims = {**selection.recused, **claimed}, []
    return announce(turn, selection, before=before)


@carries_out("selection", "return_list", given=ListReview)
def return_list(turn: Turn, given: ListReview) -> None:
    """The claims are not confirmed; the list is drawn up again without them."""
    selection = candidates.of(turn)
    selection.claims = []
    selection.save(update_fields=["claims"])
    turn.tell(
        [people.post_holder(turn.seat("unit") or 0, "tech")],
        text=f"{turn.reference}：回避主张未予确认：{given.reason}",
    )


# --- the announcement -----------------------------------------------------------------------------------------


LISTED = (
    "contributions",
    "recused",
    "claims",
    "candidates",
    "exclusions",
)  # what a list is drawn up from, and comes to


def announce(turn: Turn, selection: Selection, *, before: int = 0) -> str:
    """Fix everything that decides and write it to the log; the pulse of a round to come decides.

    Refuses where this case and category has an order that goes on: nobody is drawn anew. With nobody left the list is still
    kept with its reasons, and the unit chooses another way.
    """
    earlier = orders.of_case(selection)
    if earlier is not None and orders.goes_on(earlier):
        raise OrderGoesOnError
    fit, unfit = candidates.sifted(turn, selection)
    if len(fit) > LARGEST_LIST:
        raise ListTooLongError
    _keep_list(selection, fit, unfit)
    _tell_excluded(turn, unfit)
    _alarm(turn, selection, fit, before or len(fit))
    if not fit:
        selection.save(update_fields=LISTED)
        return "empty"
    selection.lot = _announced(turn, selection, fit, unfit, earlier)
    selection.save(update_fields=[*LISTED, "lot"])
    falls = selection.lot.falls_at
    turn.text_parties(
        f"{turn.reference}备选机构名单已经公布并固定，将按公开信标于{_clock(falls)}发布的数据确定顺位。"
    )
    return "done"


def _clock(moment: Any) -> str:
    return f"{timezone.localtime(moment):%-m月%-d日%H时%M分}"


def _keep_list(selection: Selection, fit: Sequence[institutions.Candidate], unfit: Sequence[Any]) -> None:
    selection.candidates = [{"id": one.id, "uscc": one.uscc, "name": one.name} for one in fit]
    selection.exclusions = [
        {
            "id": one.id,
            "uscc": one.uscc,
            "name": one.name,
            "reasons": [{"code": r.code, "text": r.text, "law": list(r.law)} for r in reasons],
        }
        for one, reasons in unfit
    ]


def _announced(
    turn: Turn,
    selection: Selection,
    fit: Sequence[institutions.Candidate],
    unfit: Sequence[Any],
    earlier: Draw | None,
) -> Draw:
    """The draw, announced in the log."""
    chain = beacon.chain()
    round_ = chain.first_after(turn.now + timedelta(seconds=settings.JIANHENG_DRAW_LEAD))
    decides = lots.Round(chain, round_, settings.JIANHENG_DRAW_MARGIN, settings.JIANHENG_DRAW_PATIENCE)
    case = orders.case_of(selection, salt=earlier.case_salt if earlier else secrets.token_hex(32))
    texts = _texts(selection)
    loads = entrustment.open_at([one.id for one in fit])
    share = Share(**{name: turn.law(f"court.selection.share.{name}").number for name in SHARE})
    waited = queries.months_waited([one.uscc for one in fit], on=turn.today, most=share.months_most)
    said = lots.announcement(
        draw=secrets.token_hex(16),
        matter=turn.matter_id,
        case=case,
        category=(selection.category, selection.category_title),
        candidates=[lots.Candidate(one.uscc, one.name, loads.get(one.id, 0), waited[one.uscc]) for one in fit],
        exclusions=[lots.Exclusion(one.uscc, one.name, reasons) for one, reasons in unfit],
        texts=texts,
        share=share,
        at=turn.now,
        decides=decides,
        after=earlier.draw if earlier else "",
        history=queries.history(selection),
    )
    salt = secrets.token_hex(32)
    entry = ledger.entry(
        "draw.announced",
        region=turn.region,
        matter_id=turn.matter_id,
        data=lots.entry_data(said, salt),
        now=turn.now,
    )
    ledger.append(entry)
    beacon.want(chain, round_)
    return Draw.objects.create(
        draw=said["draw"],
        region=selection.region,
        court_id=selection.court_id or 0,
        case_number=selection.case_number,
        category=selection.category,
        category_title=selection.category_title,
        case_salt=case.salt,
        matter_id=turn.matter_id,
        bodies={one.uscc: [one.id, one.organisation_id] for one in (*fit, *(one for one, _ in unfit))},
        file=lots.opened(said, salt=salt, case=case, texts=texts),
        announcement=entry.id,
        announced_at=turn.now,
        falls_at=lots.falls_at(said),
        due_at=lots.deadline(said),
    )


SHARE = ("base", "per_open", "per_month", "months_most")


def _texts(selection: Selection) -> list[lots.Text]:
    """Both sides and the officer in their fixed order; who was silent has "", which is a text like another."""
    names = {**SIDES, OFFICER: UNIT}
    said = selection.contributions
    return [lots.Text(name, str(said.get(key, "")), secrets.token_hex(32)) for key, name in names.items()]


def _tell_excluded(turn: Turn, unfit: Sequence[Any]) -> None:
    """Each excluded institution learns why (C02)."""
    lines = [
        (
            people.post_holder(candidate.organisation_id, "head"),
            f"{turn.reference}未列入备选名单：" + "".join(reason.text for reason in reasons),
        )
        for candidate, reasons in unfit
        if candidate.organisation_id is not None
    ]
    notices.tell(lines, region=turn.region, matter_id=None, now=turn.now)


def _alarm(turn: Turn, selection: Selection, fit: Sequence[Any], before: int) -> None:
    """A list that is short, or a third shorter than it was, is told to the court above and to the regulators."""
    last = queries.last_size(selection)
    why = rules.alarming(len(fit), before=max(before, last or 0))
    if not why:
        return
    above = people.court_above(selection.court_id or 0)
    holders = [people.post_holder(above, "leader")] if above else []
    bodies = people.organisations(kind=people.OrganisationKind.REGULATOR, region_prefix=selection.region[:2])
    holders += [people.post_holder(body.id, "supervisor") for body in bodies]
    text = f"{turn.reference}（{selection.category_title}）备选名单异常：{why}。"
    notices.tell([(holder, text) for holder in holders], region=turn.region, matter_id=None, now=turn.now)


# --- the pulse and the result ---------------------------------------------------------------------------------


class Brought(Given):
    """录入信标脉冲."""

    pulse: Line = Field(
        title="脉冲", description="一行：轮次、空格、签名（96 位十六进制）。脉冲自己证明自己，录入的人不能改变结果"
    )


@carries_out("selection", "bring_pulse", given=Brought)
def bring_pulse(turn: Turn, given: Brought) -> None:
    """Anybody who takes part brings the pulse, where the court has no way out; refuses what is not the round's."""
    selection = candidates.of(turn)
    assert selection.lot is not None  # the node is open only then
    said = selection.lot.file["announcement"]
    brought = beacon.Pulse.read(given.pulse)
    if brought.round != said["round"]:
        raise beacon.PulseError(f"本次摇号公布的轮次是 {said['round']}，不是 {brought.round}。", about="pulse")
    beacon.take(brought, chosen=chain_of(said["beacon"]), by=f"{turn.by.name}录入", now=turn.now)


@carries_out("selection", "draw")
def draw(turn: Turn, given: Nothing) -> str:
    """The pulse is there: order the whole list; the first name that still qualifies is chosen.

    Done by the platform as soon as it can be. Refuses while the pulse is missing, or the announcement is not under a
    checkpoint of the log.
    """
    selection = candidates.of(turn)
    assert selection.lot is not None  # the node is open only then
    lot = Draw.objects.select_for_update().get(pk=selection.lot.pk)
    if lot.concluded_at is None:
        how = orders.conclude(lot, now=turn.now)
        if how == "late":
            selection.lot = None
            selection.save(update_fields=["lot"])
            return "late"
        if how == "waiting":
            raise NotYetLoggedError
    selection.lot = lot
    outcome = orders.give_turn(turn, selection)
    brief = entrustment.brief(turn.root_id)
    if outcome == "next":
        papers.record(turn, selection, brief, mode="BY_LOT", reason=selection.reason)
    return "done" if outcome == "next" else outcome
