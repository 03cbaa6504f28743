"""Checkpoints leave the house: the newest is brought to every witness, and what they sign is kept.

A witness that has the newest checkpoint is asked again every ten minutes, so that readers see the log is no older than
it says; not while entries wait for their place, for then the log is older. A witness that does not answer, or refuses, is
tried again after ten seconds. What it holds is never forgotten: a witness with more leaves than the database, under a
signature of our own key, raises the high-water mark.
"""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.db import transaction

from jianheng.kernel import merkle, notes
from jianheng.kernel.policy import Policy, Witness
from jianheng.services.ledger import asking, keys, mark, models, tree, witnesses

log = logging.getLogger(__name__)

AGAIN, AFTER_TROUBLE = timedelta(minutes=10), timedelta(seconds=10)
WAITS_TOO_LONG = timedelta(minutes=5)
SKEW = timedelta(minutes=2)


def run_once(now: datetime, *, all_of_them: bool = False, ask: asking.Ask = asking.over_http) -> int:
    """Ask those whose turn it is, or ``all_of_them``, about the newest checkpoint; returns how many cosigned it."""
    policy, newest = witnesses.policy(), tree.latest()
    if policy is None or newest is None:
        return 0
    known = witnesses.states()
    there = set(models.Cosignature.objects.filter(size=newest.size).values_list("witness", flat=True))
    stuck = _waits_too_long(now)
    due = [
        witness
        for witness in policy.witnesses
        if all_of_them or _is_due(known.get(witness.name), witness.name in there, stuck, now)
    ]
    if not due:
        return 0
    sizes = {name: state.size for name, state in known.items()}
    requests, origin = [_request(newest, sizes.get(witness.name, 0)) for witness in due], keys.origin()
    with ThreadPoolExecutor(len(due)) as together:  # nothing of the database is asked in there
        answers = list(together.map(lambda one, body: ask(one.address, origin, body), due, requests))
    return _taken(policy, newest, list(zip(due, answers, strict=True)), now, ask)


def heed_witnesses(ask: asking.Ask = asking.over_http) -> None:
    """Before anything is signed: what a witness holds of this log, by our own signature, raises the mark."""
    policy = witnesses.policy()
    if policy is None:
        return
    origin = keys.origin()
    with ThreadPoolExecutor(max(len(policy.witnesses), 1)) as together:
        answers = list(together.map(lambda one: ask(one.address, origin, None), policy.witnesses))
    for answer in answers:
        if answer.status == 200 and (held := _ours(answer.body)) is not None:
            mark.raise_to(held.size, held.root)


def _waits_too_long(now: datetime) -> bool:
    waiting = models.Pending.objects.filter(entry__held=None, entry__created_at__lt=now - WAITS_TOO_LONG)
    return waiting.exists()


def _is_due(state: models.WitnessState | None, has_newest: bool, stuck: bool, now: datetime) -> bool:
    if state is None:
        return True
    if state.trouble and state.asked_at > now - AFTER_TROUBLE:
        return False
    if not has_newest:
        return True
    return not stuck and (state.answered_at is None or state.answered_at <= now - AGAIN)


def _request(newest: models.Checkpoint, old: int) -> str:
    proof = tree.proof(merkle.consistency_ranges(old, newest.size)) if 0 < old < newest.size else ()
    lines = "".join(f"{base64.b64encode(hashed).decode()}\n" for hashed in proof)
    return f"old {old}\n{lines}\n{newest.note}"


# --- answers --------------------------------------------------------------------------------------------------


def _taken(
    policy: Policy,
    newest: models.Checkpoint,
    answers: Sequence[tuple[Witness, asking.Answer]],
    now: datetime,
    ask: asking.Ask,
) -> int:
    good = 0
    for witness, answer in answers:
        size, trouble, signed = _judged(witness, newest, answer, now, ask)
        _keep(witness.name, newest, size, trouble, signed, now)
        good += signed is not None
    names = models.Cosignature.objects.filter(size=newest.size).values_list("witness", flat=True)
    if policy.suffices(set(names)):
        models.Witnessed.objects.bulk_create([models.Witnessed(size=newest.size, at=now)], ignore_conflicts=True)
    return good


def _judged(
    witness: Witness, newest: models.Checkpoint, answer: asking.Answer, now: datetime, ask: asking.Ask
) -> tuple[int | None, str, tuple[datetime, str] | None]:
    """(the size it holds, if known; what is wrong; its signature with the time)."""
    if answer.status == 409 and (found := re.fullmatch(r"(0|[1-9][0-9]{0,17})\n", answer.body)):
        size = int(found[1])
        if size > newest.size:
            return size, _ahead(witness, newest, ask), None
        answer = ask(witness.address, keys.origin(), _request(newest, size))
    if answer.status == 200:
        signed = _signature(witness, newest, answer.body, now)
        if signed is None:
            return None, "见证签名不成立，或者写着别的时间", None
        return newest.size, "", signed
    if answer.status in (409, 422):
        return None, _refused(witness, ask), None
    if answer.status == 0:
        return None, f"没有回应（{answer.body}）"[:300], None
    return None, f"拒绝见证（{answer.status}：{answer.body.strip()}）"[:300], None


def _ahead(witness: Witness, newest: models.Checkpoint, ask: asking.Ask) -> str:
    held = _held(witness, ask)
    if held is None or held.size <= newest.size:
        return "自称见过更长的账本，却拿不出本账本密钥的签名"
    mark.raise_to(held.size, held.root)
    log.error("witness %s holds %s leaves, the database %s", witness.name, held.size, newest.size)
    return f"所持账本有 {held.size} 条，本库只有 {newest.size} 条：末尾被截去，或者密钥在别处使用"


def _refused(witness: Witness, ask: asking.Ask) -> str:
    held = _held(witness, ask)
    if held is None or held.root == _root_at(held.size):
        return "拒绝见证，却拿不出与本账本不同的签名"
    log.error("witness %s holds another log of %s leaves under our key", witness.name, held.size)
    return f"所持账本前 {held.size} 条与本库不同：历史被改写，或者密钥在别处使用"


def _root_at(size: int) -> bytes | None:
    newest = tree.latest()
    return tree.root_at(size) if newest and size <= newest.size else None


def _held(witness: Witness, ask: asking.Ask) -> notes.Checkpoint | None:
    answer = ask(witness.address, keys.origin(), None)
    return _ours(answer.body) if answer.status == 200 else None


def _ours(text: str) -> notes.Checkpoint | None:
    """The checkpoint of a note that our own key has signed."""
    key, _ = keys.signing()
    try:
        note = notes.parse(text)
        checkpoint = notes.parse_checkpoint(note.text)
    except notes.MalformedNoteFault:
        return None
    is_ours = notes.signed_by(note, key, lambda value, message: witnesses.holds(key.public, value, message))
    return checkpoint if is_ours and checkpoint.origin == keys.origin() else None


def _signature(witness: Witness, newest: models.Checkpoint, body: str, now: datetime) -> tuple[datetime, str] | None:
    """The witness's own line on this very checkpoint, of about now; lines of unknown keys are passed over."""
    text = notes.parse(newest.note).text
    try:
        lines = notes.parse(f"{text}\n{body}").signatures
    except notes.MalformedNoteFault:
        return None
    key = witness.key
    for line in lines:
        if (line.name, line.key_id) == (key.name, key.key_id) and len(line.value) == 72:
            seconds = notes.cosigned_at(line)
            message = notes.cosigned_message(text, seconds)
            timely = abs(seconds - now.timestamp()) <= SKEW.total_seconds()
            if timely and witnesses.holds(key.public, line.value[8:], message):
                return datetime.fromtimestamp(seconds, UTC), line.line()
    return None


@transaction.atomic
def _keep(
    name: str,
    newest: models.Checkpoint,
    size: int | None,
    trouble: str,
    signed: tuple[datetime, str] | None,
    now: datetime,
) -> None:
    state = models.WitnessState.objects.filter(name=name).first()
    state = state or models.WitnessState.objects.create(name=name, asked_at=now)
    if trouble and trouble != state.trouble:
        log.error("witness %s: %s", name, trouble)
    state.asked_at, state.trouble = now, trouble
    if size is not None:
        state.size = size
    if signed is not None:
        at, line = signed
        state.answered_at = at
        _, made = models.Cosignature.objects.get_or_create(
            size=newest.size,
            witness=name,
            defaults={"first_line": line, "first_at": at, "newest_line": line, "newest_at": at},
        )
        if not made:
            models.Cosignature.objects.filter(size=newest.size, witness=name).update(newest_line=line, newest_at=at)
    state.save(update_fields=["size", "asked_at", "answered_at", "trouble"])
