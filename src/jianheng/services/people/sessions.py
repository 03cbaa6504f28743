"""Sessions in the database, of which the database holds no key: the browser has a token, the table its digest.

Whoever reads a copy of the tables, or a replica, can continue nobody's session. This module is the session engine
(``settings.SESSION_ENGINE``), and its middleware stands in the place of Django's.
"""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

TOKEN_LETTERS, KEY_LETTERS = 32, 40  # 165 bits chance; as much of the digest as the column holds


def key_of(token: str) -> str:
    """What stands in the table for a browser's token."""
    return hashlib.sha256(b"jianheng-session/1\n" + token.encode()).hexdigest()[:KEY_LETTERS]


class SessionStore(db.SessionStore):
    """A session by its key. ``token`` is what the browser holds, "" where only the key is known."""

    token = ""

    @property
    def key_salt(self) -> str:
        """What is kept is signed for its own key: copied under another one it says nothing."""
        return f"jianheng-session/1 {self.session_key}"

    def _get_new_session_key(self) -> str:
        while True:
            self.token = get_random_string(TOKEN_LETTERS, VALID_KEY_CHARS)
            if not self.exists(key := key_of(self.token)):
                return key


class SessionMiddleware(DjangoSessionMiddleware):
    """Finds a session by the digest of the browser's token, and gives the browser the token."""

    def process_request(self, request: HttpRequest) -> None:
        """Attach the session."""
        token = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        session = SessionStore(key_of(token) if token else None)
        session.token = token
        request.session = session

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save it, as Django does; what the cookie says is the token."""
        answer = super().process_response(request, response)
        cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
        session = request.session
        if cookie is not None and isinstance(session, SessionStore) and cookie.value == session.session_key:
            cookie.set(settings.SESSION_COOKIE_NAME, session.token, session.token)
        return answer
