"""The interface is what its description says: every operation called with what fits the description and what does not.

Schemathesis makes the calls from ``/api/v1/openapi.json`` and judges the answers, against the application itself in
the middle of a played case; each call is undone, so that every one meets the same case and the run repeats itself.
Whose token: that of somebody who may do the act. Which matter: the one of the case, but where the number itself is
what is tried.

Which checks, and why:

``not_a_server_error``           no call may find a fault
``status_code_conformance``      nor a status that is not described
``content_type_conformance``     nor another media type: refusals are ``application/problem+json``
``response_schema_conformance``  nor another shape, of answers and of problems
``response_headers_conformance`` nor headers against the description
``negative_data_rejection``      what breaks the description is refused
``missing_required_header``, ``unsupported_method``, ``allow_header_conformance``  as RFC 9110 has them
``read_as_described``            what fits the description is read: our own, instead of ``positive_data_acceptance``

``positive_data_acceptance`` counts every 422 as a failure. Here 422 is mostly an answer of the law (a case number of
another court, a payment below the fee), which no schema can say. So a call that fits may be refused by a rule, and
never for how it is written: neither 400 nor the code ``INPUT``.

Checks about sequences (``use_after_free``, ``ensure_resource_availability``) are left out, since every call is undone.

In the ordinary run each operation is called a few times, with what fits and what does not, always the same. With
``CONTRACT_EXAMPLES=50 pytest tests/interface/test_description.py`` every boundary of every field is tried too (some
seven thousand calls, five minutes), and fifty calls each besides.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import Failure
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.modes import GenerationMode
from schemathesis.pytest.lazy import get_all_tests
from schemathesis.specs.openapi import checks

from jianheng.config.wsgi import application
from jianheng.services.documents import api as documents
from jianheng.services.events import webhooks
from tests.gate.declared import everyone, places, states

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "0"))
THOROUGH = EXAMPLES > 0
LONG_TEXT = 500
RUN = settings(
    max_examples=EXAMPLES or 3,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
LARGEST = 2**63 - 1
NAMES_NOBODY = "198.51.100.7"


class NotReadAsDescribed(Failure):
    """A call that fits the description was refused for how it is written."""


@schemathesis.check
def read_as_described(context: Any, response: Any, case: Any) -> None:
    """See above."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    code = response.json()["code"] if response.status_code == 422 else ""
    if response.status_code == 400 or code == "INPUT":
        told = response.json()["detail"]
        raise NotReadAsDescribed(operation=case.operation.label, message=told)


CHECKS = (
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
    checks.missing_required_header,
    checks.unsupported_method,
    checks.allow_header_conformance,
    read_as_described,
)


def undone(environ: Any, start_response: Any) -> list[bytes]:
    """The application, of which nothing remains."""
    with transaction.atomic():
        answer = application(environ, start_response)
        content = list(answer)
        answer.close()
        transaction.set_rollback(True)
    return content


class Caller:
    """Puts a call into the case: whose token, which matter, which document."""

    def __init__(self, case: Any, cast: Any) -> None:
        self.cast, self.people = cast, [who for who in everyone(case, cast) if who.body]
        self.states = {state.procedure.code: state for state in states(case.root_id)}
        self.root_id = case.root_id
        self.paper = documents.of_matter(self.states["entrustment"].matter_id)[0].id

    def token(self, operation_id: str) -> str:
        """The token of somebody who may do the act; the judge's where there is none."""
        procedure, _, act = operation_id.removesuffix("_options").partition("_")
        login = "judge"
        if (state := self.states.get(procedure)) and act in state.procedure.act:
            wanted = set(state.procedure.holders(state.procedure.act[act]))
            login = next((who.name for who in self.people if places(who, state) & wanted), login)
        return str(self.cast[login]["token"])

    def place(self, call: Any) -> None:
        """Name what is there, unless the number is what is tried."""
        numbers = call.meta.components.get(ParameterLocation.PATH) if call.meta else None
        if numbers is not None and not numbers.mode.is_positive:
            return
        procedure = call.operation.definition.raw["operationId"].partition("_")[0]
        state = self.states.get(procedure, self.states["entrustment"])
        there = {"matter_id": state.matter_id, "document_id": self.paper, "seq": 1}
        for name, number in call.path_parameters.items():
            if number != LARGEST and name in there:
                call.path_parameters[name] = there[name]


@pytest.fixture
def caller(played, cast) -> Caller:
    """In a case that waits for the examination to be recorded."""
    return Caller(played(before="appraisal.record"), cast)


@pytest.fixture
def described(caller, monkeypatch) -> Any:
    """The description, as the application serves it.

    The connection outlives a request, as with Django's own client. Names of hosts are not looked up outside.
    """
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (NAMES_NOBODY, 443))]
    monkeypatch.setattr(webhooks.socket, "getaddrinfo", lambda *given, **named: found)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", undone)
    schema.config.generation.update(with_security_parameters=False)  # a call without a token has tests of its own
    schema.config.analysis.constants.enabled = (
        THOROUGH  # a validator for every literal and field: ten gigabytes, minutes
    )
    if not THOROUGH:
        _without_long_limits(schema.raw_schema)
    yield schema
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def _without_long_limits(part: Any) -> None:
    """Take out how long long texts may be: made one with their pattern, "{0,20000}", each costs a second to compile.

    That one letter too many is refused, ``tests/bad_input/test_characters.py`` shows, and a thorough run.
    """
    if isinstance(part, list):
        for inner in part:
            _without_long_limits(inner)
    if not isinstance(part, dict):
        return
    if "pattern" in part and part.get("maxLength", 0) > LONG_TEXT:
        del part["maxLength"]
    for inner in part.values():
        _without_long_limits(inner)


def test_every_operation_is_what_its_description_says(described, caller, subtests) -> None:
    def call(case: Any) -> None:
        caller.place(case)
        token = caller.token(case.operation.definition.raw["operationId"])
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=list(CHECKS))

    tried = 0
    for operation, calls in calls_to(described, call):
        with subtests.test(operation.label):
            calls()
        tried += 1

    assert tried == sum(len(methods) for methods in described.raw_schema["paths"].values())


def calls_to(schema: Any, call: Any) -> Iterator[tuple[Any, Any]]:
    """Every operation with its calls; in a thorough run those for every boundary too."""
    if THOROUGH:
        yield from (
            made.ok() for made in get_all_tests(schema=schema, test_func=call, settings=RUN, given_kwargs=None)
        )
        return
    for found in schema.get_all_operations():
        operation = found.ok()
        fitting, unfitting = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        yield operation, RUN(given(case=fitting | unfitting)(call))
