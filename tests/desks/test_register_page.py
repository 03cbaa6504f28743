"""The register's page asks the database as often for sixty institutions as for one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


def statements(client, text: str) -> tuple[int, str]:  # type: ignore[no-untyped-def]
    """(how many statements a search costs, the page)."""
    with CaptureQueriesContext(connection) as caught:
        answer = client.get("/institutions/", {"q": text})
    return len(caught), answer.content.decode()


def test_many_institutions_cost_no_more_statements_than_one(cast, client) -> None:
    one, page_of_one = statements(client, "示例甲")
    many, page_of_many = statements(client, "示例")

    assert "示例甲司法鉴定中心" in page_of_one
    assert "示例乙司法鉴定中心" not in page_of_one
    assert all(f"示例{letter}司法鉴定中心" in page_of_many for letter in "甲乙丙")
    assert many == one
