"""Whoever may write to the cache's table runs programs as the platform: Django's cache in the database is pickled."""

from __future__ import annotations

import base64
import os
import pickle
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

pytestmark = pytest.mark.django_db


class Payload:
    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> Any:
        return os.system, (self.command,)


def test_attack_program_run_through_the_cache_table(tmp_path: Path, cast) -> None:
    """From the database's application role to a shell beside the log's key, the owner's address and the secret.

    The page to sign in reads the cache before anybody has signed in; under what key is told by what it wrote.
    """
    trace = tmp_path / "ran"
    value = base64.b64encode(pickle.dumps(Payload(f"touch {trace}"))).decode()
    knock = {"login": "judge", "password": "wrong"}
    Client().post("/accounts/login/", knock)
    with connection.cursor() as cursor:
        cursor.execute("update django_cache set value = %s, expires = now() + interval '1 day'", [value])
        assert cursor.rowcount

    with suppress(Exception):  # refused is as good
        Client().post("/accounts/login/", knock)

    assert not trace.exists()
