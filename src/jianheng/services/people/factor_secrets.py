"""Secrets of second factors, which the database keeps encrypted: a copy of the tables makes nobody's one-time code."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from jianheng.kernel import sealed

PURPOSE = "second factor"


class SealedSecretsAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the package has no types
    """Kept under the platform's own secret (``settings.SECRET_KEY``); under another one no code fits any more."""

    def encrypt(self, text: str) -> str:
        """A secret as it is kept."""
        return sealed.seal(text, secret=settings.SECRET_KEY, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret."""
        return sealed.unseal(encrypted_text, secret=settings.SECRET_KEY, purpose=PURPOSE)
