"""The operations for acts, made from the procedures' declarations: one each, and one to begin each procedure."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Status
from pydantic import BeforeValidator, ValidationInfo

from jianheng.desks.exchange.interface import Key, Phrase, Seen, SeenNeeded, Token, actor_of, answers, api, pen_of
from jianheng.desks.exchange.schemas import MatterId, OptionsOut, ReceiptOut
from jianheng.kernel.procedure import SYSTEM, Act, Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

LONGEST_NUMBER = 20  # one too long is no number of a matter, and refused as such
SOLEMN = "。该行为不能撤销：以 If-Match 提交查看事项时得到的 ETag；此后该环节已由他人办理的，不再办理（STALE_PAGE）"


def as_sent(model: type[procedures.Given]) -> Any:
    """An act's input, read from the very bytes that were sent.

    A number is a number here and ``true`` is true, as the description says; what forms write as strings is refused.
    """

    def read(value: Any, info: ValidationInfo) -> procedures.Given:
        body: bytes = (info.context or {})["request"].body
        return procedures.read_json(model, body)

    return Annotated[model, BeforeValidator(read)]


def _beginning(procedure: Procedure) -> Callable[..., Any]:
    model = as_sent(procedures.implementation(procedure.code, procedure.begin).given)

    def operation(
        request: HttpRequest,
        given: model,  # type: ignore[valid-type]  # read by ninja
        idempotency_key: Key = "",
        signing_phrase: Phrase = "",
    ) -> Any:
        done = procedures.begin(
            procedure.code,
            by=actor_of(request),
            given=given,
            key=idempotency_key,
            pen=pen_of(request, signing_phrase),
        )
        return Status(201, _said(done))

    return operation


def _doing(procedure: Procedure, act: Act) -> Callable[..., Any]:
    """What cannot be undone is done to the matter as the client saw it: it says which state that was (``If-Match``)."""
    model = as_sent(procedures.implementation(procedure.code, act.code).given)

    def done(request: HttpRequest, matter_id: int, given: procedures.Given, key: str, seen: str, phrase: str) -> Any:
        receipt = procedures.perform(
            matter_id,
            act=act.code,
            by=actor_of(request),
            given=given,
            key=key,
            seen=int(seen.strip('"')) if seen else None,
            procedure=procedure.code,
            pen=pen_of(request, phrase),
        )
        return Status(201, _said(receipt))

    def ordinary(
        request: HttpRequest,
        matter_id: MatterId,
        given: model,  # type: ignore[valid-type]  # read by ninja
        idempotency_key: Key = "",
        if_match: Seen = "",
        signing_phrase: Phrase = "",
    ) -> Any:
        return done(request, matter_id, given, idempotency_key, if_match, signing_phrase)

    def solemn(
        request: HttpRequest,
        matter_id: MatterId,
        given: model,  # type: ignore[valid-type]  # read by ninja
        if_match: SeenNeeded,
        idempotency_key: Key = "",
        signing_phrase: Phrase = "",
    ) -> Any:
        return done(request, matter_id, given, idempotency_key, if_match, signing_phrase)

    return solemn if act.solemn else ordinary


def _may_begin(procedure: Procedure) -> Callable[[HttpRequest, people.Actor], None]:
    def may(request: HttpRequest, actor: people.Actor) -> None:
        procedures.opening_post(procedure.code, actor)

    return may


def _may_do(procedure: Procedure, act: Act) -> Callable[[HttpRequest, people.Actor], None]:
    def may(request: HttpRequest, actor: people.Actor) -> None:
        match = request.resolver_match
        number = str(match.kwargs.get("matter_id", "")) if match else ""
        if number.isascii() and number.isdigit() and len(number) < LONGEST_NUMBER:
            procedures.must_hold(int(number), act.code, by=actor, procedure=procedure.code)

    return may


def _asking(procedure: Procedure, act: Act) -> Callable[..., Any]:
    def operation(request: HttpRequest, matter_id: MatterId) -> Any:
        actor = actor_of(request)
        _of(procedure, matter_id, actor)
        asked = procedures.asking(matter_id, act.code, by=actor)
        choices = {name: [list(option) for option in options] for name, options in asked.choices.items()}
        return {"choices": choices, "prefill": dict(asked.prefill)}

    return operation


def _of(procedure: Procedure, matter_id: int, actor: people.Actor) -> None:
    """A matter of another procedure is none here."""
    if procedures.matter_row(matter_id, actor).procedure != procedure.code:
        raise procedures.NoSuchMatterError


def _said(done: procedures.Receipt) -> dict[str, Any]:
    return {name: getattr(done, name) for name in ReceiptOut.model_fields}


def offer_acts() -> None:
    """Add the operations: acts only the platform does have none."""
    for procedure in procedures.procedures():
        for act in procedure.acts:
            if set(procedure.holders(act)) <= {SYSTEM}:
                continue
            _offer(procedure, act)


def _offer(procedure: Procedure, act: Act) -> None:
    begins = act.code == procedure.begin
    path = f"/{procedure.code}" if begins else f"/{procedure.code}/{{matter_id}}/{act.code}"
    name, tags = f"{procedure.code}_{act.code}", [procedure.title]
    api.default_router.add_api_operation(
        path,
        ["POST"],
        _beginning(procedure) if begins else _doing(procedure, act),
        response=answers(ReceiptOut, 201),
        tags=tags,
        summary=act.title,
        auth=Token(_may_begin(procedure) if begins else _may_do(procedure, act)),
        description=f"依据：{'；'.join(act.law) or '平台设计'}{SOLEMN if act.solemn and not begins else ''}",
        operation_id=name,
    )
    implementation = procedures.implementation(procedure.code, act.code)
    if not begins and (implementation.choices or implementation.prefill):
        api.default_router.add_api_operation(
            path,
            ["GET"],
            _asking(procedure, act),
            response=answers(OptionsOut),
            tags=tags,
            summary=f"{act.title}：可选项",
            operation_id=f"{name}_options",
        )


offer_acts()
