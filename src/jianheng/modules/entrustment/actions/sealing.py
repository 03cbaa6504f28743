"""A case, or one paper of it, is sealed: proposed by the judge on a ground of the law, confirmed by a leader of the court.

Until it is confirmed nothing is hidden, so that nobody hides anything alone. From then on it is shown to the persons
named, to whoever the ground leaves it to, and to whoever owes something in it; what is counted for others leaves it
out. The leaders of the court and of the one above are told that there is a seal, with how much was overdue, and nothing
of the case. It is opened the same way, and either may be done when the case is over.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from pydantic import Field

from jianheng.modules.entrustment.actions import papers
from jianheng.modules.entrustment.errors import (
    NotSealedError,
    OpeningAskedError,
    SealAskedError,
    SealEvidenceError,
    SealNoteError,
)
from jianheng.modules.entrustment.models import Entrustment, Seal
from jianheng.modules.entrustment.terms import PROCEEDINGS, OpeningGround, SealGround
from jianheng.services.documents import api as documents
from jianheng.services.files import api as files
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.api import Given, Line, OptionalFileRef, OptionalLine, Text, Turn, carries_out

SEATED = ("court", "unit", "institution")


class Sealing(Given):
    """封存."""

    target: OptionalLine = Field(
        "",
        title="封存的范围",
        description="不选为整个案件；也可以只封存一份文书或者材料",
        json_schema_extra={"widget": "select"},
    )
    ground: SealGround = Field(title="封存的依据")
    reason: Text = Field(title="具体事实和理由", description="写明哪些内容需要封存，以及不封存会怎样")
    evidence: OptionalFileRef = Field("", title="证明材料", description="当事人申请、密级标识、身份证明等")
    readers: list[Line] = Field(
        default_factory=list,
        title="知悉人员",
        description="提请人和批准人总在其中；正在承办的岗位没有人在其中的，该岗位承办期间可以查看",
        max_length=60,
        json_schema_extra={"widget": "checkboxes"},
    )


def _offers(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    return {"target": [("", "整个案件"), *_targets(turn)], "readers": _persons(turn)}


def _targets(turn: Turn) -> list[tuple[str, str]]:
    """The papers and files of the case that the judge may see, and so may seal."""
    seats = procedures.seats_of(turn.by, turn.state["seats"], root_id=turn.root_id)
    issued = documents.of_family(turn.root_id, seats=seats)
    kept = files.items(turn.root_id, seats=seats)
    return [
        *((f"document:{one.id}", f"文书：{one.title} {one.number}".strip()) for one in issued),
        *((f"item:{one.id}", f"卷宗：{one.section} {one.title}") for one in kept),
    ]


def _persons(turn: Turn) -> list[tuple[str, str]]:
    """Everybody with a post in a body that sits in the case, and the leaders above."""
    bodies = [found for name in SEATED if (found := turn.seat(name)) is not None]
    above = people.court_above(turn.seat("court") or 0)
    posts = people.posts_in(bodies, today=turn.today)
    posts += people.posts_in([above], today=turn.today, role=people.Role.LEADER) if above else ()
    return [(str(person_id), f"{name}（{place}）") for person_id, name, place in posts]


@carries_out("entrustment", "seal", given=Sealing, choices=_offers)
def seal(turn: Turn, given: Sealing) -> None:
    """Propose a seal; nothing is hidden before a leader of the court confirms it.

    A seal on what is sealed already replaces it: another ground, other persons. Refuses a second proposal while one waits
    (:class:`SealAskedError`), and a ground that wants evidence without it (:class:`SealEvidenceError`).
    """
    if turn.is_open("seal_asked"):
        raise SealAskedError
    ground = SealGround(given.ground)
    if ground.wants_evidence and not given.evidence:
        raise SealEvidenceError(about="evidence")
    entrustment = papers.of(turn)
    kind, _, number = given.target.partition(":")
    made = Seal.objects.create(
        region=turn.region,
        matter_id=turn.matter_id,
        court_id=entrustment.court_id,
        document_id=int(number) if kind == "document" else None,
        item_id=int(number) if kind == "item" else None,
        ground=ground,
        reason=given.reason,
        evidence=_evidence(turn, entrustment, given.evidence) if given.evidence else None,
        readers=sorted({int(one) for one in given.readers} | {turn.by.person_id or 0}),
        asked_at=turn.now,
        asked_by=turn.by.name,
        asked_by_id=turn.by.person_id or 0,
    )
    turn.tell(
        [people.post_holder(entrustment.court_id, people.Role.LEADER)],
        text=f"{entrustment.case_number}：{turn.by.name}提请封存{'整个案件' if not made.target else '一份材料'}"
        f"（{ground.label}），请审批。",
    )


def _evidence(turn: Turn, entrustment: Entrustment, sha256: str) -> int:
    return files.add_item(
        region=turn.region,
        root_id=turn.root_id,
        matter_id=turn.matter_id,
        volume=PROCEEDINGS,
        section="封存",
        title="提请封存的证明材料",
        source=entrustment.court_name,
        sha256=sha256,
        scope=turn.by.scope,
        level=files.Level.PRIVATE,
        audience=("court",),
        added_by=turn.by.name,
        now=turn.now,
    )


class SealConfirmed(Given):
    """批准."""

    note: Text = Field(title="审批意见", description="写明是否符合法定情形、知悉范围是否必要；有逾期未办的，说明情况")


@carries_out("entrustment", "confirm_seal", given=SealConfirmed)
def confirm_seal(turn: Turn, given: SealConfirmed) -> None:
    """A leader of the court confirms: from now on it is shown to those named only, and those above learn that it is sealed.

    Where something is overdue the note must say more than a word (:class:`SealNoteError`).
    """
    made = _waiting(turn)
    made.overdue = procedures.overdue_in(turn.root_id, today=turn.today)
    if made.overdue and len(given.note) < LEAST_SAID:
        raise SealNoteError(f"本案有{made.overdue}项逾期未办。", about="note")
    made.confirmed_at, made.confirmed_by, made.confirmed_by_id = turn.now, turn.by.name, turn.by.person_id
    made.readers = sorted({*made.readers, turn.by.person_id or 0})
    for before in _in_force(turn).filter(document_id=made.document_id, item_id=made.item_id):
        before.opened_at, before.opened_by, before.opening_reason = turn.now, turn.by.name, "由新的封存代替"
        before.save(update_fields=["opened_at", "opened_by", "opening_reason"])
    made.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_by_id", "readers", "overdue"])
    _apply(turn, made, _keys(turn, made))
    _tell_above(turn, made)


LEAST_SAID = 10  # letters: a note of a word or two explains nothing


def _keys(turn: Turn, made: Seal) -> list[str]:
    """Who may see it: the persons named, and whoever the ground leaves it to."""
    ground = SealGround(made.ground)
    sides = [side for side in people.Side if turn.state["seats"].get(side) == "side"]
    house = turn.seat("institution")
    return [
        *(people.person_key(one) for one in made.readers),
        *(people.side_holder(turn.root_id, side) for side in sides if ground.shown_to_parties),
        *([people.REGULATORS] if ground.shown_to_regulators else ()),
        *([people.post_holder(house, people.Role.ARCHIVIST)] if house and ground.shown_to_archives else ()),
    ]


def _apply(turn: Turn, made: Seal, keys: Iterable[str] | None) -> None:
    if made.document_id is not None:
        documents.restrict(made.document_id, root_id=turn.root_id, to=keys, now=turn.now)
    elif made.item_id is not None:
        files.restrict(made.item_id, root_id=turn.root_id, to=keys)
    else:
        turn.restrict(keys)


def _tell_above(turn: Turn, made: Seal) -> None:
    """Tell the leaders of the court and above that something is sealed: nothing of the case, but how late it was."""
    bodies = [made.court_id, people.court_above(made.court_id)]
    late = f"封存时有{made.overdue}项逾期未办，请核查。" if made.overdue else "封存时没有逾期未办的事项。"
    text = (
        f"本院或者下级法院于{turn.today:%Y年%-m月%-d日}封存了{'一个案件' if not made.target else '一份材料'}"
        f"（{SealGround(made.ground).label}）。{late}详见封存总览。"
    )
    lines = [(people.post_holder(body, people.Role.LEADER), text) for body in bodies if body]
    notices.tell(lines, region=turn.region, matter_id=None, now=turn.now)


class Opening(Given):
    """解封."""

    sealed: Line = Field(title="解封的范围", json_schema_extra={"widget": "select"})
    ground: OpeningGround = Field(title="解封的依据")
    reason: Text = Field(title="具体事实和理由")


def _sealed(turn: Turn) -> dict[str, list[tuple[str, str]]]:
    titles = dict(_targets(turn))
    return {"sealed": [(str(one.pk), _title(one, titles)) for one in _in_force(turn)]}


def _title(one: Seal, titles: dict[str, str]) -> str:
    what = titles.get(one.target, "一份材料") if one.target else "整个案件"
    return f"{what}（{SealGround(one.ground).label}）"


@carries_out("entrustment", "open_seal", given=Opening, choices=_sealed)
def open_seal(turn: Turn, given: Opening) -> None:
    """Propose that a seal be opened; refuses where nothing is sealed, and a second proposal while one waits."""
    if turn.is_open("opening_asked"):
        raise OpeningAskedError
    one = _in_force(turn).filter(pk=int(given.sealed)).first() if given.sealed.isdigit() else None
    if one is None:
        raise NotSealedError(about="sealed")
    one.opening_ground, one.opening_reason, one.opening_asked_at = given.ground, given.reason, turn.now
    one.save(update_fields=["opening_ground", "opening_reason", "opening_asked_at"])
    turn.tell(
        [people.post_holder(one.court_id, people.Role.LEADER)],
        text=f"{turn.reference}：{turn.by.name}提请解封（{OpeningGround(given.ground).label}），请审批。",
    )


class OpeningConfirmed(Given):
    """批准."""

    note: Text = Field(title="审批意见")


@carries_out("entrustment", "confirm_opening", given=OpeningConfirmed)
def confirm_opening(turn: Turn, given: OpeningConfirmed) -> None:
    """A leader of the court confirms: whoever might see it before sees it again."""
    one = _to_be_opened(turn)
    one.opened_at, one.opened_by = turn.now, turn.by.name
    one.save(update_fields=["opened_at", "opened_by"])
    _apply(turn, one, None)


class SealingRefused(Given):
    """不予批准."""

    reason: Text = Field(title="理由")


@carries_out("entrustment", "refuse_sealing", given=SealingRefused)
def refuse_sealing(turn: Turn, given: SealingRefused) -> None:
    """What was proposed does not happen, and the judge is told why."""
    if turn.is_open("seal_asked"):
        made = _waiting(turn)
        made.refused_at = turn.now
        made.save(update_fields=["refused_at"])
        asked = made
    if turn.is_open("opening_asked"):
        asked = _to_be_opened(turn)
        asked.opening_asked_at = None
        asked.save(update_fields=["opening_asked_at"])
    turn.tell(
        [people.post_holder(asked.court_id, people.Role.JUDGE)],
        text=f"{turn.reference}：封存或者解封的提请未获批准。理由：{given.reason}",
    )


def _of(turn: Turn) -> QuerySet[Seal]:
    return Seal.objects.filter(matter_id=turn.matter_id, refused_at=None).order_by("-pk")


def _waiting(turn: Turn) -> Seal:
    """The newest that nobody has decided: one whose node an end closed stays behind undecided."""
    found = _of(turn).filter(confirmed_at=None).first()
    if found is None:
        raise NotSealedError
    return found


def _in_force(turn: Turn) -> QuerySet[Seal]:
    return _of(turn).filter(confirmed_at__isnull=False, opened_at=None)


def _to_be_opened(turn: Turn) -> Seal:
    found = _in_force(turn).filter(opening_asked_at__isnull=False).order_by("-opening_asked_at").first()
    if found is None:
        raise NotSealedError
    return found
