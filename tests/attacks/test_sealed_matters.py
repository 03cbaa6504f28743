"""A sealed case shows nothing to whoever is not named: not by address, list, count, search, code, event or notice; and
nobody seals alone, or hides what is late by sealing it.

The sweep asks every address there is, of pages and interface, filled with the numbers of the case, as everybody who
could see some of it before; the same sweep before the seal finds it, so that it can fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import product
from typing import Any

import pytest
from django.urls import get_resolver

from jianheng.config.rehearsal.script import Refused
from jianheng.modules.selection import api as selection
from jianheng.modules.selection import queries
from jianheng.modules.selection.models import Draw, Selection
from jianheng.services.documents.models import Document
from jianheng.services.events import api as events
from jianheng.services.events.models import Delivery, OutboxEvent, Webhook
from jianheng.services.files.models import CaseItem
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.people.models import Post
from jianheng.services.procedures import api as procedures
from jianheng.services.procedures.models import Matter
from jianheng.services.statistics import api as statistics
from tests.gate.test_addresses import every_pattern

pytestmark = pytest.mark.django_db
NOT_READ = 405
NUMBER, APPLICANT, RESPONDENT = "（2026）吉0199民初100号", "张某甲", "李某乙"
SEALING = {"ground": "PRIVACY", "reason": "病历涉及申请人的个人隐私，公开会造成伤害。"}
NOTE = {"note": "符合法定情形，知悉范围必要；没有其他说明。"}


def act(case: Any, who: str, code: str, **given: Any) -> None:
    """Do an act on the entrustment."""
    case.driver.act(who, "entrustment", code, case.root_id, given)


def person(case: Any, login: str) -> str:
    """Somebody's number, as a form names it."""
    return str(case.driver.actor(login).person_id)


def sealed(case: Any, *named: str, **said: Any) -> Any:
    """Seal a case for the judge, the division's leader and those named."""
    given = {**SEALING, **said, "readers": [person(case, login) for login in named]}
    act(case, "judge", "seal", **given)
    act(case, "chief", "confirm_seal", **NOTE)
    return case


def colleague(case: Any, name: str = "示例法官丙") -> people.Actor:
    """Another judge of the same court."""
    court = case.driver.actor("judge").organisation_ids[0]
    pk = people.add_person(name)
    people.add_post(pk, organisation_id=court, role="judge", since=date(2026, 1, 1))
    return people.actor_of_person(pk, today=date(2026, 3, 2)) or people.Actor("")


# --- the sweep ------------------------------------------------------------------------------------------------------


class Sweep:
    """Every address of the site and of the interface, filled with what belongs to a case, and what gives it away."""

    def __init__(self, case: Any, cast: Any, browser: Any) -> None:
        self.case, self.cast, self.browser = case, cast, browser
        matters = list(Matter.objects.filter(root_id=case.root_id))
        papers = list(Document.objects.filter(root_id=case.root_id))
        items = list(CaseItem.objects.filter(root_id=case.root_id).select_related("file"))
        self.draw = Draw.objects.filter(matter_id__in=[one.pk for one in matters]).get()
        self.values: dict[str, list[str]] = {
            "matter_id": [str(one.pk) for one in matters],
            "document_id": [str(one.pk) for one in papers],
            "item_id": [str(one.pk) for one in items],
            "seq": ["1", "2"],
            "act_code": ["adopt", "confirm_contact", "seal"],
        }
        self.places = {str(one.pk): str(one.matter_id) for one in [*papers, *items]}
        self.codes = [one.code for one in papers]
        self.marks = {NUMBER, APPLICANT, RESPONDENT, self.draw.draw, *(one.number for one in papers if one.number)}
        self.marks |= {one.title for one in matters} | {one.file.sha256 for one in items if one.file}
        self.marks |= {one.sha256 for one in papers if one.sha256}

    @cached_property
    def addresses(self) -> list[str]:
        """Every address that can be read, and lists as they are filtered, searched and paged."""
        visitor = self.browser()
        return [one for one in self._addresses() if visitor.get(one).status_code != NOT_READ]

    def _addresses(self) -> Iterator[str]:
        for pattern in every_pattern(get_resolver().url_patterns):
            plain = "/" + re.sub(r"\(\?P<(\w+)>[^()]*\)", r"<\1>", pattern).replace("^", "").replace("$", "")
            names = [name.rpartition(":")[2] for name in re.findall(r"<([^>]+)>", plain)]
            for filled in product(*(self._filling(plain, name) for name in names)):
                if not self._belong_together(dict(zip(names, filled, strict=True))):
                    continue
                values = iter(filled)
                yield re.sub(r"<[^>]+>", lambda _match, values=values: next(values), plain)
        for query in (
            f"q={APPLICANT}",
            f"q={NUMBER}",
            "q=100",
            "state=open",
            f"wide=1&q={APPLICANT}",
            "after=999999",
        ):
            yield from (f"/desk/matters/?{query}", f"/api/v1/matters?{query}")
        yield from ("/desk/?late=1", "/api/v1/work?late=true", "/oversight/?all=1", "/draws/?year=2026")

    def _belong_together(self, named: dict[str, str]) -> bool:
        """Whether a paper or file is asked for where it is, or under the entrustment: elsewhere nobody finds it anyway."""
        place = self.places.get(named.get("document_id", "")) or self.places.get(named.get("item_id", ""))
        return place is None or named.get("matter_id", place) in {place, str(self.case.root_id)}

    def _filling(self, pattern: str, name: str) -> list[str]:
        if name == "code":
            return [self.draw.draw] if "draw" in pattern else [*self.codes, "entrustment", "selection"]
        return self.values.get(name, ["1"])

    def finds(self, login: str) -> list[str]:
        """Where somebody is shown something of the case."""
        return list(self.finding(login))

    def finding(self, login: str) -> Iterator[str]:
        """One address after the other at which somebody is shown something of the case."""
        client = self.browser(login)
        bearer = {"Authorization": f"Bearer {self.cast[login]['token']}"} if login in self.cast else {}
        for address in self.addresses:
            answer = client.get(address, headers=bearer if address.startswith("/api/") else {})
            said = b"".join(answer.streaming_content) if answer.streaming else answer.content
            # what the asker typed is echoed in its own address and search field
            text = said.decode(errors="replace").replace(answer.request["PATH_INFO"], "")
            text = re.sub(r'(value="|href="\?)[^"]*"', "", text)
            shown = sorted(mark for mark in self.marks if mark in text)
            if shown or (answer.status_code in {200, 202} and self._is_its_own(address)):
                yield f"{address}: {answer.status_code} {shown}"

    def _is_its_own(self, address: str) -> bool:
        """Whether an address is of the case alone, so that any answer but "not found" says that there is one."""
        numbers = "|".join(self.values["matter_id"])
        by_code = re.escape(self.draw.draw)
        return bool(
            re.search(rf"/(matters|selection|progress|entrustment|appraisal)/({numbers})(/|$)|{by_code}", address)
        )


@pytest.fixture
def swept(played, cast, browser) -> Sweep:
    """A case with a report, a draw, papers and files, and one beside it that is not sealed."""
    case = played(before="entrustment.object")
    statistics.take(case.now)
    return Sweep(case, cast, browser)


def strangers(swept: Sweep) -> list[str]:
    """Everybody who is neither named nor owes anything, of the institutions those of the chosen and of one other; "" is a
    visitor."""
    owing = {item.holder for item in procedures.matter(swept.case.root_id, people.PLATFORM).items}
    owing |= set(
        Matter.objects.filter(root_id=swept.case.root_id, items__closed_at=None).values_list(
            "items__holder", flat=True
        )
    )
    kept = {"judge", "chief", "tech"}
    archive = f"archivist-{swept.case.play.who('intake@chosen')[-1]}"  # this ground leaves it to the archive
    chosen = swept.case.play.who("head@chosen")[-1]
    another = next(letter for letter in "abc" if letter != chosen)
    houses = {login.rpartition("-")[2] for login in swept.cast if "-" in login} - {chosen, another}
    others = [
        login for login in swept.cast if login not in {*kept, archive} and login.rpartition("-")[2] not in houses
    ]
    return [login for login in others if not owing & swept.case.driver.actor(login).holders] + [""]


def test_nobody_who_is_not_named_finds_anything_at_any_address(swept) -> None:
    everybody = strangers(swept)
    before = {login for login in everybody if any(swept.finding(login))}
    sealed(swept.case, "tech")
    statistics.take(swept.case.now)

    shown = {login: found for login in everybody if (found := swept.finds(login))}

    assert {"tech2", "leader", swept.case.play.who("head@chosen"), "regulator", ""} <= before
    assert shown == {}


def test_those_named_and_the_parties_see_all_as_before(swept) -> None:
    case = swept.case
    before = swept.finds("tech")
    party = swept.browser("applicant", case.root_id)
    progress = party.get("/progress/").content.decode()
    sealed(case, "tech")

    missing = {line.partition(":")[0] for line in before} - {line.partition(":")[0] for line in swept.finds("tech")}
    assert {one for one in missing if "/verify/" not in one} == set()
    assert {NUMBER, APPLICANT} <= {mark for mark in swept.marks if mark in progress}
    assert NUMBER in party.get("/progress/").content.decode()


def test_when_it_is_opened_everybody_sees_it_again(swept) -> None:
    before = swept.finds("tech2")
    sealed(swept.case)
    number = procedures.asking(swept.case.root_id, "open_seal", by=swept.case.actor("judge")).choices["sealed"][0][0]
    act(swept.case, "judge", "open_seal", sealed=number, ground="CONSENT", reason="申请人书面同意。")
    assert not procedures.find(swept.case.actor("tech2"))
    act(swept.case, "chief", "confirm_opening", **NOTE)

    assert {one.partition(":")[0] for one in before} <= {one.partition(":")[0] for one in swept.finds("tech2")}


# --- alone ----------------------------------------------------------------------------------------------------------


def test_nobody_seals_or_opens_alone(played) -> None:
    case = played(before="entrustment.screen")
    court = case.driver.actor("judge").organisation_ids[0]
    people.add_post(int(person(case, "judge")), organisation_id=court, role="leader", since=date(2026, 1, 1))
    act(case, "judge", "seal", **SEALING)

    with pytest.raises(Refused, match="SAME_PERSON"):
        act(case, "judge", "confirm_seal", **NOTE)
    assert not procedures.is_sealed(case.root_id)
    assert procedures.matter(case.root_id, case.actor("leader")).reference == NUMBER

    act(case, "chief", "confirm_seal", **NOTE)
    number = procedures.asking(case.root_id, "open_seal", by=case.actor("judge")).choices["sealed"][0][0]
    act(case, "judge", "open_seal", sealed=number, ground="MISTAKE", reason="有误。")
    with pytest.raises(Refused, match="SAME_PERSON"):
        act(case, "judge", "confirm_opening", **NOTE)
    assert procedures.is_sealed(case.root_id)


def test_whoever_hides_what_is_late_is_told_of_above(played, browser) -> None:
    case = played(before="entrustment.object")
    case.driver.now += timedelta(days=60)
    act(case, "judge", "seal", **SEALING)
    with pytest.raises(Refused, match="SEAL_NOTE"):
        act(case, "chief", "confirm_seal", note="同意。")
    act(case, "chief", "confirm_seal", **NOTE)

    page = browser("leader").get("/desk/seals/").content.decode()
    above = case.actor("leader").organisation_ids[0]
    told = notices.inbox([people.post_holder(above, "leader")], but=procedures.withheld(case.actor("leader")))[0]
    assert re.search(r"\d+ 项，请核查", page)
    assert "封存中 1 件" in page
    assert "逾期未办，请核查" in told["text"]
    assert not [mark for mark in (NUMBER, APPLICANT, str(case.root_id)) if mark in page + told["text"]]
    assert browser("tech2").get("/desk/seals/").status_code == 403


# --- what is owed goes on --------------------------------------------------------------------------------------------


def test_whoever_owes_something_is_among_them_and_a_colleague_of_the_named_one_is_not(played) -> None:
    case = sealed(played(before="selection.draw"))
    other = colleague(case)
    assert not procedures.find(other)
    assert procedures.find(case.actor("judge"))

    case.until("appraisal.accept")

    head = case.actor("head@chosen")
    assert procedures.matter(case.newest("appraisal"), head).offered
    assert procedures.work_list(head, today=case.now.date()).total == 1
    with pytest.raises(procedures.NoSuchMatterError):
        procedures.matter(case.root_id, other)
    with pytest.raises(procedures.NoSuchMatterError):
        procedures.matter(case.newest("appraisal"), case.actor("reviewer@chosen"))


def test_when_the_named_judge_has_left_the_post_takes_over(played) -> None:
    case = sealed(played(before="entrustment.screen"))
    other = colleague(case)
    assert procedures.work_list(other, today=case.now.date()).total == 0

    Post.objects.filter(person_id=person(case, "judge"), role="judge").update(valid_to=date(2026, 3, 1))

    assert procedures.work_list(other, today=date.today()).total == 1
    assert procedures.matter(case.root_id, other).offered


def test_a_matter_that_begins_after_the_seal_is_sealed_too(played) -> None:
    case = sealed(played(before="entrustment.screen"))
    case.until("appraisal.accept")

    assert Matter.objects.filter(root_id=case.root_id).count() == 3
    assert not Matter.objects.filter(root_id=case.root_id, restricted_to=None).exists()


# --- counting and guessing --------------------------------------------------------------------------------------------


@pytest.fixture
def among_others(played) -> list[Any]:
    """Three cases; the one in the middle is sealed."""
    cases = [played(before="entrustment.screen") for _ in range(3)]
    sealed(cases[1])
    return cases


def test_pages_and_counts_have_no_gap_where_a_sealed_case_would_be(among_others) -> None:
    case, today = among_others[0], among_others[0].now.date()
    other = colleague(case)

    pages, after = [], None
    while found := procedures.find(other, size=1, after=after):
        pages.append(len(found))
        after = found[-1].id
    first = procedures.work_list(other, today=today, size=1)
    second = procedures.work_list(other, today=today, size=1, after=first.after)

    assert pages == [1, 1]
    assert (first.total, len(first.rows), len(second.rows), second.after) == (2, 1, 1, "")
    assert procedures.work_list(case.actor("judge"), today=today).total == 3


def test_no_filter_or_word_tells_a_sealed_case_from_none(among_others) -> None:
    other = colleague(among_others[0])
    number = Matter.objects.get(pk=among_others[1].root_id).reference
    for asked in (
        {"text": number},
        {"text": APPLICANT, "after": among_others[2].root_id},
        {"text": APPLICANT, "wide": True, "after": among_others[2].root_id},
        {"state": "open", "after": among_others[2].root_id},
        {"procedure": "entrustment", "after": among_others[2].root_id},
    ):
        assert among_others[1].root_id not in [row.id for row in procedures.find(other, **asked)]


def test_a_sealed_number_and_one_that_was_never_given_get_the_same_answer(among_others, browser) -> None:
    pk = among_others[1].root_id
    answers = []
    for number in (pk, 987_654_321):
        answer = browser("tech2").get(f"/desk/matters/{number}/")
        text = re.sub(r'value="[^"]*"|[0-9a-f-]{36}', "", answer.content.decode())
        answers.append((answer.status_code, text.replace(f"/{number}/", "/N/")))

    assert answers[0][1].splitlines() == answers[1][1].splitlines()
    assert [status for status, _ in answers] == [404, 404]


def test_counts_of_the_regulator_do_not_move_with_a_seal_to_what_is_left(among_others) -> None:
    statistics.take(among_others[0].now)
    begun = sum(count for _, count, _ in statistics.days(["22"], "entrustment"))

    assert begun == 2
    assert sum(load.open for load in statistics.holders(["22"])) == 2


# --- papers, events, notices --------------------------------------------------------------------------------------------


def test_a_code_printed_on_a_sealed_paper_says_genuine_and_no_more(swept, browser) -> None:
    paper = Document.objects.filter(root_id=swept.case.root_id).exclude(number="").first()
    address = f"/verify/{paper.code}/"
    assert paper.number in browser().get(address).content.decode()
    sealed(swept.case)

    page = browser().get(address)

    assert page.status_code == 200
    assert "文书真实" in page.content.decode()
    told = page.content.decode().replace(paper.code, "")
    assert [one for one in (paper.title, paper.number, paper.issuer_name, paper.sha256) if one and one in told] == []
    assert browser().get(f"{address}receipt.json").status_code == 404


def test_a_single_paper_is_sealed_and_the_case_stays_open(swept, browser) -> None:
    case = swept.case
    paper = next(one for one in Document.objects.filter(root_id=case.root_id, kind="report_check"))
    item = CaseItem.objects.filter(root_id=case.root_id, audience__contains=["court"]).exclude(file=None).first()
    for target in (f"document:{paper.pk}", f"item:{item.pk}"):
        sealed(case, target=target)

    for login, status in (("judge", {200, 202}), ("tech2", {404})):
        client = browser(login)
        assert client.get(f"/desk/matters/{case.root_id}/").status_code == 200
        assert client.get(f"/desk/matters/{case.root_id}/documents/{paper.pk}/").status_code in status
        assert client.get(f"/desk/matters/{case.root_id}/files/{item.pk}/").status_code in status
    assert paper.number not in browser("tech2").get(f"/desk/matters/{case.root_id}/").content.decode()
    assert "文书真实" in browser().get(f"/verify/{paper.code}/").content.decode()


def test_no_organisation_is_told_of_a_sealed_case_and_what_waits_is_withdrawn(played) -> None:
    case = played(before="entrustment.screen")
    court = case.actor("judge").organisation_ids[0]
    hook = Webhook.objects.create(
        organisation_id=court, url="https://example.org/", secret="0" * 64, person_id=int(person(case, "tech")),
        created_at=case.now,
    )  # fmt: skip
    events.relay(now=case.now)
    waiting = Delivery.objects.filter(webhook=hook, event__matter_id=case.root_id).count()
    sealed(case)
    case.until("entrustment.transfer")
    events.relay(now=case.now)
    sent: list[Any] = []

    events.deliver_due(now=case.now, post=lambda *given, **_: sent.append(given) or 200)

    assert waiting
    assert sent == []
    assert OutboxEvent.objects.filter(matter_id=case.root_id).exclude(organisation_ids=[]).exclude(
        relayed_at__lt=case.now, deliveries=None
    ).count() == 0  # fmt: skip


def test_notices_of_a_sealed_case_are_read_by_those_named_only(played) -> None:
    case = sealed(played(before="entrustment.object"))
    holder = people.post_holder(case.actor("judge").organisation_ids[0], "judge")
    procedures.matter(case.root_id, case.actor("judge"))
    notices.tell([(holder, f"{NUMBER}：有新的办理情况")], region="220199", matter_id=case.root_id, now=case.now)
    other = colleague(case)

    assert NUMBER in notices.inbox([holder], but=procedures.withheld(case.actor("judge")))[0]["text"]
    assert notices.inbox([holder], but=procedures.withheld(other)) == []
    assert notices.unread([holder], but=procedures.withheld(other)) == 0


def test_of_a_state_secret_the_parties_see_what_they_owe_something_in_and_no_more(swept, browser) -> None:
    case = swept.case
    evidence = case.driver.upload("judge", "密级标识.txt")
    party = browser("respondent", case.root_id)
    assert NUMBER in party.get("/progress/").content.decode()
    sealed(case, ground="STATE_SECRET", evidence=evidence)
    assert NUMBER in party.get("/progress/").content.decode()  # may still object

    case.driver.now += timedelta(days=60)
    case.driver.lapse()

    assert NUMBER not in party.get("/progress/").content.decode()
    assert APPLICANT not in party.get("/progress/").content.decode()


@pytest.mark.parametrize(("ground", "keeps"), [("TRADE_SECRET", True), ("PRIVACY", False)])
def test_the_ground_decides_whether_the_regulator_keeps_the_draw_in_view(ground, keeps, swept) -> None:
    case, regulator = swept.case, swept.case.actor("regulator")
    assert selection.concerned_file(swept.draw.draw, by=regulator)

    sealed(case, ground=ground, evidence=case.driver.upload("judge", "当事人申请.txt"))

    assert bool(selection.concerned_file(swept.draw.draw, by=regulator)) is keeps
    assert selection.concerned_file(swept.draw.draw, by=case.actor("intake-b")) is None
    assert NUMBER not in str(procedures.find(regulator))


def test_a_later_draw_of_the_case_says_that_there_was_one_without_its_numbers(swept) -> None:
    case = swept.case
    told = queries.history(Selection(pk=0, **same_case(swept.draw)))
    assert [one["draw"] for one in told if "draw" in one][:1] == [swept.draw.draw]
    sealed(case)

    told = queries.history(Selection(pk=0, **same_case(swept.draw)))

    assert told
    assert [set(one) for one in told] == [{"at", "what"}] * len(told)
    assert "已经封存" in told[0]["what"]


def same_case(draw: Draw) -> dict[str, Any]:
    """What makes another request one of the same case and category."""
    return {"court_id": draw.court_id, "case_number": draw.case_number, "category": draw.category}
