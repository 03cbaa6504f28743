"""A client of an organisation, for any account of the cast."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client


class OrganisationClient:
    """Calls ``/api/v1`` under one token."""

    def __init__(self, token: str = "") -> None:
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return Client().get(f"/api/v1{path}", headers={**self.headers, **headers})

    def post(self, path: str, given: Any, *, key: str = "", seen: int | None = None) -> Any:
        """POST of a JSON text, about the matter as it was ``seen``."""
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        headers |= {"If-Match": f'"{seen}"'} if seen is not None else {}
        return Client().post(f"/api/v1{path}", json.dumps(given), content_type="application/json", headers=headers)

    def other(self, method: str, path: str) -> Any:
        """Any other method."""
        return Client().generic(method, f"/api/v1{path}", headers=self.headers)


REQUEST = {
    "case_number": "（2026）吉0199民初77号",
    "cause": "机动车交通事故责任纠纷",
    "origin": "APPLICATION",
    "category": "FM0202",
    "subject": "对张某甲的致残等级进行鉴定",
    "purpose": "致残等级",
    "basic_facts": "交通事故致伤。",
    "applicant": "张某甲（示例）",
    "applicant_phone": "13800000011",
    "respondent": "李某乙（示例）",
    "respondent_phone": "13800000012",
}


@pytest.fixture
def client_of(cast) -> Callable[[str], OrganisationClient]:
    """``client_of("judge")``."""
    return lambda login: OrganisationClient(cast[login]["token"])


@pytest.fixture
def judge(client_of) -> OrganisationClient:
    """The client of the court."""
    return client_of("judge")
