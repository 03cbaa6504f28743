"""What the interface answers: refusals as problem details, HEAD, methods, tokens, one operation for every act."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from jianheng import verifier
from jianheng.desks.exchange.api import api
from jianheng.kernel.procedure import SYSTEM
from jianheng.services.documents import api as documents
from jianheng.services.events import api as events
from jianheng.services.ledger import sequencer
from jianheng.services.people.models import ClientToken, Post
from jianheng.services.procedures import api as procedures
from tests.interface.conftest import REQUEST, OrganisationClient

pytestmark = pytest.mark.django_db
READINGS = {
    "work",
    "find",
    "matter",
    "timeline",
    "receipt",
    "papers",
    "paper",
    "paper_receipt",
    "case_file",
    "upload",
    "draw_file",
    "checkpoint",
    "webhooks",
    "add_webhook",
    "remove_webhook",
}


def described() -> dict[str, tuple[str, str]]:
    """Operation → (method, path)."""
    paths = api.get_openapi_schema()["paths"]
    return {
        operation["operationId"]: (method, path) for path, all_ in paths.items() for method, operation in all_.items()
    }


def test_a_refusal_is_problem_details_with_rule_article_and_next_step(judge) -> None:
    answer = judge.post("/entrustment", {**REQUEST, "case_number": "（2026）吉0102民初77号"})

    problem = answer.json()
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert problem["type"].endswith("/case-of-another-court")
    assert problem["instance"] == f"urn:uuid:{answer['X-Request-Id']}"
    assert (problem["status"], problem["code"]) == (422, "CASE_OF_ANOTHER_COURT")
    assert problem["reasons"][0]["law"] == ["关于人民法院案件案号的若干规定 第三条"]
    assert problem["reasons"][0]["next_step"]
    assert problem["reasons"][0]["about"] == "case_number"


def test_everything_wrong_with_an_input_is_told_at_once_by_its_labels(judge) -> None:
    wrong = {**REQUEST, "cause": "a\u0000b", "applicant_phone": "1", "is_re_appraisal": "yes", "nothing": 1}

    problem = judge.post("/entrustment", wrong).json()

    told = {reason["about"]: reason["text"] for reason in problem["reasons"]}
    assert set(told) == {"cause", "applicant_phone", "is_re_appraisal", "nothing"}
    assert told["applicant_phone"] == "申请人手机号码：格式不正确"
    assert "U+0000" in told["cause"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"cause": "\\ud800"}', b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_input_is_refused_as_a_problem(body, cast, client) -> None:
    headers = {"Authorization": f"Bearer {cast['judge']['token']}"}

    answer = client.post("/api/v1/entrustment", body, content_type="application/json", headers=headers)

    assert answer.status_code in {400, 413, 422}
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["reasons"][0]["next_step"]


def test_a_body_beyond_the_limit_is_refused_as_too_large(judge) -> None:
    answer = judge.post("/entrustment", {"cause": "x" * (2 * 1024 * 1024)})

    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


def test_numbers_days_and_truth_are_what_json_says_they_are(judge) -> None:
    whole = judge.post("/entrustment", {**REQUEST, "application_days": 7.0})
    written = judge.post("/entrustment", {**REQUEST, "application_days": "7"})

    assert whole.status_code == 201
    assert (written.status_code, written.json()["reasons"][0]["about"]) == (422, "application_days")


@pytest.mark.parametrize("path", ["/work", "/matters", "/matters/{id}", "/webhooks", "/log/checkpoint", "/docs"])
def test_head_is_answered_wherever_get_is(path, judge) -> None:
    path = path.format(id=judge.post("/entrustment", REQUEST).json()["matter_id"])
    got, head = judge.get(path), judge.other("HEAD", path)

    assert (head.status_code, head["Content-Type"], head.content) == (got.status_code, got["Content-Type"], b"")


@pytest.mark.parametrize(
    "path", ["/", "/verify/", "/progress/", "/rules/", "/log/", "/log/checkpoint", "/institutions/"]
)
def test_head_is_answered_by_the_pages_too(path, db, client) -> None:
    assert client.head(path).status_code == 200


def test_a_method_that_is_not_offered_is_refused_with_those_that_are(judge) -> None:
    listed, begun, gone = (judge.other(*call) for call in (("PUT", "/matters"), ("HEAD", "/files"), ("GET", "/no")))

    assert (listed.status_code, listed["Allow"]) == (405, "GET, HEAD")
    assert (begun.status_code, begun["Allow"]) == (405, "POST")
    assert (gone.status_code, gone.json()["code"]) == (404, "NO_SUCH_PAGE")
    assert listed.json()["code"] == "METHOD_NOT_ALLOWED"


def test_no_operation_answers_without_a_token_but_the_checkpoint(cast) -> None:
    for name, (method, path) in described().items():
        address = path.removeprefix("/api/v1").format(matter_id=1, document_id=1, seq=1, webhook_id=1)
        answer = OrganisationClient().other(method.upper(), address)
        assert answer.status_code == (200 if name == "checkpoint" else 401), name
        if name != "checkpoint":
            assert (answer.json()["code"], answer["WWW-Authenticate"]) == ("UNKNOWN_TOKEN", "Bearer")


def test_a_token_that_ran_out_or_was_ended_is_unknown(judge) -> None:
    assert judge.get("/work").status_code == 200

    ClientToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert judge.get("/work").json()["code"] == "UNKNOWN_TOKEN"

    ClientToken.objects.update(expires_at=None, revoked_at=timezone.now())
    assert judge.get("/work").json()["code"] == "UNKNOWN_TOKEN"


def test_a_token_whose_person_has_no_post_there_any_more_does_nothing(judge) -> None:
    Post.objects.update(valid_to=timezone.localdate() - timedelta(days=1))

    for answer in (judge.get("/work"), judge.post("/webhooks", {"url": "https://example.org/"})):
        assert (answer.status_code, answer.json()["code"]) == (403, "NO_POST")


def test_every_act_of_a_person_has_an_operation_and_every_operation_is_an_act_or_a_reading() -> None:
    acts = {
        f"{procedure.code}_{act.code}"
        for procedure in procedures.procedures()
        for act in procedure.acts
        if not set(procedure.holders(act)) <= {SYSTEM}
    }
    names = set(described())

    assert {name for name in names if not name.endswith("_options")} == acts | READINGS
    assert {name.removesuffix("_options") for name in names if name.endswith("_options")} <= acts


def test_inputs_that_differ_do_not_share_a_description() -> None:
    models = {
        procedures.implementation(procedure.code, act.code).given
        for procedure in procedures.procedures()
        for act in procedure.acts
        if not set(procedure.holders(act)) <= {SYSTEM}
    }

    assert len({model.__name__ for model in models}) == len(models)


def test_the_description_is_openapi_3_1_and_every_text_says_what_it_may_not_hold() -> None:
    schema = api.get_openapi_schema()
    given = schema["components"]["schemas"]["Request"]["properties"]

    assert schema["openapi"] == "3.1.0"
    assert all("pattern" in given[name] for name in ("case_number", "cause", "subject", "applicant_phone"))


def test_a_papers_receipt_proves_it_offline_and_names_nobody(judge, client, tmp_path, settings) -> None:
    settings.JIANHENG_LEDGER_KEY_FILE = tmp_path / "ledger.pem"
    done = judge.post("/entrustment", REQUEST).json()
    paper = done["documents"][0]
    mine = f"/matters/{done['matter_id']}/documents/{paper['id']}"
    public = f"/verify/{paper['code']}/receipt.json"
    assert judge.get(f"{mine}/receipt").json()["code"] == "PAPER_PENDING"
    assert client.get(public).status_code == 409

    documents.produce(paper["id"])
    sequencer.run_once(timezone.now())

    (tmp_path / "paper.pdf").write_bytes(b"".join(judge.get(mine).streaming_content))
    (tmp_path / "receipt.json").write_bytes(client.get(public).content)
    assert public in client.get(f"/verify/{paper['code']}/").content.decode()
    assert judge.get(f"{mine}/receipt").json() == json.loads((tmp_path / "receipt.json").read_bytes())
    assert verifier.main([str(tmp_path / "paper.pdf"), str(tmp_path / "receipt.json")]) == 0

    receipt = json.loads((tmp_path / "receipt.json").read_text())
    assert set(receipt["entry"]["data"]) == {"document", "number", "kind", "sha256", "commitment"}
    assert "张某甲" not in json.dumps(receipt, ensure_ascii=False)

    with (tmp_path / "paper.pdf").open("ab") as file:
        file.write(b"\n")
    assert verifier.main([str(tmp_path / "paper.pdf"), str(tmp_path / "receipt.json")]) != 0


def test_an_event_arrives_as_a_signed_cloud_event(judge, client_of, settings) -> None:
    settings.DEMO = True
    received = []

    class Receiver(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *given: object) -> None:
            """Be quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/events"
        secret = client_of("tech").post("/webhooks", {"url": address}).json()["secret"]
        matter_id = judge.post("/entrustment", REQUEST).json()["matter_id"]
        events.relay(now=timezone.now())
        delivered = events.deliver_due(now=timezone.now())
        server.shutdown()

    assert delivered == len(received) > 0
    for headers, body in received:
        at, _, signed = headers["Jianheng-Signature"].removeprefix("t=").partition(",v1=")
        assert signed == hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
        assert headers["Content-Type"].startswith("application/cloudevents+json")
        event = json.loads(body)
        assert (event["specversion"], event["subject"]) == ("1.0", f"matter/{matter_id}")
        assert {"id", "source", "type", "time"} <= event.keys()
    assert "org.jianheng.entrustment.request" in {json.loads(body)["type"] for _, body in received}
