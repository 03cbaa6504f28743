"""Requests as pages get them: with who asks, found by :class:`~jianheng.services.people.middleware.ActorMiddleware`."""

from __future__ import annotations

from django.http import HttpRequest

from jianheng.services.people.terms import Actor


class Request(HttpRequest):
    """A browser's request; ``actor`` is ``None``, or false, for a visitor."""

    request_id: str
    actor: Actor | None


class MemberRequest(Request):
    """The same behind a gate that sent visitors to the sign-in page."""

    actor: Actor
