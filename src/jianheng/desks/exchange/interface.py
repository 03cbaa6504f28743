"""The interface itself: who may come in, how it is described, what holds for every operation."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any
from urllib.parse import unquote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import re_path
from django.utils import timezone
from ninja import Header, NinjaAPI
from ninja.operation import Operation
from ninja.security import HttpBearer

from jianheng.desks.exchange.bodies import Bounded, must_say_its_size
from jianheng.desks.exchange.problems import (
    MEDIA_TYPE,
    REFUSALS,
    MethodNotAllowedError,
    NoPostError,
    problem,
    refuse_by_problems,
    trouble,
)
from jianheng.desks.exchange.reference import Reference
from jianheng.desks.exchange.schemas import Problem
from jianheng.kernel.errors import Refusal
from jianheng.services.pages.refusals import NoSuchPageError, must_hold_no_nul
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys

View = Callable[..., HttpResponseBase]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=80, pattern=r"^[\x21-\x7e]*$")]

WHAT_WAS_SEEN = "查看事项（GET /matters/{matter_id}）时得到的 ETag，即当时已经办理的次数"
Seen = Annotated[
    str, Header(alias="If-Match", max_length=14, pattern=r'^("[0-9]{1,10}")?$', description=WHAT_WAS_SEEN)
]
SeenNeeded = Annotated[
    str, Header(alias="If-Match", max_length=14, pattern=r'^"[0-9]{1,10}"$', description=WHAT_WAS_SEEN)
]


WHAT_PHRASE = (
    "签名口令，以百分号编码的 UTF-8。令牌所属人员登记了个人签名密钥的，办理有其签名的文书须随请求提交；"
    "令牌本身不能签名（SIGNING_PHRASE_NEEDED）"
)
Phrase = Annotated[
    str, Header(alias="Signing-Phrase", max_length=1200, pattern=r"^[\x21-\x7e]*$", description=WHAT_PHRASE)
]


class Token(HttpBearer):
    """``Authorization: Bearer jh_…``: an organisation's client, acting under one person's posts there.

    ``may`` refuses whoever could never do what is asked for, before a byte of what they send is read.
    """

    def __init__(self, may: Callable[[HttpRequest, people.Actor], None] | None = None) -> None:
        super().__init__()
        self.may = may

    def authenticate(self, request: HttpRequest, token: str) -> people.Actor | None:
        """The actor behind a token, ``None`` for no token of ours; refuses one whose person has no post there now."""
        actor = people.actor_of_token(token, now=timezone.now(), today=timezone.localdate())
        request.actor = actor  # type: ignore[attr-defined]  # for what notes the access
        if actor is not None and not actor.posts:
            raise NoPostError
        if actor is not None:
            if self.may is not None:
                self.may(request, actor)
            must_say_its_size(request)
        return actor


class Exchange(NinjaAPI):
    """An interface that refuses by problem details, says so, and answers HEAD wherever it answers GET."""

    _described: Any = None

    def get_openapi_schema(self, **options: Any) -> Any:
        """The description; made once, because it takes seconds and does not change while the platform runs."""
        if self._described is None:
            self._described = with_problems(super().get_openapi_schema(**options))
        return self._described

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """A reading is called what its function is; acts are given their names."""
        return operation.view_func.__name__

    def _get_urls(self) -> list[Any]:
        addresses = super()._get_urls()
        for address in addresses:
            assert address.callback is not None  # an address of the interface leads to its operations
            address.callback = as_everywhere(address.callback)
        return [*addresses, re_path(r"", as_everywhere(nowhere), name="nowhere")]


def nowhere(request: HttpRequest, **named: Any) -> HttpResponse:
    """Any other address below the interface's."""
    raise Http404


def as_everywhere(view: View) -> View:
    """What holds at every address: HEAD is GET without the content, and no answer is a page.

    RFC 9110 section 9.3.2: the server in front leaves the content of an answer to HEAD out.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        try:
            must_hold_no_nul(request)
            answered = view(request, *args, **named)
        except Refusal as refusal:  # before any operation was asked
            return problem(request, refusal)
        except Http404:
            return problem(request, NoSuchPageError())
        except Exception as error:  # raised while refusing: the refusal could not be noted
            return trouble(request, error)
        finally:
            request.method = asked
        if answered.status_code != MethodNotAllowedError.status:
            return answered
        allowed = {method.strip() for method in answered["Allow"].split(",")}
        told = problem(request, MethodNotAllowedError())
        told["Allow"] = ", ".join(sorted(allowed | ({"HEAD"} if "GET" in allowed else set())))
        return told

    answer.csrf_exempt = True  # type: ignore[attr-defined] # tokens are no cookies: nothing can be forged with them
    return answer


def with_problems(schema: Any) -> Any:
    """A description with the media type of every refusal."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for status, answer in operation["responses"].items():
                if int(status) in REFUSALS and "application/json" in answer.get("content", {}):
                    answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
    return schema


api = Exchange(
    title="鉴衡接口 Jianheng exchange",
    version="1",
    description="所有在工作台上能对事项做的事，这里都能做。错误按 RFC 9457 返回，附规则、条文和下一步。",
    auth=Token(),
    urls_namespace="exchange",
    openapi_extra={"openapi": "3.1.0"},
    docs=Reference(),
    parser=Bounded(),
)
refuse_by_problems(api)


def answers(ok: Any, status: int = 200) -> dict[int, Any]:
    """The declared answers of an operation: its own, and problem details for every refusal."""
    return {status: ok, **dict.fromkeys(REFUSALS, Problem)}


def pen_of(request: HttpRequest, phrase: str) -> personalkeys.Pen | None:
    """The pen of the token's person, unlocked by the phrase sent along; ``None`` where none was."""
    person_id = actor_of(request).person_id
    if not phrase or person_id is None:
        return None
    return personalkeys.unlock(person_id, unquote(phrase), now=timezone.now())


def actor_of(request: HttpRequest) -> people.Actor:
    """Who is acting."""
    return request.auth  # type: ignore[attr-defined, no-any-return]  # what the token told
