"""Every address of the project, for everybody, while a case is chosen for, reported on, over: the status as tabled.

A row is an address; ``302`` sends a visitor to the sign-in page. Addresses of acts need no rows: what they answer is
worked out from the declaration. An address without a row fails the last test.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from jianheng.kernel.procedure import SYSTEM
from jianheng.modules.institutions.models import Institution
from jianheng.services.documents.models import Document
from jianheng.services.files.models import CaseItem
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import ActRecord
from tests.gate.declared import OFFERED, State, declared_answer, everyone, places, sees, states

pytestmark = pytest.mark.django_db

ANYWHERE = """
                                            visitor judge regulator applicant
/                                             200    200    200    200
/healthz                                      200    200    200    200
/readyz                                       503    503    503    503
/metrics                                      403    403    403    403
/progress/                                    200    200    200    200
/progress/leave/                              405    405    405    405
/verify/                                      200    200    200    200
/verify/0000-0000-0000-0000/                  404    404    404    404
/verify/0000-0000-0000-0000/receipt.json      404    404    404    404
/institutions/                                200    200    200    200
/institutions/{institution}/                  200    200    200    200
/institutions/999999/                         404    404    404    404
/log/                                         200    200    200    200
/log/checkpoint                               200    200    200    200
/log/policy                                   200    200    200    200
/log/tile/0/0                                 200    200    200    200
/log/tile/9/9                                 404    404    404    404
/log/tile/0/99999999999999999999999           404    404    404    404
/draws/                                       200    200    200    200
/draws/00000000000000000000000000000000/      404    404    404    404
/draws/00000000000000000000000000000000/draw.json 404 404   404    404
/desk/draws/00000000000000000000000000000000/draw.json 302 404 404 404
/rules/                                       200    200    200    200
/rules/entrustment/                           200    200    200    200
/rules/nothing/                               404    404    404    404
/desk/                                        302    200    302    302
/desk/matters/                                302    200    200    200
/desk/matters/99999999999999999999999/        302    404    404    404
/desk/begin/entrustment/                      302    200    403    403
/desk/begin/selection/                        302    403    403    403
/desk/begin/nothing/                          302    404    404    404
/desk/seals/                                  302    403    403    403
/desk/erasing/                                302    200    403    403
/desk/inbox/                                  302    200    200    200
/desk/account/                                302    200    200    200
/desk/account/signing-key/                    302    200    200    302
/oversight/                                   302    403    200    403
/oversight/load/                              302    403    200    403
/oversight/durations/                         302    403    200    403
/oversight/overdue/                           302    403    200    403
/oversight/bottlenecks/entrustment/           302    403    200    403
/oversight/bottlenecks/nothing/               302    403    404    403
/demonstration/outbox/                        404    404    404    404
/i18n/setlang/                                302    302    302    302
/nothing/                                     404    404    404    404
/accounts/login/                              200    302    302    200
/accounts/logout/                             302    200    200    302
/accounts/reauthenticate/                     302    200    200    302
/accounts/password/change/                    302    200    200    302
/accounts/login/code/confirm/                 302    302    302    302
/accounts/signup/                             404    404    404    404
/accounts/email/                              404    404    404    404
/accounts/inactive/                           404    404    404    404
/accounts/confirm-email/                      404    404    404    404
/accounts/confirm-email/key/                  404    404    404    404
/accounts/password/set/                       404    404    404    404
/accounts/password/reset/                     404    404    404    404
/accounts/password/reset/done/                404    404    404    404
/accounts/password/reset/key/done/            404    404    404    404
/accounts/password/reset/key/abc-def/         404    404    404    404
/accounts/sessions/                           302    200    200    302
/accounts/2fa/                                302    200    200    302
/accounts/2fa/authenticate/                   302    302    302    302
/accounts/2fa/reauthenticate/                 302    302    302    302
/accounts/2fa/totp/activate/                  302    302    302    302
/accounts/2fa/totp/deactivate/                302    404    404    302
/accounts/2fa/recovery-codes/                 302    404    404    302
/accounts/2fa/recovery-codes/generate/        302    302    302    302
/accounts/2fa/recovery-codes/download/        302    404    404    302
/accounts/2fa/webauthn/                       302    200    200    302
/accounts/2fa/webauthn/add/                   302    302    302    302
/accounts/2fa/webauthn/reauthenticate/        302    302    302    302
/accounts/2fa/webauthn/keys/1/remove/         302    302    302    302
/accounts/2fa/webauthn/keys/1/edit/           302    302    302    302
/accounts/2fa/webauthn/login/                 302    302    302    302
/api/v1/                                      404    404    404    404
/api/v1/nothing                               404    404    404    404
/api/v1/docs                                  200    200    200    200
/api/v1/openapi.json                          200    200    200    200
/api/v1/log/checkpoint                        200    200    200    200
/api/v1/work                                  401    200    200    401
/api/v1/matters                               401    200    200    401
/api/v1/webhooks                              401    403    403    401
/api/v1/webhooks/1                            405    405    405    405
/api/v1/files                                 405    405    405    405
/api/v1/entrustment                           405    405    405    405
"""

WHILE_CHOOSING = """
                                            visitor judge tech leader judge2 chosen other regulator applicant respondent
/desk/matters/{entrustment}/                  302    200  200   200    404    404    404    404     200      200
/desk/matters/{selection}/                    302    200  200   200    404    404    404    404     200      200
/desk/matters/{entrustment}/receipts/1/       302    200  200   200    404    404    404    404     200      200
/desk/matters/{entrustment}/receipts/9999/    302    404  404   404    404    404    404    404     404      404
/desk/matters/{entrustment}/files/{file}/     302    200  200   200    404    404    404    404     200      200
/desk/matters/{selection}/files/{file}/       302    200  200   200    404    404    404    404     200      200
/desk/matters/{selection}/draw/               302    200  200   200    404    404    404    404     200      200
/desk/matters/{entrustment}/draw/             302    404  404   404    404    404    404    404     404      404
/desk/matters/{entrustment}/draft.pdf         302    404  404   404    404    404    404    404     404      404
/desk/matters/{selection}/draw.json           302    200  200   200    404    404    404    404     200      200
/progress/{selection}/draw/                   404    200  200   200    404    404    404    404     200      200
/progress/{selection}/draw.json               302    302  302   302    302    302    302    302     302      302
/api/v1/matters/{entrustment}                 401    200  200   200    404    404    404    404     401      401
/api/v1/matters/{selection}/timeline          401    200  200   200    404    404    404    404     401      401
/api/v1/matters/{selection}/receipts/1        401    200  200   200    404    404    404    404     401      401
/api/v1/matters/{entrustment}/documents       401    200  200   200    404    404    404    404     401      401
/api/v1/matters/{entrustment}/files           401    200  200   200    404    404    404    404     401      401
/api/v1/selection/{selection}/draw            401    200  200   200    404    404    404    404     401      401
"""

WITH_A_REPORT = """
                                            visitor judge tech leader judge2 chosen other regulator applicant respondent
/desk/matters/{entrustment}/                  302    200  200   200    404    200    404    404     200      200
/desk/matters/{selection}/                    302    200  200   200    404    404    404    404     200      200
/desk/matters/{appraisal}/                    302    200  200   200    404    200    404    404     404      404
/desk/matters/{entrustment}/receipts/1/       302    200  200   200    404    200    404    404     200      200
/desk/matters/{appraisal}/receipts/1/         302    200  200   200    404    200    404    404     404      404
/desk/matters/{appraisal}/draft.pdf           302    404  404   404    404    200    404    404     404      404
/desk/matters/{entrustment}/draft.pdf         302    404  404   404    404    404    404    404     404      404
/desk/matters/{entrustment}/files/{file}/     302    200  200   200    404    200    404    404     200      200
/desk/matters/{appraisal}/files/{file}/       302    200  200   200    404    200    404    404     404      404
/desk/matters/{entrustment}/documents/{of_court}/  302 202 202  202    404    404    404    404     404      404
/desk/matters/{appraisal}/documents/{of_house}/    302 404 404  404    404    202    404    404     404      404
/desk/matters/{appraisal}/documents/{opinion}/     302 202 202  202    404    202    404    404     404      404
/desk/matters/{entrustment}/documents/{opinion}/   302 404 404  404    404    404    404    404     202      202
/desk/matters/{selection}/draw/               302    200  200   200    404    404    404    404     200      200
/desk/matters/{appraisal}/draw/               302    404  404   404    404    404    404    404     404      404
/desk/matters/{selection}/draw.json           302    200  200   200    404    404    404    404     200      200
/progress/{selection}/draw/                   404    200  200   200    404    404    404    404     200      200
/progress/{entrustment}/draw/                 404    404  404   404    404    404    404    404     404      404
/api/v1/matters/{entrustment}                 401    200  200   200    404    200    404    404     401      401
/api/v1/matters/{selection}                   401    200  200   200    404    404    404    404     401      401
/api/v1/matters/{appraisal}                   401    200  200   200    404    200    404    404     401      401
/api/v1/matters/{appraisal}/timeline          401    200  200   200    404    200    404    404     401      401
/api/v1/matters/{appraisal}/receipts/1        401    200  200   200    404    200    404    404     401      401
/api/v1/matters/{appraisal}/documents         401    200  200   200    404    200    404    404     401      401
/api/v1/matters/{appraisal}/documents/{of_house}    401 404 404 404    404    409    404    404     401      401
/api/v1/matters/{entrustment}/documents/{of_court}  401 409 409 409    404    404    404    404     401      401
/api/v1/matters/{appraisal}/documents/{of_house}/receipt 401 404 404 404 404  409    404    404     401      401
/api/v1/matters/{entrustment}/documents/{of_court}/receipt 401 409 409 409 404 404   404    404     401      401
/api/v1/matters/{appraisal}/files             401    200  200   200    404    200    404    404     401      401
/api/v1/selection/{selection}/draw            401    200  200   200    404    404    404    404     401      401
/api/v1/selection/{appraisal}/draw            401    404  404   404    404    404    404    404     401      401
"""


def rows_of(table: str) -> list[tuple[str, dict[str, int]]]:
    """(address, who → status)."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    return [(address, dict(zip(head, map(int, statuses), strict=True))) for address, *statuses in lines]


class Visitors:
    """One browser for each who comes; staff call the interface under their own tokens."""

    def __init__(self, case: Any, cast: Any, browser: Any) -> None:
        chosen = case.play.who("intake@chosen") if case.play.newest("entrustment")["chosen"] else "intake-a"
        other = next(login for login in ("intake-b", "intake-c", "intake-a") if login != chosen)
        self.logins = {"visitor": "", "chosen": chosen, "other": other}
        self.cast, self.browser, self.root_id = cast, browser, case.root_id
        self.open: dict[str, Client] = {}

    def get(self, who: str, address: str, method: str = "get", **named: Any) -> Any:
        """An answer to somebody."""
        more = named.pop("headers", {})
        login = self.logins.get(who, who)
        if who not in self.open:
            self.open[who] = self.browser(login, self.root_id)
        headers = {"Authorization": f"Bearer {self.cast[login]['token']}"} if login in self.cast else {}
        if not address.startswith("/api/"):
            headers = {}
        return getattr(self.open[who], method)(address, headers=headers | more, **named)


def differences(table: str, visitors: Visitors, names: dict[str, Any]) -> list[str]:
    """Where answers are not as tabled, as sentences."""
    found = []
    for pattern, expected in rows_of(table):
        address = pattern.format(**names)
        for who, status in expected.items():
            got = visitors.get(who, address).status_code
            if got != status:
                found.append(f"{who} {address}: {got}, tabled {status}")
    return found


def names_of(case: Any) -> dict[str, Any]:
    """What the addresses of a case are made of."""
    by_procedure = {state.procedure.code: state.matter_id for state in states(case.root_id)}
    kinds = {"of_court": "report_check", "of_house": "review_opinion", "opinion": "opinion_disability"}
    papers = {name: Document.objects.filter(kind=kind).values_list("pk", flat=True) for name, kind in kinds.items()}
    file = CaseItem.objects.exclude(file=None).order_by("pk").first()
    return {**by_procedure, "file": file.pk, **{name: found[0] for name, found in papers.items() if found}}


def test_outside_any_case_addresses_answer_as_tabled(played, cast, browser) -> None:
    case = played(before="entrustment.screen")
    visitors = Visitors(case, cast, browser)

    assert differences(ANYWHERE, visitors, {"institution": Institution.objects.first().pk}) == []


@pytest.mark.parametrize(
    ("before", "table"),
    [("selection.draw", WHILE_CHOOSING), ("entrustment.object", WITH_A_REPORT), ("", WITH_A_REPORT)],
    ids=["choosing", "objecting", "over"],
)
def test_in_a_case_addresses_answer_as_tabled(before, table, played, cast, browser) -> None:
    case = played(before=before)
    visitors = Visitors(case, cast, browser)

    assert differences(table, visitors, names_of(case)) == []


STATUS = {
    "NO_SUCH_MATTER": 404,
    "NOT_YOURS": 403,
    "PERSON_RECUSED": 403,
    "SAME_PERSON": 403,
    "NOT_OPEN": 409,
    "STALE_PAGE": 409,
    "MATTER_CLOSED": 409,
}


@pytest.mark.parametrize("before", ["selection.draw", "appraisal.record", ""], ids=["choosing", "examining", "over"])
def test_the_form_of_an_act_opens_for_those_who_could_do_it(before, played, cast, browser) -> None:
    case = played(before=before)
    visitors = Visitors(case, cast, browser)
    wrong = []

    for who in everyone(case, cast):
        if who.name.startswith(("archivist", "reviewer", "leader", "judge2")) or who.name == "visitor":
            continue
        for state in states(case.root_id):
            for act in state.procedure.acts:
                if not sees(who, state) and act.code != state.procedure.acts[1].code:
                    continue
                expected = form_status(who, act, state)
                got = visitors.get(who.name, f"/desk/matters/{state.matter_id}/acts/{act.code}/").status_code
                if got != expected:
                    wrong.append(f"{who.name} {state.procedure.code}.{act.code}: {got}, declared {expected}")

    assert wrong == []


def form_status(who: Any, act: Any, state: State) -> int:
    """What the form of an act answers: to whoever sits where it is done, whether or not it is open now.

    Before somebody signs, the password is asked for again.
    """
    if not sees(who, state) or act.code == state.procedure.begin:
        return 404
    if not places(who, state) & set(state.procedure.holders(act)):
        return 403
    return 302 if act.signs and who.body else 200


@pytest.mark.parametrize("before", ["selection.draw", "appraisal.record"], ids=["choosing", "examining"])
def test_operations_of_the_interface_answer_as_declared(before, played, cast, browser) -> None:
    case = played(before=before)
    visitors = Visitors(case, cast, browser)
    wrong = []

    for who in everyone(case, cast):
        if not who.body or who.name.startswith(("archivist", "reviewer", "leader")):
            continue
        for state in states(case.root_id):
            for act in state.procedure.acts:
                if act.code == state.procedure.begin or set(state.procedure.holders(act)) <= {SYSTEM}:
                    continue
                if declared_answer(who, act, state) == OFFERED:
                    continue
                address = f"/api/v1/{state.procedure.code}/{state.matter_id}/{act.code}"
                seen = {"If-Match": f'"{acts_of(state)}"'}
                answer = visitors.get(
                    who.name, address, "post", data={}, content_type="application/json", headers=seen
                )
                expected = operation_status(who, act, state)
                if answer.status_code != expected:
                    wrong.append(f"{who.name} {address}: {answer.status_code}, declared {expected}")

    assert wrong == []


def acts_of(state: State) -> int:
    """How many acts a matter has, as its ETag says."""
    return ActRecord.objects.filter(matter_id=state.matter_id).count()


def operation_status(who: Any, act: Any, state: State) -> int:
    """Who could never do it is told so before what they sent is read; then an input that lacks something is refused."""
    if not sees(who, state):
        return 404
    if not places(who, state) & set(state.procedure.holders(act)):
        return 403
    fields = procedures.implementation(state.procedure.code, act.code).given.model_fields.values()
    if any(field.is_required() for field in fields):
        return 422
    return STATUS[declared_answer(who, act, state)]


FORMS = (
    "/progress/",
    "/progress/leave/",
    "/verify/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/change/",
    "/accounts/reauthenticate/",
    "/accounts/sessions/",
    "/i18n/setlang/",
    "/desk/inbox/",
    "/desk/account/",
    "/desk/account/signing-key/",
    "/desk/begin/entrustment/",
    "/desk/matters/{entrustment}/acts/screen/",
)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_without_its_token_is_taken_for_a_forgery(form, played, browser) -> None:
    case = played(before="entrustment.screen")
    client = browser("judge", enforce_csrf_checks=True)

    answer = client.post(form.format(entrustment=case.root_id), {"_key": "1"})

    assert answer.status_code == 403
    assert "FORGED_FORM" in answer.content.decode()
    assert procedures.matter(case.root_id, case.actor("judge")).acts == 1


def test_every_address_of_the_project_has_a_row() -> None:
    tabled = {
        re.sub(r"\{\w+\}", "1", address)
        for table in (ANYWHERE, WHILE_CHOOSING, WITH_A_REPORT)
        for address, _ in rows_of(table)
    }
    acts = {
        f"/api/v1/{procedure.code}/1/{act.code}" for procedure in procedures.procedures() for act in procedure.acts
    }
    acts |= {"/desk/matters/1/acts/<slug>/"}
    patterns = [f"/{pattern}" for pattern in every_pattern(get_resolver().url_patterns)]

    untabled = [pattern for pattern in patterns if not has_row(pattern, tabled | acts)]

    assert untabled == []


def every_pattern(patterns: Any, before: str = "") -> Any:
    """Every address of a list of patterns, as written."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)
        else:
            yield from every_pattern(pattern.url_patterns, before + str(pattern.pattern))


def has_row(pattern: str, tabled: set[str]) -> bool:
    """Whether some tabled address is matched by a pattern."""
    as_regex = re.sub(r"\(\?P<\w+>[^()]*\)|<[^>]+>", "[^/]+", pattern.replace("^", "").replace("$", ""))
    return any(re.fullmatch(as_regex, address) for address in tabled)
