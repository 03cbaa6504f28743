"""The opinion is signed by several, each at an hour of his own: what all signed is issued, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from jianheng import verifier
from jianheng.config import cast as demonstration
from jianheng.config.rehearsal.script import Refused
from jianheng.modules.casework.models import Appraisal
from jianheng.services.documents.models import Document
from jianheng.services.documents.producing import keep
from jianheng.services.ledger import api as ledger
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys
from tests.attacks.test_state_behind_the_acts import triggers_off
from tests.conftest import Case


def enrol(case: Case, *whom: str) -> None:
    """Keys for some of the case, in force at once."""
    for who in whom:
        person_id = case.actor(who).person_id
        assert person_id is not None
        personalkeys.enrol(
            person_id,
            demonstration.PHRASE,
            now=case.now,
            waits=timedelta(0),
            cost=personalkeys.OF_A_PUBLIC_PHRASE,
        )


def sign(case: Case, who: str, **given: object) -> str:
    """An appraiser signs; the outcome."""
    done = case.driver.act(
        case.play.who(who), "appraisal", "sign", case.newest("appraisal"), {"agrees": True, **given}
    )
    return done.outcome


def issue(case: Case) -> Document:
    """The head issues; the opinion."""
    case.driver.act(case.play.who("head@chosen"), "appraisal", "issue", case.newest("appraisal"), {})
    return Document.objects.get(kind__startswith="opinion_")


def problems(tmp_path) -> list[str]:
    """What a stranger finds of hands; nobody waited in this play, which is said of papers not made yet."""
    ledger.export(tmp_path / "export")
    found = verifier.verify([tmp_path / "export"], keys=[ledger.public_key()]).problems
    return [one.code for one in found if one.code != "PERSONAL_KEY_TOO_SOON"]


@pytest.fixture
def signing(played) -> Case:
    """Before the first appraiser signs."""
    return played(before="appraisal.sign")


def test_each_signs_the_same_content_with_his_own_dissent(signing, tmp_path) -> None:
    enrol(signing, "appraiser1@chosen", "appraiser2@chosen")
    assert sign(signing, "appraiser1@chosen", agrees=False, dissent="不同意分级意见。") == "more"
    assert sign(signing, "appraiser2@chosen") == "all"

    opinion = issue(signing)

    kept = {one["person"]: one["mandate"] for one in opinion.data["mandates"]}
    assert len(kept) == 2
    assert len({one["content"] for one in kept.values()}) == 1
    assert len({one["apart"]["dissents"] for one in kept.values()}) == 2
    assert [one["text"] for one in opinion.data["content"]["dissents"]] == ["不同意分级意见。"]
    assert {one["number"] for one in kept.values()} == {""}
    assert problems(tmp_path) == []


def test_who_has_no_key_signs_beside_one_who_has(signing, tmp_path) -> None:
    enrol(signing, "appraiser2@chosen")
    sign(signing, "appraiser1@chosen")
    sign(signing, "appraiser2@chosen")

    assert [one["person"] for one in issue(signing).data["mandates"]] == [
        signing.actor("appraiser2@chosen").person_id
    ]
    assert problems(tmp_path) == []


def test_a_key_that_comes_between_signature_and_issue_asks_nothing_of_what_was_signed(signing, tmp_path) -> None:
    sign(signing, "appraiser1@chosen")
    sign(signing, "appraiser2@chosen")
    enrol(signing, "appraiser1@chosen")

    [kept] = issue(signing).data["mandates"]

    assert set(kept) == {"person", "signed_at"}
    assert problems(tmp_path) == []


def test_attack_a_hand_said_to_be_older_than_the_key(signing, tmp_path) -> None:
    """A superuser says of an opinion that it was signed before there was a key, at an act that was not that."""
    enrol(signing, "appraiser1@chosen", "appraiser2@chosen")
    sign(signing, "appraiser1@chosen")
    sign(signing, "appraiser2@chosen")
    row = issue(signing)
    for one in row.data["mandates"]:
        seq, at = one["mandate"]["seq"], one["mandate"]["at"]
        for name in ("signature", "mandate"):
            del one[name]
        one["signed_at"] = {"seq": seq, "at": at}
    with triggers_off():
        row.save(update_fields=["data"])
        keep(row, now=signing.now)

    assert problems(tmp_path) == ["HAND_WITHOUT_MANDATE"] * 2


def test_the_draft_of_the_file_changes_after_it_was_signed_and_the_paper_does_not(signing, tmp_path) -> None:
    """What the first appraiser signed is frozen: further material is not in it."""
    enrol(signing, "appraiser1@chosen", "appraiser2@chosen")
    sign(signing, "appraiser1@chosen")
    appraisal = Appraisal.objects.get(matter_id=signing.newest("appraisal"))
    appraisal.draft["place"] = "另一地点"
    with triggers_off():
        appraisal.save()
    sign(signing, "appraiser2@chosen")

    assert issue(signing).data["content"]["place"] != "另一地点"
    assert [code for code in problems(tmp_path) if code.startswith(("MANDATE", "HAND"))] == []


def test_attack_the_frozen_content_is_changed_between_signature_and_issue(signing) -> None:
    enrol(signing, "appraiser1@chosen", "appraiser2@chosen")
    sign(signing, "appraiser1@chosen")
    sign(signing, "appraiser2@chosen")
    appraisal = Appraisal.objects.get(matter_id=signing.newest("appraisal"))
    appraisal.content["opinions"] = ["另一鉴定意见。"]
    with triggers_off():
        appraisal.save()

    refused = refusal_of(lambda: issue(signing))

    assert refused == "MANDATE_UNFIT"


def test_the_phrase_is_needed_at_the_signature_and_not_at_the_issue_of_another(signing) -> None:
    enrol(signing, "appraiser1@chosen")
    signing.driver.pen = lambda by: None  # type: ignore[method-assign]

    assert refusal_of(lambda: sign(signing, "appraiser1@chosen")) == "SIGNING_PHRASE_NEEDED"
    assert Appraisal.objects.get(matter_id=signing.newest("appraisal")).signed == {}


def refusal_of(act: Callable[[], object]) -> str:
    """The code an act is refused with."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.code


def test_everybody_of_the_case_is_who_they_are(signing) -> None:
    """The play's appraisers are persons of their own, or nothing above would mean anything."""
    ids = {signing.actor(who).person_id for who in ("appraiser1@chosen", "appraiser2@chosen", "head@chosen")}

    assert len(ids) == 3
    assert all(people.person_name(one) for one in ids)
