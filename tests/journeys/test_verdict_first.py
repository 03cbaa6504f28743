"""Whoever compares a paper sees the answer, and nothing that looks like another one: on a phone's first screen."""

from __future__ import annotations

import os
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from jianheng.config.rehearsal.over_http import Client

pytestmark = pytest.mark.browser
REQUEST = {
    "case_number": "（2026）吉0199民初977号",
    "cause": "机动车交通事故责任纠纷",
    "origin": "APPLICATION",
    "category": "FM0202",
    "subject": "对张某甲的致残等级进行鉴定",
    "purpose": "致残等级",
    "basic_facts": "交通事故致伤。",
    "applicant": "张某甲（示例）",
    "applicant_phone": "13800009771",
    "respondent": "李某乙（示例）",
    "respondent_phone": "13800009772",
}
GREEN_FIRST = "已出具"


@pytest.fixture
def paper(served, tmp_path) -> tuple[str, Path, Path]:
    """(code, the paper as issued, the same altered by a byte)."""
    token = next(one["token"] for one in served.accounts if one["login"] == "judge")
    client = Client(served.base, token)
    made = client.post("/entrustment", REQUEST)
    document = made["documents"][0]
    content = b""
    for _ in range(200):
        try:
            content = client.call("GET", f"/matters/{made['matter_id']}/documents/{document['id']}")
            break
        except Exception as pending:
            if "PAPER_PENDING" not in str(pending):
                raise
            os.sched_yield()
            urllib.request.urlopen(f"{served.base}/healthz", timeout=10).close()
    as_issued, altered = tmp_path / "文书.pdf", tmp_path / "改动.pdf"
    as_issued.write_bytes(content)
    altered.write_bytes(content + b"\n")
    return document["code"], as_issued, altered


@pytest.mark.parametrize("device", ["phone", "desktop"])
def test_the_answer_stands_first_in_one_colour_with_the_focus_on_it(device, paper, window, gallery) -> None:
    code, as_issued, altered = paper
    for file, good in ((altered, False), (as_issued, True)):
        one = window(device)
        one.visit(f"/verify/{code}/")
        one.page.set_input_files("[name=copy]", str(file))
        one.submit()
        verdicts = one.page.locator("main .verdict")
        answer = one.page.locator("#answer")

        expect(verdicts).to_have_count(1)
        expect(answer).to_be_focused()
        expect(answer).to_be_in_viewport(ratio=1)
        assert ("verdict-bad" in (answer.get_attribute("class") or "")) is not good
        assert answer.inner_text().startswith("一致" if good else "不一致")
        assert one.page.title().startswith("一致" if good else "不一致")
        if not good:
            assert GREEN_FIRST not in answer.inner_text()
