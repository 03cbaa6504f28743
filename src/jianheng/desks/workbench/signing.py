"""A person's own signing key: its page, and the phrase that comes with an act.

The phrase is read from the request and given to the service that unlocks the key; it is in no context of a page, in no
refusal and in no log.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from jianheng.kernel.errors import Refusal
from jianheng.kernel.procedure import Act
from jianheng.services.documents import api as documents
from jianheng.services.pages.middleware import note_refused
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys

PHRASE = "_phrase"
ADDRESS = "/desk/account/signing-key/"


class ConfirmationNeededError(Refusal):
    """没有勾选确认，密钥没有变动。"""

    code = "CONFIRMATION_NEEDED"
    next_step = "请阅读说明，勾选确认后再次提交。"


class PhrasesDifferError(Refusal):
    """两次输入的签名口令不一致。"""

    code = "PHRASES_DIFFER"
    next_step = "请重新输入两遍相同的签名口令。"


class PhraseIsPasswordError(Refusal):
    """签名口令不得与登录口令相同。"""

    code = "PHRASE_IS_PASSWORD"
    next_step = "请另拟签名口令，或者使用平台生成的签名口令。"


def asks_phrase(actor: people.Actor, declared: Act) -> bool:
    """Whether the form of an act asks for the phrase: who has a key, at an act that may put a hand on a paper."""
    roles = {post.role for post in actor.posts}
    bears_a_hand = declared.signs or any(documents.form(kind).hands & roles for kind in declared.documents)
    return bears_a_hand and personalkeys.must_sign(actor.person_id, at=timezone.now())


def pen_of(request: people.MemberRequest, *, asked: bool) -> personalkeys.Pen | None:
    """The pen of whoever posted, unlocked by the phrase in the form; ``None`` where none was asked for or given."""
    phrase, person_id = request.POST.get(PHRASE, ""), request.actor.person_id
    if person_id is None or not (phrase or asked):
        return None
    return personalkeys.unlock(person_id, phrase, now=timezone.now())


@sensitive_post_parameters()
def key_page(request: people.MemberRequest) -> HttpResponse:
    """The key of whoever is signed in: what there is, enrol, replace, end."""
    person_id = request.actor.person_id
    if person_id is None:
        return redirect("/desk/account/")
    fresh, refusal = "", None
    if request.method == "POST":
        try:
            if _only_a_passkey(request):
                fresh = str(reauthentication_required(_changed)(request, person_id))
            else:
                _must_be_the_person(request)
                fresh = _changed(request, person_id)
            if not fresh:
                return redirect(ADDRESS)
        except Refusal as caught:
            note_refused(request, caught)
            refusal = caught
    context = _shown(person_id, now=timezone.now()) | {
        "fresh": fresh,
        "refusal": refusal,
        "shortest": personalkeys.SHORTEST,
    }
    context["codes"] = people.has_codes(request.user)
    return render(request, "workbench/signing_key.html", context, status=refusal.status if refusal else 200)


def _shown(person_id: int, *, now: datetime) -> dict[str, Any]:
    keys = personalkeys.keys_of(person_id)
    current = personalkeys.held([person_id], at=now).get(person_id)
    waiting = next((key for key in keys if key.ended_at is None and key.effective_at > now), None)
    return {
        "current": current,
        "waiting": waiting,
        "before": [key for key in keys if key not in (current, waiting)],
        "wait_hours": int(personalkeys.wait().total_seconds()) // 3600,
    }


def _changed(request: people.MemberRequest, person_id: int) -> str:
    """Do what was asked for; the phrase made by the platform, to be shown once, or ""."""
    now = timezone.now()
    if request.POST.get("sure") != "yes":
        raise ConfirmationNeededError(about="sure")
    if public := request.POST.get("end", ""):
        personalkeys.end(person_id, public, now=now)
        messages.success(request, "签名密钥已停用。")
        return ""
    made = request.POST.get("own") != "yes"
    phrase = personalkeys.new_phrase() if made else _own_phrase(request)
    old = request.POST.get("old", "")
    consent = personalkeys.unlock(person_id, old, now=now) if old else None
    key = personalkeys.enrol(person_id, phrase, now=now, consent=consent)
    when = "已经生效" if key.effective_at <= now else f"将于{timezone.localtime(key.effective_at):%Y-%m-%d %H:%M}生效"
    messages.success(request, f"签名密钥已登记，{when}。")
    return phrase if made else ""


def _own_phrase(request: people.MemberRequest) -> str:
    phrase = request.POST.get("phrase", "")
    if phrase != request.POST.get("again", ""):
        raise PhrasesDifferError(about="again")
    if request.user.is_authenticated and request.user.check_password(phrase):
        raise PhraseIsPasswordError(about="phrase")
    return phrase


def _only_a_passkey(request: people.MemberRequest) -> bool:
    """Whoever signs in without a password, or has no second factor that is typed, shows the passkey again."""
    user = request.user
    if not user.is_authenticated or not user.has_usable_password():
        return True
    return people.has_second_factor(user) and not people.has_codes(user)


def _must_be_the_person(request: people.MemberRequest) -> None:
    """Password and second factor with the very request, however fresh the sign-in."""
    user, now = request.user, timezone.now()
    assert user.is_authenticated  # said by _only_a_passkey
    door = people.keyed(f"token:{user.pk}")
    people.must_wait_no_more(door, now=now)
    if authenticate(request, username=user.get_username(), password=request.POST.get("password", "")) != user:
        people.failed(door, now=now)
        raise people.PasswordNeededError(
            "登录口令不正确，密钥没有变动。", next_step="请输入您现在的登录口令后重新提交。", about="password"
        )
    if people.has_codes(user):
        people.must_give_code(user, request.POST.get("code", ""))
