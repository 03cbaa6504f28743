"""The operations for acts, made from the procedures' declarations: one each, and one to begin each procedure."""

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Status
from pydantic import BeforeValidator, ValidationInfo

from jianheng.desks.exchange.interface import Key, actor_of, answers, api
from jianheng.desks.exchange.schemas import MatterId, OptionsOut, ReceiptOut
from jianheng.kernel.procedure import SYSTEM, Act, Procedure
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


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

    def operation(request: HttpRequest, given: model, idempotency_key: Key = "") -> Any:  # type: ignore[valid-type]  # read by ninja
        done = procedures.begin(procedure.code, by=actor_of(request), given=given, key=idempotency_key)
        return Status(201, _said(done))

    return operation


def _doing(procedure: Procedure, act: Act) -> Callable[..., Any]:
    model = as_sent(procedures.implementation(procedure.code, act.code).given)

    def operation(
        request: HttpRequest,
        matter_id: MatterId,
        given: model,  # type: ignore[valid-type]  # read by ninja
        idempotency_key: Key = "",
    ) -> Any:
        done = procedures.perform(
            matter_id,
            act=act.code,
            by=actor_of(request),
            given=given,
            key=idempotency_key,
            procedure=procedure.code,
        )
        return Status(201, _said(done))

    return operation


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
        description=f"依据：{'；'.join(act.law) or '平台设计'}",
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
