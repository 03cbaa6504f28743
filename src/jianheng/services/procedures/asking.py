"""What a form for an act needs: the input model, the choices of its selection fields, its first values.

Nothing is locked and nothing is written; what is offered here is decided again when the act is done.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from jianheng.kernel.procedure import SYSTEM, Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import course, registry
from jianheng.services.procedures.errors import NoSuchMatterError
from jianheng.services.procedures.given import Given
from jianheng.services.procedures.models import Term, WorkItem
from jianheng.services.procedures.queries import matter_row
from jianheng.services.procedures.turn import Turn


@dataclass(frozen=True, slots=True)
class Asking:
    """A form in the making."""

    given: type[Given]
    choices: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    prefill: Mapping[str, Any] = field(default_factory=dict)


def new_key() -> str:
    """A fresh idempotency key for one showing of a form."""
    return str(uuid.uuid4())


def asking(matter_id: int, act: str, *, by: people.Actor, now: datetime | None = None) -> Asking:
    """The form of an act on a matter the actor may see; refuses whoever could never do it, whatever is open now."""
    row = matter_row(matter_id, by)
    procedure = registry.procedure(row.procedure, row.version)
    state = {
        "id": row.pk,
        "root_id": row.root_id or row.pk,
        "region": row.region,
        "reference": row.reference,
        "title": row.title,
        "seats": row.seats,
        "opened_at": row.opened_at,
        "last_act_at": row.last_act_at,
        "acts": row.acts,
        "nodes": list(WorkItem.objects.filter(matter=row, closed_at=None).values_list("node", flat=True)),
        "terms": list(Term.objects.filter(matter=row, stopped_at=None).values()),
        "restricted_to": row.restricted_to,
    }
    holder = _holder(procedure, act, state, by)
    if not holder:
        raise course.not_yours(procedure, procedure.act[act])
    return _asked(Turn(procedure, state, by, holder, now or timezone.now(), act=act), act)


def must_hold(matter_id: int, act: str, *, by: people.Actor, procedure: str) -> None:
    """Refuse whoever could never do an act on this matter, whatever is open now; nothing else is looked at."""
    row = matter_row(matter_id, by)
    declared = registry.procedure(row.procedure, row.version)
    if row.procedure != procedure or act not in declared.act:
        raise NoSuchMatterError
    state = {"seats": row.seats, "root_id": row.root_id or row.pk}
    if not _holder(declared, act, state, by):
        raise course.not_yours(declared, declared.act[act])


def _holder(procedure: Procedure, act: str, state: Mapping[str, Any], by: people.Actor) -> str:
    declared = procedure.act[act]
    for node in declared.at or ("",):
        for reference in procedure.holders(declared, node):
            key = course.holder_key(reference, seats=state["seats"], root_id=state["root_id"])
            if key and key in by.holders:
                return key
    return ""


def asking_to_begin(code: str, *, by: people.Actor, holder: str, region: str) -> Asking:
    """The form of a procedure's opening act."""
    procedure = registry.procedure(code)
    now = timezone.now()
    state = {
        "id": 0,
        "root_id": 0,
        "region": region,
        "reference": "",
        "title": "",
        "seats": {},
        "nodes": [],
        "terms": [],
        "restricted_to": None,
    }
    state |= {"opened_at": now, "last_act_at": now, "acts": 0}
    return _asked(Turn(procedure, state, by, holder, now, act=procedure.begin), procedure.begin)


def _asked(turn: Turn, act: str) -> Asking:
    implementation = registry.implementation(turn.procedure.code, act)
    with transaction.atomic():
        choices = implementation.choices(turn) if implementation.choices else {}
        prefill = implementation.prefill(turn) if implementation.prefill else {}
    return Asking(implementation.given, choices, prefill)


def opening_post(code: str, by: people.Actor) -> people.PostRef:
    """The actor's post under which a procedure may be begun; refuses with who may instead."""
    procedure = registry.procedure(code)
    declared = procedure.act[procedure.begin]
    roles = [reference.partition(".")[2] for reference in declared.by if reference != SYSTEM]
    for post in by.posts:
        if post.role in roles:
            return post
    raise course.not_yours(procedure, declared)
