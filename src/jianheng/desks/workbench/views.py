"""Pages of the workbench."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import quote
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import FileResponse, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from jianheng.desks.workbench import matters, signing
from jianheng.kernel.errors import Refusal
from jianheng.kernel.procedure import Act
from jianheng.kernel.text import clean_line
from jianheng.modules.casework import api as casework
from jianheng.modules.entrustment import api as entrustment
from jianheng.modules.selection import api as selection
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.pages import forms
from jianheng.services.pages.middleware import note_refused
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

P = ParamSpec("P")


def _number(text: str) -> int | None:
    """A number as an address or a form carries it; ``None`` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _plain(text: str) -> str:
    """A line as it may be kept; refuses what no text may hold."""
    try:
        return clean_line(text)[:60]
    except ValueError as error:
        raise procedures.InputError(str(error)) from error


def members_only(
    view: Callable[Concatenate[people.MemberRequest, P], HttpResponseBase],
) -> Callable[Concatenate[people.MemberRequest, P], HttpResponseBase]:
    """Send visitors to the sign-in page, and parties to their own."""

    @wraps(view)
    def wrapper(request: people.MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.actor:
            return redirect(f"/accounts/login/?next={quote(request.get_full_path())}")
        return view(request, *args, **kwargs)

    return wrapper


@members_only
@require_safe
def home(request: people.MemberRequest) -> HttpResponse:
    """What I owe, the most urgent first."""
    actor = request.actor
    if actor.sides:
        return redirect("/progress/")
    if actor.regions:
        return redirect("/oversight/")
    page = procedures.work_list(
        actor,
        today=timezone.localdate(),
        after=request.GET.get("after", ""),
        node=request.GET.get("node", ""),
        late=request.GET.get("late") == "1",
    )
    return render(request, "workbench/home.html", {"page": page, "late": request.GET.get("late") == "1"})


@members_only
@require_safe
def find(request: people.MemberRequest) -> HttpResponse:
    """Matters I may see, by words, kind and state; the filters stay in the address."""
    after = request.GET.get("after", "")
    rows = procedures.find(
        request.actor,
        text=request.GET.get("q", ""),
        procedure=request.GET.get("procedure", ""),
        state=request.GET.get("state", ""),
        after=_number(after),
        wide=request.GET.get("wide") == "1",
    )
    return render(
        request,
        "workbench/matters.html",
        {"rows": rows, "procedures": procedures.procedures(), "after": rows[-1].id if len(rows) == 30 else None},
    )


@members_only
@require_safe
def matter(request: people.MemberRequest, matter_id: int) -> HttpResponse:
    """One matter: what to do, where it stands, clocks, file, papers, timeline."""
    actor = request.actor
    context = matters.page(matter_id, actor)
    return render(request, "workbench/matter.html", context)


@sensitive_post_parameters(signing.PHRASE)
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: people.MemberRequest, matter_id: int, act_code: str) -> HttpResponse:
    """The form of one act."""
    actor = request.actor
    view = procedures.matter(matter_id, actor)
    declared = view.procedure.act.get(act_code)
    if declared is None or act_code == view.procedure.begin:
        raise procedures.NoSuchMatterError
    asking = procedures.asking(matter_id, act_code, by=actor)
    asked = signing.asks_phrase(actor, declared)

    def done(values: Mapping[str, Any]) -> procedures.Receipt:
        return procedures.perform(
            matter_id,
            act=act_code,
            by=actor,
            given=values,
            key=request.POST.get("_key", "")[:80],
            seen=_number(request.POST.get("_seen", "")),
            pen=signing.pen_of(request, asked=asked),
        )

    again = declared.signs and not asked and request.user.is_authenticated  # the phrase proves more than the password
    form = reauthentication_required(_form) if again else _form
    return form(request, declared=declared, asking=asking, done=done, seen=view.acts, matter=view, asks_phrase=asked)


@sensitive_post_parameters(signing.PHRASE)
@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: people.MemberRequest, code: str) -> HttpResponse:
    """The form of a procedure's opening act."""
    actor = request.actor
    known = {procedure.code: procedure for procedure in procedures.procedures()}
    if code not in known:
        raise procedures.NoSuchMatterError
    procedure = known[code]
    declared = procedure.act[procedure.begin]
    holder = procedures.opening_post(code, actor)
    asking = procedures.asking_to_begin(code, by=actor, holder=holder.holder, region=holder.region)
    asked = signing.asks_phrase(actor, declared)

    def done(values: Mapping[str, Any]) -> procedures.Receipt:
        return procedures.begin(
            code,
            by=actor,
            given=values,
            key=request.POST.get("_key", "")[:80],
            pen=signing.pen_of(request, asked=asked),
        )

    return _form(request, declared=declared, asking=asking, done=done, seen=0, matter=None, asks_phrase=asked)


def _form(
    request: people.MemberRequest,
    *,
    declared: Act,
    asking: procedures.Asking,
    done: Callable[[Mapping[str, Any]], procedures.Receipt],
    seen: int,
    matter: procedures.MatterView | None,
    asks_phrase: bool,
) -> HttpResponse:
    """Show a form, add rows, confirm, submit; whatever is refused comes back filled in."""
    values: Mapping[str, Any] = asking.prefill
    refusal: Refusal | None = None
    more, confirming = request.POST.get("_more", ""), False
    if request.method == "POST":
        try:
            values = _posted(request, asking.given)
            if not more:
                procedures.read(asking.given, values)
                confirming = declared.solemn and request.POST.get("_sure") != "yes"
                if not confirming:
                    receipt = done(values)
                    messages.success(request, f"已办理：{declared.title}。回执编号 {receipt.entry}。")
                    return redirect(f"/desk/matters/{receipt.matter_id}/#act-{receipt.seq}")
        except Refusal as caught:
            note_refused(request, caught)
            if caught.status in {403, 404}:
                raise
            refusal, values = caught, values or forms.gather(asking.given, request.POST)
            about_phrase = caught.reasons[0].about == "phrase"
            asks_phrase = asks_phrase or about_phrase
            confirming = declared.solemn and about_phrase  # everything else was confirmed
    context = {
        "act": declared,
        "matter": matter,
        "draft": matter and matters.draft(matter.id, request.actor),
        "slots": forms.build(
            asking.given, values, choices=asking.choices, reasons=refusal.reasons if refusal else (), more=more
        ),
        "refusal": refusal,
        "confirming": confirming,
        "phrase_wanted": asks_phrase and (confirming or not declared.solemn),
        "key": request.POST.get("_key") or procedures.new_key(),
        "seen": request.POST.get("_seen") or seen,
    }
    return render(request, "workbench/act.html", context, status=refusal.status if refusal else 200)


def _posted(request: people.MemberRequest, model: type[procedures.Given]) -> dict[str, Any]:
    """The posted values, with uploaded contents kept and replaced by their hashes."""
    values = forms.gather(model, request.POST)
    for name in forms.file_names(model):
        sent = request.FILES.get(f"{name}._file")
        if sent is not None:
            values[name] = files.upload(
                sent,
                name=sent.name or "",
                size=sent.size or 0,
                scope=request.actor.scope,
                now=timezone.now(),
            )
    return values


@members_only
@require_safe
def document(request: people.MemberRequest, matter_id: int, document_id: int) -> HttpResponseBase:
    """A paper as PDF, to whom its seats may see it."""
    actor = request.actor
    paper = matters.paper(document_id, matter_id=matter_id, actor=actor)
    if not paper.sha256:
        return render(request, "workbench/paper_pending.html", {"paper": paper, "matter_id": matter_id}, status=202)
    people.note_access(actor, what="document", path=request.path, now=timezone.now(), matter_id=matter_id)
    return served(paper.sha256, name=f"{paper.number}.pdf", kind="application/pdf")


@members_only
@require_safe
def draft(request: people.MemberRequest, matter_id: int) -> HttpResponse:
    """An opinion as it was drafted, for the institution's own people."""
    actor = request.actor
    procedures.matter_row(matter_id, actor)
    pdf = casework.draft_paper(matter_id, organisation_ids=actor.organisation_ids)
    people.note_access(actor, what="document", path=request.path, now=timezone.now(), matter_id=matter_id)
    return HttpResponse(pdf, content_type="application/pdf")


@members_only
@require_safe
def case_item(request: people.MemberRequest, matter_id: int, item_id: int) -> HttpResponseBase:
    """A file of the case file, as a download."""
    actor = request.actor
    row = procedures.matter_row(matter_id, actor)
    root_id = row.root_id or row.pk
    item = files.item(item_id, seats=procedures.seats_in_case(actor, root_id))
    if item.root_id != root_id or not item.sha256:
        raise files.NoSuchFileError
    people.note_access(actor, what="file", path=request.path, now=timezone.now(), matter_id=matter_id)
    return served(item.sha256, name=item.name or item.title, kind=item.content_type)


def served(sha256: str, *, name: str, kind: str) -> FileResponse:
    """A stored content as an attachment that no browser runs."""
    response = FileResponse(files.open_content(sha256), as_attachment=True, filename=name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@members_only
@require_safe
def receipt(request: people.MemberRequest, matter_id: int, seq: int) -> HttpResponse:
    """The receipt of an act: entry, proof and checkpoint, to be checked offline."""
    actor = request.actor
    entry = next((done.entry for done in procedures.timeline(matter_id, actor) if done.seq == seq), None)
    if entry is None:
        raise procedures.NoSuchMatterError
    response = JsonResponse(ledger.receipt(UUID(entry)) or {}, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="receipt-{matter_id}-{seq}.json"'
    return response


@members_only
@require_safe
def draw(request: people.MemberRequest, matter_id: int) -> HttpResponse:
    """The candidate list with every exclusion and its reason, the announcement and the result."""
    view = procedures.matter(matter_id, request.actor)
    found = selection.lists(matter_id)
    if found is None:
        raise procedures.NoSuchMatterError
    return render(request, "workbench/draw.html", {"matter": view, "list": found})


@members_only
@require_safe
def draw_file(request: people.MemberRequest, matter_id: int) -> HttpResponse:
    """The draw file."""
    procedures.matter_row(matter_id, request.actor)
    found = selection.draw_file(matter_id)
    if found is None:
        raise procedures.NoSuchMatterError
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="draw-{matter_id}.json"'
    return response


@members_only
@require_safe
def concerned_draw(request: people.MemberRequest, code: str) -> HttpResponse:
    """The whole file of a draw for whoever was on its list or kept off it, and for the regulator."""
    actor = request.actor
    found = selection.concerned_file(code, by=actor)
    if found is None:
        raise procedures.NoSuchMatterError("没有这个编号的摇号，或者与您无关；公开的摇号文件见公开摇号页。")
    people.note_access(
        actor,
        what="draw",
        path=request.path,
        now=timezone.now(),
        matter_id=found["announcement"]["matter"],
        request_id=request.request_id,
    )
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="draw-{code[:32]}.json"'
    return response


@members_only
@require_safe
def seals(request: people.MemberRequest) -> HttpResponse:
    """What is sealed in the courts somebody leads or supervises: counts, grounds, dates, and nothing of a case."""
    actor = request.actor
    led = [post.organisation_id for post in actor.posts if post.role == people.Role.LEADER]
    if not led:
        raise procedures.NotYoursError("封存总览由院庭长查看。")
    courts = [*led, *actor.organisations_below]
    context = {"seals": entrustment.seals(courts), "counts": entrustment.sealed_by_court(courts)}
    return render(request, "workbench/seals.html", context)


@members_only
@require_safe
def erasing(request: people.MemberRequest) -> HttpResponse:
    """到期清单: the cases of the court whose term of keeping has ended, and what was asked for, stopped and erased."""
    actor = request.actor
    courts = [post for post in actor.posts if post.role in {people.Role.JUDGE, people.Role.LEADER}]
    if not courts:
        raise procedures.NotYoursError("到期清单由法官和院庭长查看。")
    ids = list(dict.fromkeys(post.organisation_id for post in courts))
    today = timezone.localdate()
    context = {
        "due": entrustment.erasable(ids, by=actor, on=today, region=courts[0].region),
        "erasures": entrustment.erasures(ids, by=actor),
    }
    return render(request, "workbench/erasing.html", context)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def inbox(request: people.MemberRequest) -> HttpResponse:
    """Notices to my posts."""
    actor = request.actor
    if request.method == "POST":
        notices.mark_read(actor.holders, by=actor.name, now=timezone.now(), but=procedures.withheld(actor))
        return redirect("/desk/inbox/")
    return render(
        request, "workbench/inbox.html", {"notices": notices.inbox(actor.holders, but=procedures.withheld(actor))}
    )


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def signing_key(request: people.MemberRequest) -> HttpResponse:
    """My own signing key."""
    return signing.key_page(request)


@members_only
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: people.MemberRequest) -> HttpResponse:
    """My posts, my organisation's tokens, links to password, second factor and sessions."""
    actor = request.actor
    fresh, refusal = "", None
    if request.method == "POST" and actor.posts and actor.person_id is not None:
        ids = {str(post.organisation_id): post for post in actor.posts}
        chosen = ids.get(request.POST.get("organisation", ""))
        if (token_id := _number(request.POST.get("revoke", ""))) is not None:
            people.revoke_token(token_id, person_id=actor.person_id, now=timezone.now())
            return redirect("/desk/account/")
        if chosen is not None:
            try:
                fresh = _issued_token(request, actor.person_id, chosen.organisation_id)
            except Refusal as caught:
                note_refused(request, caught)
                refusal = caught
    context = {
        "fresh": fresh,
        "refusal": refusal,
        "kinds": [(one.code, one.title) for one in procedures.procedures()],
        "tokens": people.tokens_of(actor.person_id) if actor.person_id else [],
    }
    return render(request, "workbench/account.html", context, status=refusal.status if refusal else 200)


def _issued_token(request: people.MemberRequest, person_id: int, organisation_id: int) -> str:
    """A new token; the password is given with the very request, however fresh the sign-in: whoever holds a token acts
    without one for a year. Who signs in by passkey alone shows it again.
    """
    user = request.user
    if not (user.is_authenticated and user.has_usable_password()):
        issue = reauthentication_required(_issue_token)
        return str(issue(request, person_id, organisation_id))
    given, now = request.POST.get("password", ""), timezone.now()
    door = people.keyed(f"token:{user.pk}")
    people.must_wait_no_more(door, now=now)
    if authenticate(request, username=user.get_username(), password=given) != user:
        people.failed(door, now=now)
        raise people.PasswordNeededError(about="password")
    return _issue_token(request, person_id, organisation_id)


def _issue_token(request: people.MemberRequest, person_id: int, organisation_id: int) -> str:
    known = {one.code for one in procedures.procedures()}
    return people.issue_token(
        acts=[kind for kind in request.POST.getlist("kinds") if kind in known],
        organisation_id=organisation_id,
        person_id=person_id,
        label=_plain(request.POST.get("label", "")) or "接口调用",
        now=timezone.now(),
    )
