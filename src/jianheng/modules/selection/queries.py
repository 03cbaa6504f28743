"""Named reads of selections and draws."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from jianheng.kernel import canonical
from jianheng.kernel import draw as lots
from jianheng.kernel.pulses import chain_of
from jianheng.modules.selection.models import Chosen, Draw, Selection
from jianheng.modules.selection.terms import BY_LOT, DESIGNATED, MODES, OUTSIDE, ChoiceGround, RecusalGround
from jianheng.services.beacon import api as beacon
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

SHARE_OF = 5  # concentration: the share of so many


def facts(matter_id: int, seats: Collection[str]) -> list[tuple[str, str]]:
    """What a selection's page tells at the top, whoever reads it."""
    row = Selection.objects.filter(matter_id=matter_id).select_related("lot").first()
    if row is None:
        return []
    claims = "；".join(f"{one['name']}（{RecusalGround(one['ground']).label}）" for one in row.claims)
    proposed = row.proposed
    grounds = [ChoiceGround(proposed["ground"]).label] if proposed.get("ground") else []
    told = [
        ("鉴定类别", row.category_title),
        ("备选机构", "、".join(one["name"] for one in row.candidates)),
        ("排除机构", f"{len(row.exclusions)}家（理由见备选名单页）" if row.exclusions else ""),
        ("应当回避", f"{len(row.recused)}家（理由见备选名单页）" if row.recused else ""),
        ("待复核的回避主张", claims),
        (f"拟{MODES[proposed['mode']]}", f"{proposed['name']}（待法官复核）") if proposed else ("", ""),
        ("拟选的事由", "；".join([*grounds, proposed["reason"]])) if proposed else ("", ""),
        ("已退出", "；".join(f"{one['name']}（{one['reason']}）" for one in row.left)),
        *(_waiting(row.lot) if row.lot else ()),
        ("选定机构", row.chosen_name),
        ("选择理由", row.reason),
    ]
    return [(label, value) for label, value in told if value]


def _waiting(lot: Draw) -> list[tuple[str, str]]:
    if lot.concluded_at is not None or lot.falls_at is None or lot.due_at is None:
        return []
    said = lot.file["announcement"]
    when, until = (f"{timezone.localtime(one):%Y-%m-%d %H:%M:%S}" for one in (lot.falls_at, lot.due_at))
    title = beacon.title(chain_of(said["beacon"]))
    return [("等待信标", f"{title}第{said['round']}轮，应于{when}发布；结果应于{until}前作出")]


# --- what came before -----------------------------------------------------------------------------------------


def earlier(selection: Selection) -> QuerySet[Selection]:
    """Other choosings of the same case and category, the oldest first."""
    same = {"court_id": selection.court_id, "case_number": selection.case_number, "category": selection.category}
    return Selection.objects.filter(**same).exclude(pk=selection.pk).select_related("lot").order_by("pk")


def history(selection: Selection) -> list[dict[str, Any]]:
    """What happened in this case and category before, as every later draw file carries it.

    Of what is sealed the fact stays, so that no second try hides behind a seal, without the numbers that lead to it.
    """
    before = [
        (row.begun_at, row.matter_id, row.lot.draw if row.lot else "", _what(row)) for row in earlier(selection)
    ]
    before += _voided(selection)
    told: list[dict[str, Any]] = []
    for at, matter_id, code, what in before:
        if at and procedures.is_sealed(matter_id):
            told.append({"at": canonical.instant(at), "what": f"{what}（案件已经封存）"})
        elif at:
            told.append({"at": canonical.instant(at), "matter": matter_id, "draw": code, "what": what})
    return told


def _what(row: Selection) -> str:
    done = f"{MODES[row.mode]}选定" if row.mode == "BY_LOT" else MODES.get(row.mode, "未选定")
    return f"{done}，委托已结束" if row.ended_at else done


def _voided(selection: Selection) -> list[tuple[datetime | None, int, str, str]]:
    same = {"court_id": selection.court_id, "case_number": selection.case_number, "category": selection.category}
    return [
        (row.announced_at, row.matter_id, row.draw, "公布未能及时封账，作废" if row.is_void else "全部顺位均已递补")
        for row in Draw.objects.filter(**same).order_by("pk")
    ]


def months_waited(usccs: Iterable[str], *, on: date, most: int) -> dict[str, int]:
    """Whole months since a draw chose each institution last; ``most`` for one that none did."""
    asked = list(usccs)
    last: dict[str, date] = {}
    drawn = Chosen.objects.filter(uscc__in=asked, mode=BY_LOT).order_by("on")
    for uscc, day in drawn.values_list("uscc", "on"):
        last[uscc] = day
    return {uscc: min(_months(last[uscc], on), most) if uscc in last else most for uscc in asked}


def _months(since: date, until: date) -> int:
    return max((until.year - since.year) * 12 + until.month - since.month - (until.day < since.day), 0)


def last_size(selection: Selection) -> int | None:
    """How many stood in the newest list of the same category and province."""
    rows = Draw.objects.filter(category=selection.category, region__startswith=selection.region[:2])
    newest = rows.order_by("-pk").first()
    return len(newest.file["announcement"]["candidates"]) if newest else None


# --- what is shown --------------------------------------------------------------------------------------------


def lists(matter_id: int) -> dict[str, Any] | None:
    """The candidates and exclusions of a selection, with its draw; ``None`` for any other matter."""
    row = Selection.objects.filter(matter_id=matter_id).select_related("lot").first()
    if row is None:
        return None
    return {
        "candidates": row.candidates,
        "exclusions": row.exclusions,
        "claims": [{**one, "ground": RecusalGround(one["ground"]).label} for one in row.claims],
        "contributed": sorted(row.contributions),
        "lot": shown(row.lot) if row.lot else None,
        "chosen": row.chosen_name,
        "left": row.left,
        "earlier": history(row),
    }


def shown(lot: Draw) -> dict[str, Any]:
    """A draw as pages show it; nothing of it names the case."""
    said, pulse = lot.file["announcement"], lot.file.get("pulse")
    chain = chain_of(said["beacon"]) if "beacon" in said else None
    return {
        "draw": lot.draw,
        "category": lot.category_title,
        "announced_at": lot.announced_at,
        "announcement": str(lot.announcement or ""),
        "beacon": beacon.title(chain) if chain else "",
        "is_demonstration": chain is not None and chain.beacon == "demonstration",
        "chain": chain.hash if chain else "",
        "round": said.get("round"),
        "falls_at": lot.falls_at,
        "due_at": lot.due_at,
        "concluded_at": lot.concluded_at,
        "is_void": lot.is_void,
        "pulse": pulse,
        "candidates": said["candidates"],
        "exclusions": said.get("exclusions", []),
        "share": said.get("share"),
        "turns": lots.turns(lot.file),
        "history": said.get("history", []),
    }


def _file(lot: Draw) -> dict[str, Any]:
    """The draw file with the log's receipts."""
    asked = {"announcement": lot.announcement, "result": lot.result}
    proofs: dict[str, Any] = {name: ledger.receipt(entry) for name, entry in asked.items() if entry}
    if lot.entries:
        proofs["events"] = [ledger.receipt(UUID(entry)) for entry in lot.entries]
    return {**lot.file, "proofs": proofs}


def draw_file(matter_id: int) -> dict[str, Any] | None:
    """The draw file of a selection, whole, for those who see its matter; ``None`` while nothing was announced."""
    row = Selection.objects.filter(matter_id=matter_id).select_related("lot").first()
    return None if row is None or row.lot is None else _file(row.lot)


def _draws(by: people.Actor) -> QuerySet[Draw]:
    """The draws of cases that are not sealed to somebody."""
    return Draw.objects.exclude(procedures.withheld(by))


def draw_by_code(code: str, *, by: people.Actor) -> dict[str, Any] | None:
    """A draw for everybody, by its code: without the case and without what its sides wrote.

    ``None`` for one of a case sealed to whoever asks.
    """
    lot = _draws(by).filter(draw=code).first()
    if lot is None:
        return None
    return {"shown": shown(lot), "file": lots.for_the_public(_file(lot))}


def concerned_file(code: str, *, by: people.Actor) -> dict[str, Any] | None:
    """The whole file for those it concerns beside court and parties: whoever was on the list or kept off it, drawn or
    not, and the regulators of the region; ``None`` for others."""
    lot = _draws(by).filter(draw=code).first()
    if lot is None:
        return None
    listed = {organisation for _, organisation in lot.bodies.values() if organisation}
    watches = any(region and lot.region.startswith(region) for region in by.regions)
    return _file(lot) if listed & set(by.organisation_ids) or watches else None


def concentration(year: int, *, by: people.Actor) -> list[Mapping[str, Any]]:
    """Of each province and category: how many turns came in a year, the share of the five who had most, and how often a
    court chose without a draw, by mode."""
    counted: dict[tuple[str, str], Counter[str]] = {}
    undrawn: dict[tuple[str, str], Counter[str]] = {}
    rows = Chosen.objects.filter(on__year=year).values_list("region", "category_title", "name", "mode")
    for region, category, name, mode in rows:
        group = region[:2], category
        counted.setdefault(group, Counter())
        undrawn.setdefault(group, Counter())
        if mode == BY_LOT:
            counted[group][name] += 1
        else:
            undrawn[group][mode] += 1
    return [
        {
            "region": region,
            "category": category,
            "turns": sum(names.values()),
            "institutions": len(names),
            "share": 100 * sum(count for _, count in names.most_common(SHARE_OF)) // max(sum(names.values()), 1),
            "most": names.most_common(SHARE_OF),
            "designated": undrawn[region, category][DESIGNATED],
            "outside": undrawn[region, category][OUTSIDE],
        }
        for (region, category), names in sorted(counted.items())
    ]


def newest_draws(*, by: people.Actor, limit: int = 50) -> list[dict[str, Any]]:
    """The newest draws, for everybody, without those of cases sealed to whoever asks."""
    return [shown(row) for row in _draws(by).order_by("-pk")[:limit]]


def waiting_draws(now: datetime) -> list[tuple[int, int | None]]:
    """(draw, family whose request waits, or nothing) of every draw whose round has fallen and that has no result."""
    rows = Draw.objects.filter(concluded_at=None, falls_at__lte=now).order_by("falls_at")[:50]
    return [(row.pk, row.selections.filter(ended_at=None).values_list("root_id", flat=True).last()) for row in rows]
