"""The interface, version 1. Operations for acts are made from the procedures' declarations, one each."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Header, NinjaAPI, Query, UploadedFile
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from jianheng.desks.exchange.reference import Reference
from jianheng.desks.exchange.schemas import (
    ActOut,
    DocumentOut,
    FileItemOut,
    MatterId,
    MatterLine,
    MatterOut,
    OptionsOut,
    Problem,
    ReceiptOut,
    Seq,
    UploadOut,
    WebhookIn,
    WebhookOut,
    WorkOut,
)
from jianheng.kernel.errors import Reason, Refusal
from jianheng.kernel.procedure import SYSTEM, Act, Procedure
from jianheng.modules.selection import api as selection
from jianheng.services.documents import api as documents
from jianheng.services.events import api as events
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

REFUSALS = {400, 401, 403, 404, 405, 409, 413, 422, 429, 503, 507}
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=80, pattern=r"^[\x21-\x7e]*$")]


class Token(HttpBearer):
    """``Authorization: Bearer jh_…``: an organisation's client, acting under one person's posts there."""

    def authenticate(self, request: HttpRequest, token: str) -> people.Actor | None:
        """The actor behind a token, or ``None``."""
        actor = people.actor_of_token(token, now=timezone.now(), today=timezone.localdate())
        request.actor = actor  # type: ignore[attr-defined]
        return actor


class Exchange(NinjaAPI):
    """An interface whose description says that refusals are problem details, as they are."""

    _described: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description; made once, because it takes seconds and does not change while the platform runs."""
        if self._described is None:
            self._described = with_problems(super().get_openapi_schema(**options))
        return self._described


def with_problems(schema: Any) -> Any:
    """A description with the media type of every refusal."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) in REFUSALS and "application/json" in answer.get("content", {}):
                    answer["content"] = {"application/problem+json": answer["content"]["application/json"]}
    return schema


api = Exchange(
    title="鉴衡接口 Jianheng exchange",
    version="1",
    description="所有在工作台上能对事项做的事，这里都能做。错误按 RFC 9457 返回，附规则、条文和下一步。",
    auth=Token(),
    urls_namespace="exchange",
    openapi_extra={"openapi": "3.1.0"},
    docs=Reference(),
)


def problem(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A refusal as problem details."""
    body = {
        "type": f"https://jianheng.invalid/problems/{refusal.reasons[0].code.lower().replace('_', '-')}",
        "title": refusal.text,
        "status": refusal.status,
        "detail": "".join(reason.text for reason in refusal.reasons),
        "instance": f"urn:uuid:{getattr(request, 'request_id', '')}",
        "code": refusal.reasons[0].code,
        "reasons": [reason.as_json() for reason in refusal.reasons],
    }
    return HttpResponse(
        json.dumps(body, ensure_ascii=False), status=refusal.status, content_type="application/problem+json"
    )


class UnknownTokenError(Refusal):
    """没有有效的接口令牌。"""

    code = "UNKNOWN_TOKEN"
    status = 401
    next_step = "请在账号页面签发令牌，并以 Authorization: Bearer 提交。"


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    people.note_access(
        getattr(request, "actor", None) or None,
        what="refused",
        path=request.path,
        now=timezone.now(),
        refused=refusal.reasons[0].code,
        request_id=getattr(request, "request_id", ""),
    )
    return problem(request, refusal)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    return problem(request, UnknownTokenError())


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    reasons = [
        Reason(
            procedures.InputError.code,
            f"{'.'.join(str(part) for part in item['loc'])}：{item['msg']}",
            next_step=procedures.InputError.next_step,
            about=".".join(str(part) for part in item["loc"][2:]),
        )
        for item in error.errors
    ]
    return problem(request, procedures.InputError(reasons=reasons))


@api.exception_handler(HttpError)
def _malformed(request: HttpRequest, error: HttpError) -> HttpResponse:
    class MalformedError(Refusal):
        code = "MALFORMED"
        status = error.status_code
        next_step = "请提交符合接口说明的 JSON。"

    return problem(request, MalformedError(f"请求不能读取：{error}"))


def answers(ok: Any, status: int = 200) -> dict[int, Any]:
    """The declared answers of an operation: its own, and problem details for every refusal."""
    return {status: ok, **dict.fromkeys(sorted(REFUSALS), Problem)}


def actor_of(request: HttpRequest) -> people.Actor:
    """Who is acting."""
    return request.auth  # type: ignore[attr-defined, no-any-return]


@api.get("/work", response=answers(WorkOut), tags=["待办"], summary="我的待办")
def work(request: HttpRequest, after: Annotated[str, Query(max_length=40)] = "", late: bool = False) -> Any:
    """What this client owes, the most urgent first."""
    page = procedures.work_list(actor_of(request), today=timezone.localdate(), after=after, late=late)
    rows = [
        {
            "id": row.id,
            "matter_id": row.matter_id,
            "reference": row.reference,
            "title": row.title,
            "node": row.node,
            "due_on": row.due_on,
        }
        for row in page.rows
    ]
    return 200, {"rows": rows, "after": page.after, "total": page.total, "overdue": page.overdue}


@api.get("/matters", response=answers(list[MatterLine]), tags=["事项"], summary="查找事项")
def find(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=10)] = "",
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> Any:
    """Matters this client may see, newest first."""
    return 200, list(procedures.find(actor_of(request), text=q, state=state, after=after or None))


@api.get("/matters/{matter_id}", response=answers(MatterOut), tags=["事项"], summary="事项详情")
def matter(request: HttpRequest, matter_id: MatterId) -> Any:
    """One matter: open items, clocks, acts offered."""
    actor = actor_of(request)
    view = procedures.matter(matter_id, actor)
    people.note_access(actor, what="matter", path=request.path, now=timezone.now(), matter_id=matter_id)
    return 200, {
        "id": view.id,
        "root_id": view.root_id,
        "parent_id": view.parent_id,
        "region": view.region,
        "procedure": view.procedure.code,
        "version": view.procedure.version,
        "reference": view.reference,
        "title": view.title,
        "opened_at": view.opened_at,
        "closed_at": view.closed_at,
        "end": view.end,
        "acts": view.acts,
        "items": [
            {
                "node": i.node.code,
                "title": i.node.title,
                "holder": i.holder,
                "holder_title": i.holder_title,
                "due_on": i.due_on,
            }
            for i in view.items
        ],
        "terms": [{**{name: getattr(t, name) for name in TERM_FIELDS}, "steps": list(t.steps)} for t in view.terms],
        "offered": [{"act": o.code, "title": o.title, "node": o.node, "law": list(o.law)} for o in view.offered],
        "facts": [list(fact) for fact in procedures.facts_of(view.procedure.code, matter_id)],
        "family": [row.pk for row in procedures.family(view.root_id, actor)],
    }


TERM_FIELDS = (
    "clock",
    "title",
    "start_on",
    "length",
    "unit",
    "basis",
    "verified",
    "due_on",
    "note",
    "paused",
    "overdue",
)


@api.get("/matters/{matter_id}/timeline", response=answers(list[ActOut]), tags=["事项"], summary="办理过程")
def timeline(request: HttpRequest, matter_id: MatterId) -> Any:
    """Every act done, first to last."""
    return 200, [
        {
            "seq": act.seq,
            "act": act.code,
            "title": act.title,
            "outcome": act.outcome,
            "name": act.name,
            "holder_title": act.holder_title,
            "at": act.at,
            "entry": act.entry,
        }
        for act in procedures.timeline(matter_id, actor_of(request))
    ]


@api.get("/matters/{matter_id}/receipts/{seq}", response=answers(dict[str, Any]), tags=["凭证"], summary="回执")
def receipt(request: HttpRequest, matter_id: MatterId, seq: Seq) -> Any:
    """The receipt of an act, to be checked offline; ``state`` is "pending" until the log has placed it."""
    for act in procedures.timeline(matter_id, actor_of(request)):
        if act.seq == seq:
            return 200, ledger.receipt(act.entry)
    raise procedures.NoSuchMatterError


@api.get("/matters/{matter_id}/documents", response=answers(list[DocumentOut]), tags=["文书"], summary="文书目录")
def papers(request: HttpRequest, matter_id: MatterId) -> Any:
    """The documents of a matter that this client may see."""
    actor = actor_of(request)
    row = procedures.matter_row(matter_id, actor)
    seats = procedures.seats_of(actor, row.seats, root_id=row.root_id or row.pk)
    return 200, [
        {
            "id": p.id,
            "kind": p.kind,
            "title": p.title,
            "number": p.number,
            "code": p.code,
            "status": p.status,
            "sha256": p.sha256,
        }
        for p in documents.of_matter(matter_id, seats=seats)
    ]


@api.get("/matters/{matter_id}/documents/{document_id}", response=answers(None), tags=["文书"], summary="下载文书")
def paper(request: HttpRequest, matter_id: MatterId, document_id: MatterId) -> Any:
    """A document as PDF."""
    actor = actor_of(request)
    row = procedures.matter_row(matter_id, actor)
    seats = procedures.seats_of(actor, row.seats, root_id=row.root_id or row.pk)
    found = documents.get(document_id, matter_id=matter_id, seats=seats)
    if not found.sha256:
        raise PaperPendingError
    return FileResponse(files.open_content(found.sha256), content_type="application/pdf")


class PaperPendingError(Refusal):
    """文书编号已定，正在排版、签章。"""

    code = "PAPER_PENDING"
    status = 409
    next_step = "请稍后重试，通常几秒钟完成。"


@api.get("/matters/{matter_id}/files", response=answers(list[FileItemOut]), tags=["卷宗"], summary="卷宗目录")
def case_file(request: HttpRequest, matter_id: MatterId) -> Any:
    """The case file as this client may see it."""
    actor = actor_of(request)
    root_id = procedures.matter_row(matter_id, actor).root_id or matter_id
    listed = files.items(root_id, seats=procedures.seats_in_case(actor, root_id))
    return 200, [
        {
            "id": i.id,
            "volume": i.volume,
            "section": i.section,
            "title": i.title,
            "source": i.source,
            "sha256": i.sha256,
            "examination": i.examination,
            "level": i.level,
        }
        for i in listed
    ]


@api.post("/files", response=answers(UploadOut, 201), tags=["卷宗"], summary="上传文件")
def upload(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Keep a file; acts then refer to it by its hash."""
    actor = actor_of(request)
    name = procedures.clean_text((file.name or "")[:200]) if "\x00" not in (file.name or "") else "未命名"
    sha256 = files.upload(file, name=name, size=file.size or 0, scope=actor.scope, now=timezone.now())
    return 201, {"sha256": sha256, "name": name, "size": file.size or 0}


@api.get("/selection/{matter_id}/draw", response=answers(dict[str, Any]), tags=["凭证"], summary="摇号文件")
def draw_file(request: HttpRequest, matter_id: MatterId) -> Any:
    """The draw file, to be recomputed by ``jianheng draw verify``."""
    procedures.matter_row(matter_id, actor_of(request))
    found = selection.draw_file(matter_id)
    if found is None:
        raise procedures.NoSuchMatterError
    return 200, found


@api.get("/log/checkpoint", response=answers(dict[str, Any]), auth=None, tags=["凭证"], summary="日志检查点")
def checkpoint(request: HttpRequest) -> Any:
    """The newest signed checkpoint of the log and the key that signs it."""
    return 200, {"note": ledger.checkpoint(), "public_key": ledger.public_key()}


@api.get("/webhooks", response=answers(list[WebhookOut]), tags=["事件"], summary="订阅")
def webhooks(request: HttpRequest) -> Any:
    """This organisation's subscriptions."""
    return 200, [row for pk in actor_of(request).organisation_ids for row in events.webhooks_of(pk)]


@api.post("/webhooks", response=answers(WebhookOut, 201), tags=["事件"], summary="新增订阅")
def add_webhook(request: HttpRequest, given: WebhookIn) -> Any:
    """Send this organisation's events to an address, signed; see the documentation for the signature."""
    organisation_id = actor_of(request).organisation_ids[0]
    pk, secret = events.add_webhook(organisation_id=organisation_id, url=given.url, now=timezone.now())
    return 201, {"id": pk, "url": given.url, "secret": secret}


@api.delete("/webhooks/{webhook_id}", response={204: None, **answers(None)}, tags=["事件"], summary="停止订阅")
def remove_webhook(request: HttpRequest, webhook_id: MatterId) -> Any:
    """End a subscription."""
    ended = any(
        events.remove_webhook(webhook_id, organisation_id=pk, now=timezone.now())
        for pk in actor_of(request).organisation_ids
    )
    if not ended:
        raise procedures.NoSuchMatterError("没有这一订阅。")
    return 204, None


def _beginning(procedure: Procedure) -> Callable[..., Any]:
    model = procedures.implementation(procedure.code, procedure.begin).given

    def operation(request: HttpRequest, given: model, idempotency_key: Key = "") -> Any:  # type: ignore[valid-type]
        done = procedures.begin(procedure.code, by=actor_of(request), given=given, key=idempotency_key)
        return 201, _said(done)

    return operation


def _doing(procedure: Procedure, act: Act) -> Callable[..., Any]:
    model = procedures.implementation(procedure.code, act.code).given

    def operation(
        request: HttpRequest,
        matter_id: MatterId,
        given: model,
        idempotency_key: Key = "",  # type: ignore[valid-type]
    ) -> Any:
        actor = actor_of(request)
        row = procedures.matter_row(matter_id, actor)
        if row.procedure != procedure.code:
            raise procedures.NoSuchMatterError
        done = procedures.perform(matter_id, act=act.code, by=actor, given=given, key=idempotency_key)
        return 201, _said(done)

    return operation


def _asking(procedure: Procedure, act: Act) -> Callable[..., Any]:
    def operation(request: HttpRequest, matter_id: MatterId) -> Any:
        actor = actor_of(request)
        row = procedures.matter_row(matter_id, actor)
        if row.procedure != procedure.code:
            raise procedures.NoSuchMatterError
        asked = procedures.asking(matter_id, act.code, by=actor)
        choices = {name: [list(option) for option in options] for name, options in asked.choices.items()}
        return 200, {"choices": choices, "prefill": dict(asked.prefill)}

    return operation


def _said(done: procedures.Receipt) -> dict[str, Any]:
    return {name: getattr(done, name) for name in ReceiptOut.model_fields}


def offer_acts() -> None:
    """Add one operation for each act a person may do, and one to begin each procedure a person may begin."""
    for procedure in procedures.procedures():
        tag = [procedure.title]
        for act in procedure.acts:
            if set(procedure.holders(act)) <= {SYSTEM}:
                continue
            law = "；".join(act.law) or "平台设计"
            name = f"{procedure.code}_{act.code}"
            if act.code == procedure.begin:
                api.default_router.add_api_operation(
                    f"/{procedure.code}",
                    ["POST"],
                    _beginning(procedure),
                    response=answers(ReceiptOut, 201),
                    tags=tag,
                    summary=act.title,
                    description=f"依据：{law}",
                    operation_id=name,
                )
                continue
            path = f"/{procedure.code}/{{matter_id}}/{act.code}"
            api.default_router.add_api_operation(
                path,
                ["POST"],
                _doing(procedure, act),
                response=answers(ReceiptOut, 201),
                tags=tag,
                summary=act.title,
                description=f"依据：{law}",
                operation_id=name,
            )
            implementation = procedures.implementation(procedure.code, act.code)
            if implementation.choices or implementation.prefill:
                api.default_router.add_api_operation(
                    path,
                    ["GET"],
                    _asking(procedure, act),
                    response=answers(OptionsOut),
                    tags=tag,
                    summary=f"{act.title}：可选项",
                    operation_id=f"{name}_options",
                )


offer_acts()
