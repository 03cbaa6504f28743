"""The way of one act: lock, may you, is it open, do it, write it — in one transaction, once.

Kernel statements of an act: one that locks and reads the matter, one that looks for the same key (only when one
was given), one that writes. The module's verb adds its own few.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from jianheng.kernel import canonical
from jianheng.kernel.errors import Refusal
from jianheng.kernel.procedure import Act, NotOpenError, Procedure, Step, step
from jianheng.services.events import api as events
from jianheng.services.jobs import api as jobs
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.procedures import choosing, course, papers, registry
from jianheng.services.procedures.asking import opening_post
from jianheng.services.procedures.errors import (
    ClockWentBackError,
    KeyReusedError,
    MatterClosedError,
    NoSuchMatterError,
    StalePageError,
    TokenLimitError,
)
from jianheng.services.procedures.given import Given, read
from jianheng.services.procedures.models import ActRecord, Term, WorkItem
from jianheng.services.procedures.queries import may_see
from jianheng.services.procedures.turn import Turn

log = logging.getLogger(__name__)

STATE = (
    *("id", "root_id", "region", "procedure", "version", "reference", "title", "seats", "viewer_ids", "opened_at"),
    *("last_act_at", "closed_at", "end", "acts", "restricted_to", "nodes", "terms"),
)
COLUMNS = ", ".join(f'"{name}"' for name in STATE)  # "end" is a word of SQL too
OPEN = f"select {COLUMNS}, {ledger.SEALED_AT} from procedures_open(%s)"  # noqa: S608 - our own constants
BEGIN = f"""
insert into procedures_matter (id, region, procedure, version, root_id, parent_id, reference, title, seats, viewer_ids,
                               opened_at, acts, last_act_at, "end", restricted_to)
select n, %s, %s, %s, coalesce(%s, n), %s, '', '', '{{}}', '{{}}', %s, 0, %s, '',
  (select restricted_to from procedures_matter where id = %s)
from nextval(pg_get_serial_sequence('procedures_matter', 'id')) n
returning id, root_id, restricted_to, {ledger.SEALED_AT}
"""  # noqa: S608 - our own constant
WRITTEN = (
    *("matter", "region", "seq", "at", "seats", "viewer_ids", "reference", "title", "end", "closed_at", "words"),
    *("moves", "code", "outcome", "holder", "person", "organisation", "name", "given", "key_scope", "key", "salt"),
    *("commitment", "entry", "kind", "body", "leaf", "digest", "events"),
)
WRITE = f"select procedures_write({', '.join(f'p_{name} => %({name})s' for name in WRITTEN)})"
RESTRICT = "update procedures_matter set restricted_to = %s where root_id = %s returning id"
CLOCK_TOLERANCE = timedelta(minutes=2)
INSTANT = timedelta(microseconds=1)
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the actor gets at once: the act's place and its log entry; the proof follows when it is sequenced."""

    matter_id: int
    seq: int
    act: str
    outcome: str
    at: datetime
    entry: str
    commitment: str
    documents: tuple[dict[str, Any], ...] = ()
    repeated: bool = False


def begin(
    code: str,
    *,
    by: people.Actor,
    given: Mapping[str, Any] | Given,
    region: str = "",
    now: datetime | None = None,
    key: str = "",
    seats: Mapping[str, Any] | None = None,
    root_id: int | None = None,
    parent_id: int | None = None,
    pen: personalkeys.Pen | None = None,
) -> Receipt:
    """Begin a matter with the opening act of a procedure's current version.

    A person begins it in the post that may, under the law of that post's region; the platform says the region and
    the ``seats`` already known. Raises :class:`NotYoursError` and what the verb refuses; writes nothing then.
    """
    procedure = registry.procedure(code)
    _must_be_for(by, code, procedure.begin)
    now = now or timezone.now()
    holder = people.SYSTEM_HOLDER
    if not by.system:
        post = opening_post(code, by)
        holder, region = post.holder, post.region

    def once() -> Receipt:
        with transaction.atomic(), jobs.together():
            repeated = _repeated(by, key, act=procedure.begin, matter_id=None, given=given)
            if repeated:
                return repeated
            state = _new_matter(procedure, region=region, now=now, seats=seats, root_id=root_id, parent_id=parent_id)
            turn = Turn(procedure, state, by, holder, now, pen=pen)
            return _carry_out(turn, procedure.act[procedure.begin], given, key=key)

    return _persist(once)


def perform(
    matter_id: int,
    *,
    act: str,
    by: people.Actor,
    given: Mapping[str, Any] | Given | None = None,
    now: datetime | None = None,
    key: str = "",
    seen: int | None = None,
    procedure: str = "",
    lapsed: int | None = None,
    pen: personalkeys.Pen | None = None,
) -> Receipt:
    """Do one act on a matter; where ``procedure`` is said, on a matter of this procedure only.

    ``key`` makes it happen once however often it is asked for; ``seen`` is the number of acts the person had
    before their eyes, so that a page or a call overtaken by somebody else is told so; ``lapsed`` is the term that ran out
    and asks for the act: it is looked at again with the matter locked. ``pen`` is the actor's own key, unlocked for this
    act: whoever has one needs it where a paper of the act bears their hand.

    Raises refusals of the core (:mod:`jianheng.services.procedures.errors`), of the procedure and of the verb;
    nothing is written then.
    """
    now = now or timezone.now()
    people.asked_for(matter_id)

    def once() -> Receipt:
        with transaction.atomic(), jobs.together():
            state = _open(matter_id)
            if state is None or not may_see(by, state) or procedure not in ("", state["procedure"]):
                raise NoSuchMatterError
            _must_be_for(by, state["procedure"], act)
            repeated = _repeated(by, key, act=act, matter_id=matter_id, given=given or {})
            if repeated:
                return repeated
            declaration = registry.procedure(state["procedure"], state["version"])
            declared = declaration.act.get(act)
            if declared is None or act == declaration.begin:
                raise NoSuchMatterError
            turn = Turn(declaration, state, by, "", now, pen=pen)
            if lapsed is not None:
                _must_have_run_out(turn, lapsed)
            turn.holder = _admit(turn, declared, seen=seen)
            return _carry_out(turn, declared, given or {}, key=key)

    return _persist(once)


def _must_be_for(by: people.Actor, procedure: str, act: str) -> None:
    if not by.is_for(procedure, act):
        raise TokenLimitError


def _must_have_run_out(turn: Turn, term_id: int) -> None:
    """Refuse an act for a term that was stopped, paused or moved while somebody else had the matter locked."""
    row = next((term for term in turn.state["terms"] if term["id"] == term_id), None)
    if row is None or row["due_on"] is None or date.fromisoformat(row["due_on"]) >= turn.today:
        raise StalePageError("期限已经停止、暂停或者改期，不再按届满处理。")


def _persist(once: Callable[[], Receipt]) -> Receipt:
    """Try again when another transaction crossed ours; a doubled key then finds the first one's result."""
    for attempt in range(ATTEMPTS):
        try:
            return once()
        except (IntegrityError, OperationalError) as error:
            state = getattr(error.__cause__, "sqlstate", "") or ""
            crossed = state in {"40001", "40P01"} or "act_once_per_key" in str(error)
            inside = connection.in_atomic_block  # a nested act cannot be repeated alone
            if not crossed or inside or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def _open(matter_id: int) -> dict[str, Any] | None:
    with connection.cursor() as cursor:
        cursor.execute(OPEN, [matter_id])
        found = cursor.fetchone()
    if found is None:
        return None
    state = dict(zip((*STATE, "sealed_at"), found, strict=True))
    return state | {"seats": json.loads(state["seats"]), "terms": state["terms"] or []}


def _new_matter(
    procedure: Procedure,
    *,
    region: str,
    now: datetime,
    seats: Mapping[str, Any] | None,
    root_id: int | None,
    parent_id: int | None,
) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(
            BEGIN,
            [region, procedure.code, procedure.version, root_id, parent_id, now, now, root_id],
        )
        new_id, root, restricted_to, sealed_at = cursor.fetchone()
    return {
        "id": new_id,
        "root_id": root,
        "region": region,
        "procedure": procedure.code,
        "version": procedure.version,
        "reference": "",
        "title": "",
        "seats": dict(seats or {}),
        "viewer_ids": [],
        "opened_at": now,
        "last_act_at": now,
        "closed_at": None,
        "end": "",
        "restricted_to": restricted_to,
        "acts": 0,
        "nodes": [],
        "terms": [],
        "sealed_at": sealed_at,
    }


def _admit(turn: Turn, act: Act, *, seen: int | None) -> str:
    """The holder key under which the actor may do the act here and now; refuses with who may instead."""
    state = turn.state
    if state["closed_at"] is not None and not act.afterwards:
        raise MatterClosedError
    here = [node for node in state["nodes"] if node in act.at]
    turn.node = here[0] if here else ""
    overtaken = seen is not None and seen != state["acts"]
    if act.at and not here:
        if overtaken or _was_done(turn, act):
            raise StalePageError(_who_was_first(turn))
        titles = "、".join(turn.procedure.node[node].title for node in act.at)
        raise NotOpenError(f"“{act.title}”只能在“{titles}”环节办理，该环节当前不在办理中。")
    for node in here or [""]:
        for reference in turn.procedure.holders(act, node):
            key = course.holder_key(reference, seats=state["seats"], root_id=turn.root_id)
            if key and key in turn.by.holders:
                if overtaken and _is_another_step(turn, act, node, seen or 0):
                    raise StalePageError(_who_was_first(turn))
                turn.node = node
                course.must_not_be_barred(state["seats"], by=turn.by)
                course.must_be_another(act, matter_id=turn.matter_id, by=turn.by, holder=key)
                return key
    raise course.not_yours(turn.procedure, act, nodes=here)


def _is_another_step(turn: Turn, act: Act, node: str, seen: int) -> bool:
    """Whether the step is another than the one that was seen: its node was left and came round again since.

    A solemn act of no node is about the matter as it was seen: whatever was done since overtakes it.
    """
    if not node:
        return act.solemn
    matter_id = turn.matter_id
    return WorkItem.objects.filter(matter_id=matter_id, node=node, closed_at=None, opened_seq__gt=seen).exists()


def _was_done(turn: Turn, act: Act) -> bool:
    return ActRecord.objects.filter(matter_id=turn.matter_id, code=act.code).exists()


def _who_was_first(turn: Turn) -> str:
    last = ActRecord.objects.filter(matter_id=turn.matter_id).order_by("-seq").values("name", "code", "at").first()
    if last is None:
        return StalePageError.__doc__ or ""
    act = turn.procedure.act[last["code"]]
    when = timezone.localtime(last["at"])
    return f"该环节已由{last['name']}于{when:%Y-%m-%d %H:%M}办理（{act.title}）。"


def _digest(given: Mapping[str, Any] | Given) -> str:
    content = given.model_dump(mode="json") if isinstance(given, Given) else dict(given)
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _repeated(
    by: people.Actor, key: str, *, act: str, matter_id: int | None, given: Mapping[str, Any] | Given
) -> Receipt | None:
    """The receipt of the act already done under this key; refuses a key that was used for something else."""
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute("select id from procedures_actrecord where key_scope = %s and key = %s", [by.scope, key])
        known = cursor.fetchone()
    if known is None:
        return None
    done = ActRecord.objects.select_related("matter").get(pk=known[0])
    same_place = matter_id is None or done.matter_id == matter_id
    procedure_code = done.matter.procedure
    model = registry.implementation(procedure_code, done.code).given if done.code == act else None
    same_content = model is not None and _digest(read(model, given)) == _digest(done.given)
    if not (same_place and same_content):
        raise KeyReusedError
    return Receipt(
        done.matter_id,
        done.seq,
        done.code,
        done.outcome,
        done.at,
        str(done.entry),
        done.commitment,
        _told(papers.asked_for(done.matter_id, done.seq)),
        repeated=True,
    )


def _told(issued: Iterable[Any]) -> tuple[dict[str, Any], ...]:
    return tuple({"id": d.id, "number": d.number, "kind": d.kind, "code": d.code} for d in issued)


def _moment(turn: Turn) -> datetime:
    """When the act is done: later than the one before it, whatever the clock did, because seeds come after their list.

    Only where the one before was done by a clock that was ahead, and that was stated, time goes back to what it is.
    Refuses while the clock is behind (:class:`ClockWentBackError`).
    """
    last, now = turn.state["last_act_at"], turn.now
    is_behind = now < last - CLOCK_TOLERANCE
    if (is_behind and not ledger.is_stated(turn.matter_id, last)) or ledger.would_be_held(
        now, sealed_at=turn.state["sealed_at"]
    ):
        raise ClockWentBackError
    return max(now, last + INSTANT) if turn.state["acts"] and not is_behind else now


def _carry_out(turn: Turn, act: Act, given: Mapping[str, Any] | Given, *, key: str) -> Receipt:
    """Run the verb, then write the act and all it asks of the core."""
    state = turn.state
    turn.act = act.code
    turn.now = _moment(turn)
    implementation = registry.implementation(turn.procedure.code, act.code)
    checked = given if isinstance(given, implementation.given) else read(implementation.given, given)
    choices = implementation.choices
    unoffered = choosing.outside(checked, lambda: choices(turn)) if choices else ()
    outcome = choosing.carried_out(lambda: implementation.verb(turn, checked), unoffered) or "done"
    result = step(
        turn.procedure,
        open_nodes=state["nodes"],
        running=[term["clock"] for term in state["terms"]],
        act=act.code,
        outcome=outcome,
        node=turn.node,
    )
    receipt = _write(turn, act, checked, outcome, result, key)
    for type_, data in turn.events:
        events.dispatch(events.Event(type_, turn.matter_id, turn.root_id, turn.region, turn.now, data))
    return receipt


def _write(turn: Turn, act: Act, given: Given, outcome: str, result: Step, key: str) -> Receipt:
    """The act's papers, then in one statement everything the act does to the core."""
    post = turn.by.post_for(turn.holder)
    row = row_of(
        matter_id=turn.matter_id,
        seq=turn.seq,
        code=act.code,
        outcome=outcome,
        holder=turn.holder,
        person_id=turn.by.person_id,
        organisation_id=post.organisation_id if post else None,
        name=turn.by.name,
        at=turn.now,
        given=given.model_dump(mode="json"),
    )
    salt = ledger.new_salt()
    commitment = ledger.commitment(salt, row)
    entry = ledger.entry(
        "act",
        region=turn.region,
        matter_id=turn.matter_id,
        data={"act": f"{turn.matter_id}/{turn.seq}", "seq": turn.seq, "code": act.code, "commitment": commitment},
        now=turn.now,
    )
    told = {"outcome": outcome, "end": result.end, "documents": [paper.number for paper in turn.papers]}
    happened = [*turn.events, (f"{turn.procedure.code}.{act.code}", told)]
    written = {
        **_matter(turn, result),
        "moves": _json(moves) if any((moves := course.moves(turn, act, result)).values()) else None,
        **{name: row[name] for name in ("code", "outcome", "holder", "person", "organisation", "name")},
        "given": _json(row["given"]),
        "key_scope": turn.by.scope if key else "",
        "key": key,
        "salt": salt,
        "commitment": commitment,
        "entry": entry.id,
        "kind": entry.kind,
        "body": entry.body,
        "leaf": entry.leaf_hash,
        "digest": entry.digest,
        "events": _json([{"type": type_, "data": data} for type_, data in happened]),
    }
    issued = papers.write(turn.papers)  # before the act: the log learns of its papers first, as they were numbered
    if turn.restricted:
        _restrict(turn)
    with connection.cursor() as cursor:
        cursor.execute(WRITE, written)
    return Receipt(turn.matter_id, turn.seq, act.code, outcome, turn.now, str(entry.id), commitment, _told(issued))


def _restrict(turn: Turn) -> None:
    """Close a case to all but those named, or open it again: every matter of it, and what waits to be told outside."""
    with connection.cursor() as cursor:
        cursor.execute(RESTRICT, [turn.state["restricted_to"], turn.root_id])
        if turn.state["restricted_to"] is not None:
            events.withdraw([matter for (matter,) in cursor.fetchall()])


def _matter(turn: Turn, result: Step) -> dict[str, Any]:
    """The matter as the act leaves it."""
    return {
        "matter": turn.matter_id,
        "region": turn.region,
        "seq": turn.seq,
        "at": turn.now,
        "seats": _json(turn.state["seats"]),
        "viewer_ids": course.viewers(turn.state["seats"]),
        "reference": turn.reference,
        "title": turn.state["title"],
        "end": result.end or turn.state["end"],
        "closed_at": turn.now if result.end else turn.state["closed_at"],
        "words": turn.words,
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def row_of(
    *,
    matter_id: int,
    seq: int,
    code: str,
    outcome: str,
    holder: str,
    person_id: int | None,
    organisation_id: int | None,
    name: str,
    at: datetime,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """The full content of an act, as its commitment covers it."""
    return {
        "matter": matter_id,
        "seq": seq,
        "code": code,
        "outcome": outcome,
        "holder": holder,
        "person": person_id,
        "organisation": organisation_id,
        "name": name,
        "at": canonical.instant(at),
        "given": given,
    }


def lapse_due(*, now: datetime, limit: int = 500) -> int:
    """Do the acts declared for clocks that have run out by ``now`` (China); returns how many were done.

    Each is an act of its own, done once: a matter that moved on in the meantime, or whose term did, is left alone, and
    one that cannot go on does not hold up the others.
    """
    today = timezone.localdate(now)
    due = Term.objects.filter(stopped_at=None, due_on__lt=today).exclude(lapse="").order_by("due_on", "id")
    done = 0
    for term_id, matter_id, act in list(due.values_list("id", "matter_id", "lapse")[:limit]):
        try:
            perform(matter_id, act=act, by=people.PLATFORM, given={}, now=now, lapsed=term_id)
        except (NotOpenError, MatterClosedError, StalePageError):
            continue
        except Refusal as refusal:
            log.warning("matter %s: %s is due and was refused: %s", matter_id, act, refusal)
            continue
        except Exception:  # whatever is wrong with one matter, the others' clocks go on
            log.exception("matter %s: %s is due and broke", matter_id, act)
            continue
        done += 1
    return done
