"""Attacks on a draw through the platform, by those who conduct it; and who may read its file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.conf import settings

from jianheng import verifier
from jianheng.config.rehearsal.script import Refused
from jianheng.kernel import draw as lots
from jianheng.kernel.pulses import chain_of
from jianheng.modules.institutions import api as institutions
from jianheng.modules.selection import api as selection
from jianheng.modules.selection.models import Draw, Selection
from jianheng.services.beacon import api as beacon
from jianheng.services.documents.models import Document
from jianheng.services.ledger import api as ledger
from jianheng.services.ledger.models import Entry
from jianheng.services.notices.models import Notice
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db

NO_AGREEMENT = "no_agreement"


def waiting(played: Callable[..., Any], *, scenario: str = "recusals_one_by_one") -> Any:
    """A case whose list is announced and whose pulse has not come."""
    case = played(before="selection.commit_list", scenario=scenario)
    case.next_step()
    return case


def drawn(played: Callable[..., Any]) -> Any:
    case = waiting(played)
    case.next_step()
    return case


def row_of(case: Any) -> Selection:
    return Selection.objects.select_related("lot").get(matter_id=case.newest("selection"))


def announced(case: Any) -> int:
    return Entry.objects.filter(kind="draw.announced").count()


# --- (a) the last typist --------------------------------------------------------------------------------------


def test_attack_technician_types_at_the_draw(played) -> None:
    """There is nothing to type: the act is the platform's, and takes no input."""
    case = waiting(played)
    matter_id = case.newest("selection")

    for who in ("tech", "tech2", "judge"):
        with pytest.raises(Refused) as refused:
            case.driver.act(who, "selection", "draw", matter_id, {})
        assert refused.value.code == "NOT_YOURS"
    with pytest.raises(Refused) as refused:
        case.driver.act("tech", "selection", "commit_list", matter_id, {"text": "再写一次"})
    assert refused.value.code in {"NOT_OPEN", "STALE_PAGE"}


def test_attack_texts_changed_in_the_database_before_the_pulse(played) -> None:
    """Whoever holds the database changes texts, weights or names: the announced leaf no longer fits, and it shows."""
    case = waiting(played)
    lot = row_of(case).lot
    honest = selection.draw_file(case.newest("selection"))
    lot.file["announcement"]["candidates"][0] |= {"open": 0, "months": 3, "weight": 23}
    lot.file["openings"]["texts"][2]["text"] = "挑出来的文字"
    lot.save()

    case.next_step()

    file = selection.draw_file(case.newest("selection"))
    codes = {reason.code for reason in lots.verify(file)}
    assert {"LOG_DIFFERS", "OPENING_DIFFERS"} <= codes
    assert file["proofs"]["announcement"]["leaf_hash"] == honest["proofs"]["announcement"]["leaf_hash"]


def test_attack_pulse_made_up_or_of_another_round(played) -> None:
    case = waiting(played)
    matter_id = case.newest("selection")
    round_ = row_of(case).lot.file["announcement"]["round"]
    other = case.driver.pulse_line(matter_id).split()[1]

    for line in (f"{round_} {'b4' * 48}", f"{round_ + 1} {other}", f"{round_} {other[:-2]}00", "1"):
        with pytest.raises(Refused) as refused:
            case.driver.act("tech", "selection", "bring_pulse", matter_id, {"pulse": line})
        assert refused.value.code == "PULSE_FALSE"
    assert beacon.pulse(beacon.chain(), round_) is None


# --- (b) pushing aside, emptying, asking again -----------------------------------------------------------------


def test_attack_technician_alone_pushes_two_drawn_institutions_aside(played) -> None:
    case = drawn(played)
    first = row_of(case).chosen_name
    evidence = case.driver.upload("tech", "说明.txt")

    named = case.driver.options("tech", "entrustment", "reject_institution", case.root_id)["institution"][0][0]
    for given in (
        {"institution": named, "reason": "不合适。"},
        {"institution": named, "ground": "WHIM", "reason": "不合适。", "evidence": evidence},
    ):
        with pytest.raises(Refused) as refused:
            case.driver.act("tech", "entrustment", "reject_institution", case.root_id, given)
        assert refused.value.code == "INPUT"
    given = {"institution": named, "ground": "INTEREST", "reason": "有利害关系。", "evidence": evidence}
    case.driver.act("tech", "entrustment", "reject_institution", case.root_id, given)
    for who in ("tech", "tech2"):
        with pytest.raises(Refused) as refused:
            case.driver.act(
                who, "entrustment", "confirm_rejection", case.root_id, {"agrees": True, "reason": "同意。"}
            )
        assert refused.value.code == "NOT_YOURS"

    assert row_of(case).chosen_name == first
    assert row_of(case).lot.file["events"] == []
    head = people.post_holder(next(iter(_bodies(row_of(case).lot, first))), "head")
    assert Notice.objects.filter(holder=head, text__contains="有异议的请即").exists()


def _bodies(lot: Draw, name: str) -> list[int]:
    usccs = [one["uscc"] for one in lot.file["announcement"]["candidates"] if one["name"] == name]
    return [lot.bodies[uscc][1] for uscc in usccs]


def test_a_confirmed_rejection_stands_in_the_log_and_in_the_file(played) -> None:
    case = drawn(played)
    evidence = case.driver.upload("tech", "户籍证明.txt")
    named = case.driver.options("tech", "entrustment", "reject_institution", case.root_id)["institution"][0][0]
    given = {"institution": named, "ground": "INTEREST", "reason": "负责人是近亲属。", "evidence": evidence}
    case.driver.act("tech", "entrustment", "reject_institution", case.root_id, given)
    case.driver.act("judge", "entrustment", "confirm_rejection", case.root_id, {"agrees": True, "reason": "属实。"})

    file = selection.draw_file(case.newest("selection"))

    assert [(one["kind"], one["ground"]) for one in file["events"]] == [("PASSED", "REJECTED")]
    assert lots.verify(file) == []
    assert _judged(file) == []


def _judged(file: Any) -> list[str]:
    report = verifier.Report()
    chain = chain_of(file["announcement"]["beacon"]).hash
    case = verifier.Case(report, [verifier.Key.read(ledger.public_key())], chains=frozenset({chain}))
    verifier.check_draw(case, file, "draw.json")
    return [problem.code for problem in report.problems]


def test_attack_technician_empties_the_list_by_claims(played) -> None:
    """Nothing that is only claimed has an effect, and the claims are seen by both sides and the institutions."""
    case = played(before="selection.commit_list", scenario="recusals_one_by_one")
    matter_id = case.newest("selection")
    options = case.driver.options("tech", "selection", "commit_list", matter_id)["recused.institution"]
    claims = [
        {"institution": value, "ground": "INTEREST", "evidence": case.driver.upload("tech", f"{value}.txt")}
        for value, _ in options
    ]
    with pytest.raises(Refused) as refused:
        bare = [{"institution": options[0][0], "reason": "有利害关系"}]
        case.driver.act("tech", "selection", "commit_list", matter_id, {"recused": bare})
    assert refused.value.code == "INPUT"

    case.driver.act("tech", "selection", "commit_list", matter_id, {"recused": claims})

    for who in ("tech", "tech2"):
        with pytest.raises(Refused) as refused:
            case.driver.act(who, "selection", "approve_list", matter_id, {"reason": "同意。"})
        assert refused.value.code == "NOT_YOURS"
    assert row_of(case).recused == {}
    assert len(selection.lists(matter_id)["claims"]) == len(options) == 3
    assert Notice.objects.filter(text__contains="有人主张贵机构应当回避").count() == 3


def test_attack_technician_designates_alone(played, browser) -> None:
    """Choosing without a draw needs a ground and evidence, is seen by both sides, and takes effect by the judge only."""
    case = played(before="selection.designate", scenario="agreement_fails_designated")
    matter_id = case.newest("selection")
    favourite = case.driver.options("tech", "selection", "designate", matter_id)["institution"][0][0]
    with pytest.raises(Refused) as refused:
        bare = {"institution": favourite, "reason": "该机构较好。"}
        case.driver.act("tech", "selection", "designate", matter_id, bare)
    assert refused.value.code == "INPUT"
    evidence = case.driver.upload("tech", "协商笔录.txt")
    given = {"institution": favourite, "ground": "NO_AGREEMENT", "evidence": evidence, "reason": "该机构较好。"}

    case.driver.act("tech", "selection", "designate", matter_id, given)

    for who in ("tech", "tech2", "leader"):
        with pytest.raises(Refused) as refused:
            case.driver.act(who, "selection", "approve_choice", matter_id, {"reason": "同意。"})
        assert refused.value.code == "NOT_YOURS"
    assert row_of(case).chosen_id is None
    assert Document.objects.filter(matter_id=matter_id).count() == 0
    for side in ("applicant", "respondent"):
        page = browser(side, case.root_id).get(f"/desk/matters/{matter_id}/").content.decode()
        assert "（待法官复核）" in page
        assert "双方当事人协商不成，且不宜摇号；该机构较好。" in page
    case.driver.act("judge", "selection", "approve_choice", matter_id, {"reason": "同意。"})
    assert row_of(case).chosen_id == int(favourite)
    page = browser().get(f"/draws/?year={case.now.year}").content.decode()
    counted = re.findall(r"<td data-label=\"[^\"]+\">([^<]*)</td>", page)
    assert counted[2:] == ["0", "0", "—", "1", "0"], "counted in public"


def test_attack_a_proposal_outlives_what_it_rested_on(played) -> None:
    """Between the proposal and the judge the institution is suspended: it is not chosen."""
    case = played(before="selection.approve_choice", scenario="agreement_fails_designated")
    matter_id = case.newest("selection")
    institutions.stop_practice(
        kind=institutions.StatusKind.SUSPENDED,
        first=date(2026, 3, 1),
        institution_id=row_of(case).proposed["id"],
        now=case.now,
        reason="停业",
    )

    with pytest.raises(Refused) as refused:
        case.driver.act("judge", "selection", "approve_choice", matter_id, {"reason": "同意。"})

    assert refused.value.code == "SUSPENDED"
    assert row_of(case).chosen_id is None


def test_a_short_list_raises_an_alarm_above(played) -> None:
    played(scenario=NO_AGREEMENT)

    told = set(Notice.objects.filter(text__contains="备选名单异常").values_list("holder", flat=True))

    regulator = people.organisations(kind=people.OrganisationKind.REGULATOR)[0]
    above = people.find_organisation("示例市中级人民法院", kind=people.OrganisationKind.COURT)
    assert above is not None
    assert told == {people.post_holder(regulator.id, "supervisor"), people.post_holder(above.id, "leader")}


def test_attack_withdrawn_asked_again_and_drawn_again(played) -> None:
    """Three requests of one case and category: one announcement, one result, one history."""
    case = played(scenario="asked_again")

    lot = row_of(case).lot
    chosen = {row.chosen_name for row in Selection.objects.filter(lot=lot)} - {""}
    assert Entry.objects.filter(kind="draw.announced").count() == 1
    assert Entry.objects.filter(kind="draw.result").count() == 1
    assert len(chosen) == 1
    assert [one["kind"] for one in lot.file["events"]] == ["ENDED", "CONTINUED", "ENDED", "CONTINUED"]
    assert lots.verify(selection.draw_file(case.newest("selection"))) == []
    assert len(selection.lists(case.newest("selection"))["earlier"]) >= 3


def test_attack_request_withdrawn_so_that_no_result_is_made(played) -> None:
    """The round falls after the request was withdrawn: the result is reckoned all the same."""
    case = waiting(played)
    matter_id = case.newest("selection")
    case.driver.act("judge", "entrustment", "withdraw", case.root_id, {"reason": "撤回。"})
    pulse = beacon.Pulse.read(case.driver.pulse_line(matter_id))
    beacon.take(pulse, chosen=beacon.chain(), by="任何人", now=case.driver.now)

    selection.conclude_due(case.driver.now)
    case.driver.place()

    file = selection.draw_file(matter_id)
    assert file["order"] and _judged(file) == []


# --- (d) the first turn ---------------------------------------------------------------------------------------


def test_attack_first_turn_not_judged_again(played) -> None:
    """Stopped between announcement and pulse, the first in the order is passed over, with its ground in the log."""
    case = waiting(played)
    matter_id, row = case.newest("selection"), row_of(case)
    file = selection.draw_file(matter_id)
    pulse, leaf = beacon.Pulse.read(case.driver.pulse_line(matter_id)), lots.leaf_of(file)
    assert leaf is not None
    due = lots.ordered(file["announcement"], leaf, pulse)  # as anybody with the pulse could reckon
    institutions.stop_practice(
        kind=institutions.StatusKind.SUSPENDED,
        first=date(2026, 3, 1),
        institution_id=row.lot.bodies[due[0]][0],
        now=case.now,
        reason="停业",
    )

    case.next_step()

    row = row_of(case)
    assert row.chosen_name == next(one["name"] for one in row.candidates if one["uscc"] == due[1])
    passed = [(one["uscc"], one["ground"]) for one in row.lot.file["events"] if one["kind"] == "PASSED"]
    assert passed == [(due[0], "UNQUALIFIED")]
    assert _judged(selection.draw_file(matter_id)) == []


# --- late seal ------------------------------------------------------------------------------------------------


def test_attack_log_held_still_until_the_pulse_was_out(played, monkeypatch) -> None:
    """A list sealed only after the round proves nothing: it is void, announced anew, and every later file says so."""
    case = played(before="selection.commit_list", scenario="recusals_one_by_one")
    monkeypatch.setattr(case.driver, "place", lambda: None)
    case.next_step()
    matter_id = case.newest("selection")
    void = row_of(case).lot
    pulse = beacon.Pulse.read(case.driver.pulse_line(matter_id))
    beacon.take(pulse, chosen=beacon.chain(), by="任何人", now=case.driver.now)
    monkeypatch.undo()
    case.driver.place()

    done = selection.conclude_due(case.driver.now)

    assert [one.outcome for one in done] == ["late"]
    case.driver.act("tech", "selection", "commit_list", matter_id, {})
    case.driver.pulse(matter_id)
    file = selection.draw_file(matter_id)
    assert file["announcement"]["after"] == void.draw
    assert any("未能及时封账" in one["what"] for one in file["announcement"]["history"])
    assert _judged(file) == []


# --- (e) who may read -----------------------------------------------------------------------------------------


def test_the_file_is_open_to_everybody_it_concerns_and_without_the_case_to_all(played, browser) -> None:
    case = drawn(played)
    lot = row_of(case).lot
    whole, public = f"/desk/draws/{lot.draw}/draw.json", f"/draws/{lot.draw}/draw.json"
    losers = [f"head-{letter}" for letter in "abc"]

    for who in (*losers, "head-e", "regulator"):  # drawn, not drawn, kept off the list, and the regulator
        answer = browser(who).get(whole)
        assert answer.status_code == 200, who
        assert "openings" in json.loads(answer.content)
    assert browser("head-g").get(whole).status_code == 404  # of another province, on no list
    for side in ("applicant", "respondent"):
        assert browser(side, case.root_id).get(f"/desk/matters/{row_of(case).pk}/draw.json").status_code == 200

    seen = browser().get(public)
    assert seen.status_code == 200
    assert _judged(json.loads(seen.content)) == []
    for page in (public, f"/draws/{lot.draw}/", "/draws/"):
        text = browser().get(page).content.decode()
        assert not any(word in text for word in ("民初", "张某甲", "李某乙", "示例市示例区人民法院"))
    assert browser().get(f"/draws/{'0' * 32}/").status_code == 404


def test_a_page_that_waits_shows_its_clock_and_says_what_the_beacon_is(played, browser) -> None:
    case = waiting(played)
    lot = row_of(case).lot

    page = browser().get(f"/draws/{lot.draw}/").content.decode()

    assert "已经公布，等待信标" in page
    assert "演示信标" in page
    assert str(lot.file["announcement"]["round"]) in page
    facts = dict(procedures.facts_of("selection", row_of(case).pk, seats=("unit",)))
    assert "等待信标" in facts


def test_settings_of_service_leave_ten_minutes_before_the_round(played) -> None:
    case = waiting(played)
    said = row_of(case).lot.file["announcement"]

    assert (settings.JIANHENG_DRAW_LEAD, said["margin"]) == (600, 60)
    assert (lots.falls_at(said) - row_of(case).lot.announced_at).total_seconds() >= 600
