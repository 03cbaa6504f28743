"""The platform as the fault harness serves it: the product's own application, in a process that can be made to fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings

from jianheng.config.chaos import inside


def application() -> Callable[..., Any]:
    """The product's own WSGI application."""
    from jianheng.config.wsgi import application as product  # sets Django up

    inside.install(settings.HOME)
    return product
