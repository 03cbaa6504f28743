"""Public pages."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jianheng.kernel.errors import Refusal
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection import api as selection
from jianheng.services.documents import api as documents
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.pages.middleware import note_refused
from jianheng.services.people import api as people
from jianheng.services.people.api import PASS_KEY
from jianheng.services.procedures import api as procedures

VISITOR = people.Actor("访客")
TILE_LEVELS, TILES = 8, 2**55  # more than a log of 2^63 entries could have


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Where to begin."""
    return render(request, "public/front.html")


@require_safe
def healthy(request: HttpRequest) -> HttpResponse:
    """For a load balancer: the process answers, the database too, and the clock is not behind what was already signed."""
    sealed_at = ledger.state().sealed_at
    if sealed_at is not None and timezone.now() < sealed_at - procedures.CLOCK_TOLERANCE:
        reason = procedures.ClockWentBackError(
            f"服务器时钟早于公开日志最近一次签署的时间（{sealed_at:%Y-%m-%d %H:%M} UTC）。"
        )
        return JsonResponse({"ok": False, **reason.reasons[0].as_json()}, status=reason.status)
    ahead = ledger.waiting_ahead(timezone.now())
    return JsonResponse({"ok": True} | ({"waiting_for_their_time": ahead.count} if ahead else {}))


@require_http_methods(["GET", "HEAD", "POST"])
def progress(request: people.Request) -> HttpResponse:
    """A party's own cases in plain words; first the code sent to the phone."""
    actor = request.actor
    if actor and actor.sides:
        return render(request, "public/my_case.html", {"views": _family(actor)})
    step, refusal = "ask", None
    number, phone = (request.POST.get(name, "").strip()[:20] for name in ("number", "phone"))
    if request.method == "POST":
        try:
            if "code" in request.POST:
                step = "code"
                pass_id = people.check_pass_code(
                    root_id=_number(number),
                    phone=phone,
                    code=request.POST["code"].strip()[:40],
                    now=timezone.now(),
                )
                request.session.cycle_key()
                request.session[PASS_KEY] = pass_id
                return redirect("/progress/")
            _send_code(_number(number), phone, address=request.META.get("REMOTE_ADDR", ""))
            step = "code"
        except Refusal as caught:
            note_refused(request, caught)
            refusal = caught
    context = {"step": step, "number": number, "phone": phone, "refusal": refusal}
    return render(request, "public/progress.html", context, status=refusal.status if refusal else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _send_code(root_id: int, phone: str, *, address: str) -> None:
    """Send a code if there is such a party; the page says the same either way."""
    now = timezone.now()
    code = people.send_pass_code(root_id=root_id, phone=phone, now=now, address=address)
    if code is not None:
        life = people.CODE_LIFE[len(code)]
        lasting = "一小时" if life >= timedelta(hours=1) else "十分钟"
        text = f"验证码 {{secret}}，用于查询司法鉴定进度，{lasting}内有效，请勿告知他人。"
        notices.send("SMS", [(phone, text)], now=now, secret={"kind": people.PASS_CODE, **code.reference})


def _family(actor: people.Actor) -> list[dict[str, Any]]:
    """The matters of the party's case with what it may do, and the papers it was sent.

    A paper of a matter the party does not see (the institution's own) stands with the entrustment.
    """
    shown = []
    for root_id, side in actor.sides:
        rows = procedures.family(root_id, actor)
        papers: dict[int, list[Any]] = {row.pk: [] for row in rows}
        seats = people.Seats({side: None}, reader=actor.keys)
        for paper in documents.of_family(root_id, seats=seats) if rows else ():
            papers[paper.matter_id if paper.matter_id in papers else root_id].append(paper)
        for row in rows:
            shown.append(
                {
                    "view": procedures.matter(row.pk, actor),
                    "papers": papers[row.pk],
                    "timeline": procedures.timeline(row.pk, actor),
                    "access": people.access_log(row.pk, limit=20),
                }
            )
    return shown


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Leave a party's session."""
    request.session.flush()
    return redirect("/")


@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Verify a paper by the code printed on it."""
    if request.method == "POST" or request.GET.get("code"):
        code = (request.POST.get("code") or request.GET.get("code") or "").strip()
        return (
            redirect(f"/verify/{documents.plain_code(code)}/") if documents.plain_code(code) else redirect("/verify/")
        )
    return render(request, "public/verify.html")


@require_http_methods(["GET", "HEAD", "POST"])
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What is true of a paper: number, issuer, state, hash, place in the log; compares a copy when one is given.

    Of a sealed one no more than that it is genuine, and whether the copy is: that is what whoever holds it needs.
    """
    paper = documents.by_code(code)
    sealed = paper is not None and _is_sealed(paper)
    compared: bool | None = None
    if paper is not None and request.method == "POST" and (copy := request.FILES.get("copy")) is not None:
        digest = hashlib.sha256()
        for piece in copy.chunks():
            digest.update(piece)
        compared = digest.hexdigest() == paper.sha256
    proof = ledger.receipt(UUID(paper.entry)) if paper is not None and paper.entry and not sealed else None
    return render(
        request,
        "public/verified.html",
        {
            "paper": paper,
            "sealed": sealed,
            "code": code,
            "proof": proof,
            "compared": compared,
            "needs_witnesses": bool(ledger.witness_policy()),
        },
        status=200 if paper else 404,
    )


def _is_sealed(paper: documents.DocumentRef) -> bool:
    return paper.is_restricted or procedures.is_sealed(paper.matter_id)


@require_safe
def proof(request: HttpRequest, code: str) -> HttpResponse:
    """The receipt of the newest log entry about a paper, for whoever holds the paper: number, kind and hashes."""
    paper = documents.by_code(code)
    if paper is None or _is_sealed(paper):
        raise documents.NoSuchDocumentError
    if not paper.sha256:
        raise documents.PaperPendingError
    answer = JsonResponse(
        ledger.receipt(UUID(paper.entry)) or {}, json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = f'attachment; filename="receipt-{paper.code}.json"'
    return answer


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register: institutions by name or category, on a day."""
    day = _day(request.GET.get("on", ""))
    text, category = request.GET.get("q", "").replace("\x00", "")[:60], request.GET.get("category", "")[:12]
    rows: list[Any] = []
    known = dict(institutions.category_choices())
    if category in known:
        rows = list(institutions.candidates(category, on=day, region_scope=""))
        rows = [row for row in rows if text in row.name]
    else:
        found = [ref.id for ref in institutions.search(text, on=day, limit=60)]
        facts = institutions.several(found, on=day)
        rows = [facts[pk] for pk in found]
    return render(
        request,
        "public/register.html",
        {
            "rows": rows,
            "day": day,
            "categories": institutions.category_choices(),
            "states": institutions.STATE_TITLES,
        },
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate()


@require_safe
def institution(request: HttpRequest, institution_id: int) -> HttpResponse:
    """One institution: licence, scope with its limits, appraisers."""
    day = _day(request.GET.get("on", ""))
    found = institutions.institution(institution_id, on=day)
    return render(
        request,
        "public/institution.html",
        {
            "institution": found,
            "state": institutions.STATE_TITLES[found.state],
            "lines": [(institutions.category(line.category).name, line) for line in found.licence.lines]
            if found.licence
            else [],
            "appraisers": institutions.appraisers_of(institution_id, on=day),
            "day": day,
        },
    )


@require_safe
def draw_page(request: people.Request, matter_id: int) -> HttpResponse:
    """The candidate list and draw, for a party of the case."""
    view = procedures.matter(matter_id, request.actor or VISITOR)
    found = selection.lists(matter_id)
    if found is None:
        raise procedures.NoSuchMatterError
    return render(request, "workbench/draw.html", {"matter": view, "list": found})


@require_safe
def draws(request: people.Request) -> HttpResponse:
    """The newest draws, and how turns are shared out in a year."""
    asked, now = request.GET.get("year", ""), timezone.localtime()
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else now.year
    by = request.actor or VISITOR
    context = {"shares": selection.concentration(year, by=by), "draws": selection.newest_draws(by=by), "now": now}
    return render(request, "public/draws.html", {**context, "year": year, "before": year - 1})


@require_safe
def draw(request: people.Request, code: str) -> HttpResponse:
    """One draw, for everybody who has its code: without the case and its parties."""
    actor = request.actor
    found = selection.draw_by_code(code, by=actor or VISITOR)
    if found is None:
        raise procedures.NoSuchMatterError("没有这个编号的摇号。")
    concerned = bool(actor and selection.concerned_file(code, by=actor))
    return render(request, "public/draw.html", {"lot": found["shown"], "concerned": concerned})


@require_safe
def draw_json(request: people.Request, code: str) -> HttpResponse:
    """Its file, as everybody may have it."""
    found = selection.draw_by_code(code, by=request.actor or VISITOR)
    if found is None:
        raise procedures.NoSuchMatterError("没有这个编号的摇号。")
    answer = JsonResponse(found["file"], json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="draw-{code[:32]}.json"'
    return answer


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The log: its newest checkpoint, its key, its witnesses, how to check a receipt."""
    state = ledger.state()
    return render(
        request,
        "public/log.html",
        {
            "note": ledger.checkpoint(),
            "key": ledger.public_key(),
            "state": state,
            "quorum_fresh": state.witnessed_at is not None and state.witnessed_at > timezone.now() - ledger.FRESH,
            "origin": ledger.origin(),
            "witnesses": ledger.witnesses_shown(timezone.now()),
        },
    )


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The signed checkpoint as text (C2SP tlog-checkpoint)."""
    return HttpResponse(ledger.checkpoint() or "", content_type="text/plain; charset=utf-8")


@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """Who witnesses and how many must (C2SP tlog-policy), as text; empty where nobody does."""
    return HttpResponse(ledger.witness_policy(), content_type="text/plain; charset=utf-8")


@require_safe
def tile(request: HttpRequest, level: int, index: int) -> HttpResponse:
    """The hashes of one tile of the tree, as wide as it is now."""
    found = ledger.tile(level, index) if level < TILE_LEVELS and index < TILES else b""
    if not found:
        raise procedures.NoSuchMatterError("没有这一块。")
    return HttpResponse(found, content_type="application/octet-stream")
