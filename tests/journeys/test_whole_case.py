"""The whole case, played by clicking: everybody at a desk; then once more with the judge and both parties on a phone."""

from __future__ import annotations

from typing import Any

import pytest

from jianheng.config.rehearsal.script import SCENARIOS, Play, read
from tests.journeys.in_browser import InBrowser

pytestmark = pytest.mark.browser
ON_THE_PHONE = {"judge", "applicant", "respondent"}
OTHER_TESTS = {"test_every_page", "test_signing_in"}


def scenario(number: int) -> dict[str, Any]:
    """The traffic case, under a case number of its own."""
    written = read(SCENARIOS / "traffic_disability.yaml")
    written["steps"][0]["given"]["case_number"] = f"（2026）吉0199民初{number}号"
    return written


def look_around(driver: InBrowser, play: Play) -> None:
    """Afterwards: what the judge, a regulator and a stranger with a document in hand see of it."""
    judge = driver.window("judge")
    for path, name in (
        ("/desk/matters/", "matters"),
        ("/desk/inbox/", "inbox"),
        (f"/desk/matters/{play.newest('selection')['id']}/draw/", "draw"),
        ("/draws/", "draws"),
        (f"/desk/matters/{play.newest('selection')['id']}/", "matter-selection"),
        (f"/desk/matters/{play.newest('appraisal')['id']}/", "matter-appraisal"),
    ):
        judge.visit(path)
        judge.see(name)
    judge.visit("/desk/matters/")
    judge.page.fill("[name=q]", "张某甲(示例)")
    with judge.page.expect_navigation():
        judge.page.press("[name=q]", "Enter")
    judge.see("matters-by-name")
    assert judge.page.locator("main tbody a").count() > 0
    judge.page.click("text=查看全部含有这些字词的事项")
    judge.page.click("text=只看当事人姓名（名称）完全一致的")
    regulator = driver.window("regulator")
    regulator.visit("/oversight/")
    regulator.see("overview")
    for name in ("load", "durations", "overdue"):
        regulator.visit(f"/oversight/{name}/")
        regulator.see(name)
    regulator.visit("/oversight/bottlenecks/entrustment/")
    regulator.see("bottlenecks")
    paper = driver.clients["judge"].call("GET", f"/matters/{driver.root_id}/documents")[0]
    judge.visit("/verify/")
    judge.page.fill("[name=code]", paper["code"].lower())
    judge.page.click("main form button")
    judge.see("verified")
    assert paper["number"] in judge.page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("device", "number", "people"), [("desktop", 100, None), ("phone", 101, ON_THE_PHONE)], ids=["desktop", "phone"]
)
def test_everybody_carries_the_case_from_request_to_archive(
    served, chromium, gallery, tmp_path, device, number, people
) -> None:
    written = scenario(number)
    driver = InBrowser(
        served.base,
        served.accounts,
        phones=written["parties"],
        chromium=chromium,
        device=device,
        gallery=gallery,
        files=tmp_path,
        people=people,
    )
    play = Play(driver, told=print)

    play.run(written)
    look_around(driver, play)

    assert "\n".join(gallery.faults) == ""


def test_the_document_of_screens_names_every_page_met_and_no_other(request, gallery) -> None:
    run = {item.module.__name__.rpartition(".")[2] for item in request.session.items}
    if not run >= OTHER_TESTS:
        pytest.skip("only the whole run meets every page")

    assert set(gallery.known) == gallery.seen["desktop"] | gallery.seen["phone"]
