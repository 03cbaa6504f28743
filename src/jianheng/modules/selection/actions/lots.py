"""The draw (摇号): the list is announced in the log, then the seed comes to be, then everyone can recompute."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from jianheng.kernel import draw as lots
from jianheng.kernel.errors import Reason
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection.actions import candidates, papers
from jianheng.modules.selection.errors import NotACandidateError, NotYetLoggedError, SeedClosedError
from jianheng.modules.selection.models import Selection
from jianheng.modules.selection.terms import SERVER, SIDES, UNIT
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures.api import Given, Line, OptionalText, Turn, carries_out

Seed = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Recused(Given):
    """An institution that may not take this case."""

    institution: candidates.InstitutionId = Field(title="机构名称")
    reason: Line = Field(title="回避的理由")


class List(Given):
    """公开备选名单."""

    digest: Literal["sha256", "sm3"] = Field(
        "sha256", title="摘要算法", json_schema_extra={"labels": {"sha256": "SHA-256", "sm3": "SM3"}}
    )
    recused: list[Recused] = Field(default_factory=list, title="应当回避的机构", max_length=50)
    note: OptionalText = Field("", title="备注")


def _names(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    options = candidates.options(turn)
    return {"recused.institution": options}


@carries_out("selection", "commit_list", given=List, choices=_names)
def commit_list(turn: Turn, given: List) -> str:
    """Fix the list with every exclusion, and announce it in the log together with the hash of the server's secret.

    Who must recuse stays out of every later list and choice of this entrustment; refuses an institution that is not in
    the register for this item (:class:`NotACandidateError`). With nobody left, the list is still kept with its reasons
    and the unit chooses another way.
    """
    selection = candidates.of(turn)
    selection.recused = {**selection.recused, **{row.institution: row.reason for row in given.recused}}
    fit, unfit = candidates.sifted(turn, selection)
    _must_be_listed(given.recused, known={one.id for one in (*fit, *(one for one, _ in unfit))})
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
    _tell_excluded(turn, unfit)
    if not fit:
        selection.save()
        return "empty"
    selection.digest, selection.secret = given.digest, secrets.token_hex(32)
    selection.contributions, selection.announced_at = {}, turn.now
    entry = ledger.entry(
        "draw.announced",
        region=turn.region,
        matter_id=turn.matter_id,
        data=lots.announcement(
            candidates=_candidates(selection),
            exclusions=_exclusions(selection),
            digest=given.digest,
            sources=_sources(selection),
        ),
        now=turn.now,
    )
    ledger.append(entry)
    selection.announcement = entry.id
    selection.save()
    turn.text_parties(
        f"{turn.reference}备选鉴定机构名单已公开，摇号前可在公众网站查看名单和排除理由，并提供一段随机字符。"
    )
    return "done"


def _must_be_listed(recused: list[Recused], *, known: set[int]) -> None:
    for number, row in enumerate(recused):
        if int(row.institution) not in known:
            raise NotACandidateError(
                f"第{number + 1}家应当回避的机构（编号{row.institution}）不在本类别的名册中，请核对。",
                about=f"recused.{number}.institution",
            )


def _tell_excluded(turn: Turn, unfit: list[Any]) -> None:
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


def _candidates(selection: Selection) -> list[lots.Candidate]:
    return [lots.Candidate(row["uscc"], row["name"]) for row in selection.candidates]


def _exclusions(selection: Selection) -> list[lots.Exclusion]:
    return [
        lots.Exclusion(
            row["uscc"],
            row["name"],
            tuple(Reason(reason["code"], reason["text"], tuple(reason["law"])) for reason in row["reasons"]),
        )
        for row in selection.exclusions
    ]


def _sources(selection: Selection, *, revealed: dict[str, Any] | None = None) -> list[lots.Source]:
    """The kinds of seed in their fixed order: both sides, the presiding officer, the server's committed secret."""
    told = revealed or {}

    def party(who: str, key: str) -> lots.Source:
        given = told.get(key, {})
        return lots.Source("party", who, value=given.get("text", ""), at=given.get("at"))

    server = told.get("server", {})
    return [
        party(SIDES["applicant"], "applicant"),
        party(SIDES["respondent"], "respondent"),
        party(UNIT, "unit"),
        lots.Source(
            "server",
            SERVER,
            value=server.get("text", ""),
            at=server.get("at"),
            committed=lots.secret_commitment(selection.secret),
        ),
    ]


class Contribution(Given):
    """随机字符."""

    text: Seed = Field(title="随机字符", description="任意写一段文字或数字，与他方的一起决定摇号结果；提交后不能更改")


@carries_out("selection", "contribute", given=Contribution)
def contribute(turn: Turn, given: Contribution) -> None:
    """One side adds its part of the seed, once, after the list is fixed."""
    selection = candidates.of(turn)
    if turn.side in selection.contributions:
        raise SeedClosedError
    if selection.announcement is None or not ledger.is_sealed(selection.announcement):
        raise NotYetLoggedError
    selection.contributions = {
        **selection.contributions,
        turn.side: {"text": given.text, "at": turn.now.isoformat()},
    }
    selection.save(update_fields=["contributions"])


class Draw(Given):
    """摇号."""

    text: Seed = Field(title="主持人随机字符", description="摇号时当场写入")


@carries_out("selection", "draw", given=Draw)
def draw(turn: Turn, given: Draw) -> None:
    """Draw: reveal the server's secret, form the key, order the whole list; the first name is chosen.

    Refuses while the announcement is not in a signed checkpoint of the log: the list comes before the seed.
    """
    selection = candidates.of(turn)
    if selection.announcement is None or selection.announced_at is None:
        raise NotYetLoggedError
    announced = ledger.receipt(selection.announcement)
    if announced is None or announced["status"] != "sealed":
        raise NotYetLoggedError
    told: dict[str, Any] = {
        side: {"text": said["text"], "at": datetime.fromisoformat(said["at"])}
        for side, said in selection.contributions.items()
    }
    told["unit"] = {"text": given.text, "at": turn.now}
    told["server"] = {"text": selection.secret, "at": turn.now}
    for side in SIDES:
        told.setdefault(side, {"text": "", "at": turn.now})
    drawn = lots.build(
        matter=f"{turn.reference}",
        category=selection.category_title,
        digest=selection.digest,
        candidates=_candidates(selection),
        exclusions=_exclusions(selection),
        sources=_sources(selection, revealed=told),
        committed_at=selection.announced_at,
        drawn_at=turn.now,
    )
    selection.draw = {**drawn, "proofs": {"announcement": announced}}
    entry = ledger.entry(
        "draw.result", region=turn.region, matter_id=turn.matter_id, data=lots.result(drawn), now=turn.now
    )
    ledger.append(entry)
    selection.result = entry.id
    first = lots.holder(drawn)
    row = next(row for row in selection.candidates if first is not None and row["uscc"] == first.uscc)
    chosen = institutions.institution(row["id"])
    candidates.choose(
        turn,
        selection,
        institution_id=chosen.id,
        organisation_id=int(chosen.organisation_id or 0),
        name=chosen.name,
        mode="BY_LOT",
    )
    brief = entrustment.brief(turn.root_id)
    papers.record(turn, selection, brief, mode="BY_LOT", reason=selection.reason)
    papers.draw_notice(turn, selection, brief)
