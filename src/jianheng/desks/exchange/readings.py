"""The readings of the interface, files, proofs and webhooks: everything that is not an act."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Query, Status, UploadedFile
from pydantic import BeforeValidator, Field

from jianheng.desks.exchange.interface import actor_of, answers, api
from jianheng.desks.exchange.schemas import (
    ActOut,
    CheckpointOut,
    DocumentOut,
    Figures,
    FileItemOut,
    MatterId,
    MatterLine,
    MatterOut,
    ProofOut,
    Seq,
    UploadOut,
    WebhookIn,
    WebhookOut,
    WorkOut,
)
from jianheng.kernel.text import LINE, clean_line
from jianheng.modules.selection import api as selection
from jianheng.services.documents import api as documents
from jianheng.services.events import api as events
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures


def written_truth(value: Any) -> Any:
    """``true`` or ``false`` as an address carries them."""
    if isinstance(value, str) and value not in {"true", "false"}:
        raise ValueError("请填写 true 或 false")
    return value


Words = Annotated[str, Query(max_length=100, pattern=LINE)]
After = Annotated[str, Query(max_length=40, pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}\.[0-9]{1,18})?$")]
AfterNumber = Annotated[int, Field(ge=0, le=2**63 - 1), Figures]
Truth = Annotated[bool, BeforeValidator(written_truth)]
ONE_FILE = {"requestBody": {"content": {"multipart/form-data": {"schema": {"additionalProperties": False}}}}}
PDF = {"responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}}}


@api.get("/work", response=answers(WorkOut), tags=["待办"], summary="我的待办")
def work(request: HttpRequest, after: After = "", late: Truth = False) -> Any:
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
            "expected_on": row.expected_on,
        }
        for row in page.rows
    ]
    return {"rows": rows, "after": page.after, "total": page.total, "overdue": page.overdue}


@api.get("/matters", response=answers(list[MatterLine]), tags=["事项"], summary="查找事项")
def find(
    request: HttpRequest,
    q: Words = "",
    state: Literal["", "open", "closed"] = "",
    after: AfterNumber = 0,
    wide: Truth = False,
) -> Any:
    """Matters this client may see, newest first.

    Where parties bear exactly the name asked for (`by_name`), only theirs; `wide` asks for all that hold the words.
    """
    return list(procedures.find(actor_of(request), text=q, state=state, after=after or None, wide=wide))


@api.get("/matters/{matter_id}", response=answers(MatterOut), tags=["事项"], summary="事项详情")
def matter(request: HttpRequest, response: HttpResponse, matter_id: MatterId) -> Any:
    """One matter: open items, clocks, acts offered.

    The answer's `ETag` is what acts that cannot be undone ask for as `If-Match`.
    """
    actor = actor_of(request)
    view = procedures.matter(matter_id, actor)
    seats = procedures.seats_of(actor, view.seats, root_id=view.root_id)
    response["ETag"] = f'"{view.acts}"'
    return {
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
                "expected_on": i.expected_on,
            }
            for i in view.items
        ],
        "terms": [
            {
                **{name: getattr(t, name) for name in TERM_FIELDS},
                "provisional": asdict(t.provisional) if t.provisional else None,
                "steps": list(t.steps),
            }
            for t in view.terms
        ],
        "offered": [
            {"act": o.code, "title": o.title, "node": o.node, "law": list(o.law), "solemn": o.solemn}
            for o in view.offered
        ],
        "facts": [list(fact) for fact in procedures.facts_of(view.procedure.code, matter_id, seats=seats)],
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
    return [
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


@api.get(
    "/matters/{matter_id}/receipts/{seq}",
    response=answers(ProofOut),
    exclude_unset=True,
    tags=["凭证"],
    summary="办理行为的回执",
)
def receipt(request: HttpRequest, matter_id: MatterId, seq: Seq) -> Any:
    """The receipt of an act, to be checked offline; ``status`` is "pending" until the log has placed it."""
    for act in procedures.timeline(matter_id, actor_of(request)):
        if act.seq == seq:
            return ledger.receipt(UUID(act.entry))
    raise procedures.NoSuchMatterError


@api.get("/matters/{matter_id}/documents", response=answers(list[DocumentOut]), tags=["文书"], summary="文书目录")
def papers(request: HttpRequest, matter_id: MatterId) -> Any:
    """The documents of a matter that this client may see."""
    return [
        {
            "id": p.id,
            "kind": p.kind,
            "title": p.title,
            "number": p.number,
            "code": p.code,
            "status": p.status,
            "sha256": p.sha256,
        }
        for p in documents.of_matter(matter_id, seats=_seats(request, matter_id))
    ]


@api.get(
    "/matters/{matter_id}/documents/{document_id}",
    response=answers(None),
    openapi_extra=PDF,
    tags=["文书"],
    summary="下载文书",
)
def paper(request: HttpRequest, matter_id: MatterId, document_id: MatterId) -> Any:
    """A document as PDF; who took it is noted, as at the desk."""
    found = _issued(request, matter_id, document_id)
    people.note_access(actor_of(request), what="document", path=request.path, now=timezone.now(), matter_id=matter_id)
    return FileResponse(files.open_content(found.sha256), content_type="application/pdf")


@api.get(
    "/matters/{matter_id}/documents/{document_id}/receipt",
    response=answers(ProofOut),
    exclude_unset=True,
    tags=["凭证"],
    summary="文书的回执",
)
def paper_receipt(request: HttpRequest, matter_id: MatterId, document_id: MatterId) -> Any:
    """The receipt of the newest log entry about a document, to be checked offline together with the PDF."""
    return ledger.receipt(UUID(_issued(request, matter_id, document_id).entry))


def _seats(request: HttpRequest, matter_id: int) -> dict[str, datetime | None]:
    """The seats through which whoever asks sees a matter, and since when; refuses one that may not be seen."""
    actor = actor_of(request)
    row = procedures.matter_row(matter_id, actor)
    return procedures.seats_of(actor, row.seats, root_id=row.root_id or row.pk)


def _issued(request: HttpRequest, matter_id: int, document_id: int) -> documents.DocumentRef:
    found = documents.get(document_id, matter_id=matter_id, seats=_seats(request, matter_id))
    if not found.sha256:
        raise documents.PaperPendingError
    return found


@api.get("/matters/{matter_id}/files", response=answers(list[FileItemOut]), tags=["卷宗"], summary="卷宗目录")
def case_file(request: HttpRequest, matter_id: MatterId) -> Any:
    """The case file as this client may see it."""
    actor = actor_of(request)
    root_id = procedures.matter_row(matter_id, actor).root_id or matter_id
    listed = files.items(root_id, seats=procedures.seats_in_case(actor, root_id))
    return [
        {
            "id": i.id,
            "volume": i.volume,
            "section": i.section,
            "title": i.title,
            "source": i.source,
            "sha256": i.sha256,
            "examination": i.examination,
            "examination_note": i.examination_note,
            "level": i.level,
        }
        for i in listed
    ]


@api.post("/files", response=answers(UploadOut, 201), openapi_extra=ONE_FILE, tags=["卷宗"], summary="上传文件")
def upload(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Keep a file; acts then refer to it by its hash."""
    actor = actor_of(request)
    try:
        name = clean_line((file.name or "")[:200])
    except ValueError:
        name = "未命名"
    sha256 = files.upload(file, name=name, size=file.size or 0, scope=actor.scope, now=timezone.now())
    return Status(201, {"sha256": sha256, "name": name, "size": file.size or 0})


@api.get("/selection/{matter_id}/draw", response=answers(dict[str, Any]), tags=["凭证"], summary="摇号文件")
def draw_file(request: HttpRequest, matter_id: MatterId) -> Any:
    """The draw file, to be recomputed by ``jianheng draw verify``."""
    procedures.matter_row(matter_id, actor_of(request))
    found = selection.draw_file(matter_id)
    if found is None:
        raise procedures.NoSuchMatterError
    return found


@api.get("/log/checkpoint", response=answers(CheckpointOut), auth=None, tags=["凭证"], summary="日志检查点")
def checkpoint(request: HttpRequest) -> Any:
    """The newest signed checkpoint of the log, the key that signs it, and its witnesses."""
    return {
        "note": ledger.checkpoint(),
        "public_key": ledger.public_key(),
        "policy": ledger.witness_policy(),
        "witnesses": [asdict(row) for row in ledger.witnesses_shown(timezone.now())],
    }


@api.get("/webhooks", response=answers(list[WebhookOut]), tags=["事件"], summary="订阅")
def webhooks(request: HttpRequest) -> Any:
    """This organisation's subscriptions, for who holds a post of integration there."""
    return events.webhooks_of(_integrating(request).organisation_id)


@api.post("/webhooks", response=answers(WebhookOut, 201), tags=["事件"], summary="新增订阅")
def add_webhook(request: HttpRequest, given: WebhookIn) -> Any:
    """Send this organisation's events to an address, signed; see the documentation for the signature."""
    post, person_id = _integrating(request), actor_of(request).person_id
    now = timezone.now()
    pk, secret = events.add_webhook(organisation_id=post.organisation_id, person_id=person_id, url=given.url, now=now)
    return Status(201, {"id": pk, "url": given.url, "secret": secret})


@api.delete("/webhooks/{webhook_id}", response=answers(None, 204), tags=["事件"], summary="停止订阅")
def remove_webhook(request: HttpRequest, webhook_id: MatterId) -> Any:
    """End a subscription."""
    organisation_id = _integrating(request).organisation_id
    if not events.remove_webhook(webhook_id, organisation_id=organisation_id, now=timezone.now()):
        raise procedures.NoSuchMatterError("没有这一订阅。")
    return Status(204, None)


def _integrating(request: HttpRequest) -> people.PostRef:
    """The post of integration of whoever asks; a token limited to some acts is for nothing else."""
    actor = actor_of(request)
    for post in actor.posts:
        if post.role == people.Role.INTEGRATOR and actor.limited is None:
            return post
    raise events.IntegrationPostError
