"""Papers in somebody's name without them: whoever runs the platform has its role, its files and the stand-in's keys.

One case is played to its end by people who all have keys of their own, under phrases that only they give. Each attack is
made in a savepoint, exported, judged by the verifier and rolled back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client, TestCase, override_settings

from jianheng import verifier
from jianheng.config import cast as demonstration
from jianheng.config import cli
from jianheng.kernel import mandates
from jianheng.services.documents import api as documents
from jianheng.services.documents import producing, requesting
from jianheng.services.documents.models import Document
from jianheng.services.files import api as files
from jianheng.services.ledger import api as ledger
from jianheng.services.notices import api as notices
from jianheng.services.people import api as people
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.personalkeys.models import PersonalKey
from jianheng.services.procedures import api as procedures
from jianheng.services.signing import api as signing
from jianheng.services.signing.local import nobody_has_a_key
from tests.attacks.test_state_behind_the_acts import triggers_off
from tests.bad_input.test_clock_went_back import SCREENING
from tests.conftest import FIRST_DAY, Case
from tests.safekeeping.test_open_export import HASHERS, REQUEST

THE_PLAYS_CLOCK = (
    "DOCUMENT_TIME_DIFFERS"  # signatures say when this machine made them, the log what the play's clock says
)
pytestmark = pytest.mark.django_db


class Signed:
    """The case, with an export made of it as often as wanted."""

    def __init__(self, home: Path) -> None:
        demonstration.make(home / "accounts.json", now=FIRST_DAY, keys=True)
        self.case = Case("traffic_disability")
        self.storages = settings.STORAGES
        self.place = self.case.driver.place

        def place() -> None:
            self.produce()
            self.place()

        self.case.driver.place = place  # type: ignore[method-assign]
        while self.case.left:
            self.case.next_step()

    def produce(self) -> None:
        """The papers that wait to be made, as the worker makes them."""
        for row in Document.objects.filter(status="requested").order_by("pk"):
            documents.produce(row.pk, now=self.case.now)

    @property
    def sheet(self) -> Document:
        """A paper the judge signed: 鉴定事项审查表."""
        return Document.objects.get(kind="screening_form")

    @property
    def judge(self) -> int:
        """Who signed it."""
        person_id = self.case.actor("judge").person_id
        assert person_id is not None
        return person_id

    def problems(self, place: Path) -> list[verifier.Problem]:
        """What a stranger finds in an export made now."""
        with override_settings(STORAGES=self.storages):
            self.place()
            ledger.export(place / "export")
        found = verifier.verify([place / "export"], keys=[ledger.public_key()]).problems
        return [one for one in found if one.code != THE_PLAYS_CLOCK]


@pytest.fixture(scope="module")
def played(tmp_path_factory, django_db_setup, django_db_blocker) -> Iterator[Signed]:
    home = tmp_path_factory.mktemp("signed")
    storages = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": home / "files"}}
    }
    with (
        django_db_blocker.unblock(),
        override_settings(STORAGES=storages, PASSWORD_HASHERS=HASHERS, JIANHENG_SIGNING_HOME=home / "authority"),
    ):
        atomics = TestCase._enter_atomics()
        try:
            yield Signed(home)
        finally:
            TestCase._rollback_atomics(atomics)


@pytest.fixture
def signed(played, db) -> Signed:
    """What is done to it is rolled back with the test."""
    return played


def test_what_everybody_signed_by_a_key_of_their_own_holds(signed, tmp_path) -> None:
    assert signed.problems(tmp_path) == []
    assert Document.objects.filter(data__mandates__isnull=False).count() > 15


def one_more(
    signed: Signed, monkeypatch: pytest.MonkeyPatch, kept: list[dict[str, Any]], *, is_demo: bool = True, **other: Any
) -> int:
    """A further paper like the judge's, written from a shell of the platform that keeps these mandates with it."""
    like = signed.sheet
    monkeypatch.setattr(requesting, "mandated", lambda *given, **named: kept)
    hand = like.data["signers"]["hands"][0]
    said: dict[str, Any] = {
        "kind": like.kind,
        "region": like.region,
        "matter_id": like.matter_id,
        "root_id": like.root_id,
        "data": like.data["content"],
        "issuer": like.issuer_id,
        "signers": [{"role": hand["role"], "name": hand["name"], "person_id": hand["person_id"]}],
        "deed": documents.Deed(like.matter_id, like.act_seq or 0, "screen"),
        "now": signed.case.now + timedelta(minutes=1),
        **other,
    }
    with override_settings(DEMO=is_demo):
        return documents.write([documents.decide(**said)])[0].id


def _rewritten(row: Document, signed: Signed) -> None:
    """A superuser's new state of a paper, content, file and all, logged as if the platform had changed it."""
    row.save()
    producing.keep(row, now=signed.case.now)


def codes(found: list[verifier.Problem]) -> set[str]:
    """What kinds of things were found."""
    return {one.code for one in found}


def test_attack_a_paper_in_the_name_of_a_judge_from_a_shell(signed, tmp_path, monkeypatch) -> None:
    """With the application's role, the platform's own code and the files of the authority: the paper exists, and is named."""
    document_id = one_more(signed, monkeypatch, [])
    with override_settings(STORAGES=signed.storages):
        with pytest.raises(signing.MandateMissingError):
            documents.produce(document_id, now=signed.case.now)
        monkeypatch.setattr(signing.signer(), "held", nobody_has_a_key)  # whoever has its files asks nobody
        documents.produce(document_id, now=signed.case.now)

    found = signed.problems(tmp_path)

    number = Document.objects.get(pk=document_id).number
    assert [(one.code, number in one.place) for one in found] == [("HAND_WITHOUT_MANDATE", True)]


def test_attack_content_swapped_after_the_mandate(signed, tmp_path, monkeypatch) -> None:
    """A superuser rewrites what the judge signed and logs it as a new state of the paper."""
    row = signed.sheet
    row.data["content"]["decision_reason"] = "另一理由。"
    with triggers_off():
        _rewritten(row, signed)

    assert codes(signed.problems(tmp_path)) == {"MANDATE_UNFIT"}


def test_attack_a_paper_that_says_something_else_than_was_signed(signed, tmp_path, capsys) -> None:
    """Content and mandate stay; the PDF is set anew with other words, signed by the authority's files, and logged."""
    row = signed.sheet
    usual = row.data["content"]["decision_reason"]
    row.data["content"]["decision_reason"] = "另一理由。"
    with override_settings(STORAGES=signed.storages):
        pdf = typeset_and_signed(row, usual)
        row.sha256 = row.file_key = files.store(pdf, kind="application/pdf", now=signed.case.now)
    row.size = len(pdf)
    with triggers_off():
        _rewritten(row, signed)

    assert signed.problems(tmp_path) == []
    assert cli.main(["typeset", str(tmp_path / "export"), "--url", settings.PUBLIC_URL]) == 1
    told = capsys.readouterr().out
    assert f"{row.number}：与内容不一致。" in told
    assert told.count("与内容不一致") == 2


def typeset_and_signed(row: Document, usual: str) -> bytes:
    """The file of a paper whose row says something else than was signed, signed for the mandate all the same.

    The row has its usual words again afterwards.
    """
    issuing = producing.Issuing(row.issuer_name, row.is_demo)
    content = dict(row.data["content"])
    honest = {**content, "decision_reason": usual}
    made = signing.PaperRef
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(signing, "PaperRef", lambda *about: made(*about[:-1], honest))  # what the authority is told
        pdf = producing.made(row, issuing, now=row.issued_at, storage=producing._files)
    row.data["content"] = honest
    return pdf


def test_attack_content_swapped_before_the_paper_is_made(signed, monkeypatch) -> None:
    """What waits to be made is changed: the authority refuses to sign it."""
    like = signed.sheet
    document_id = one_more(signed, monkeypatch, list(like.data["mandates"]))
    with triggers_off():
        Document.objects.filter(pk=document_id).update(
            number=like.number + "2",
            data={**like.data, "content": {**like.data["content"], "decision_reason": "另一理由。"}},
        )

    with pytest.raises(signing.MandateRefusedError):
        documents.produce(document_id, now=signed.case.now)


def test_attack_a_mandate_used_for_another_paper(signed, tmp_path, monkeypatch) -> None:
    document_id = one_more(signed, monkeypatch, list(signed.sheet.data["mandates"]))

    with pytest.raises(signing.MandateRefusedError):
        documents.produce(document_id, now=signed.case.now)
    assert codes(signed.problems(tmp_path)) == {"MANDATE_UNFIT", "MANDATE_REPLAYED"}


def test_attack_a_mandate_used_in_another_matter(signed, tmp_path, monkeypatch) -> None:
    other = Document.objects.exclude(matter_id=signed.sheet.matter_id).values_list("matter_id", flat=True)[0]
    one_more(signed, monkeypatch, list(signed.sheet.data["mandates"]), matter_id=other)

    assert codes(signed.problems(tmp_path)) == {"MANDATE_UNFIT", "MANDATE_REPLAYED"}


def mandate_by(signed: Signed, sign: Any, public: str) -> dict[str, Any]:
    """A mandate for one more paper of the judge's, by a key that is not the judge's."""
    like = signed.sheet
    made = mandates.made(
        like.data["content"],
        sign=sign,
        person=signed.judge,
        key=public,
        matter=like.matter_id,
        seq=like.act_seq or 0,
        act="screen",
        name="示例法官甲",
        role="judge",
        kind=like.kind,
        number="",
        apart=(),
        at=signed.case.now,
    )
    return {"person": signed.judge, **made.as_json()}


def test_attack_a_key_for_the_judge_written_by_sql(signed, tmp_path, monkeypatch) -> None:
    """A row with a key of the operator's own, without an entry that enrols it: the row is named, and every paper by it."""
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw().hex()
    with connection.cursor() as cursor:
        cursor.execute(
            """insert into personalkeys_personalkey (person_id, public, wrapped, salt, memory, passes, lanes, enrolled_at,
               effective_at, entry_id) values (%s, %s, '', '', 8, 1, 1, %s, %s, gen_random_uuid())""",
            [signed.judge, public, FIRST_DAY, FIRST_DAY + timedelta(minutes=1)],
        )
    one_more(signed, monkeypatch, [mandate_by(signed, key.sign, public)])

    assert codes(signed.problems(tmp_path)) == {"CHANGE_UNEXPLAINED", "MANDATE_KEY_UNKNOWN"}


def test_attack_a_key_for_the_judge_enrolled_by_the_operator(signed) -> None:
    """Through the platform's own door: it waits, the judge hears of it everywhere, and ends it before it ever signs."""
    now = signed.case.now
    key = personalkeys.enrol(signed.judge, "operator-phrase-1", now=now, waits=timedelta(hours=72))

    with pytest.raises(personalkeys.PhraseWrongError):
        personalkeys.unlock(signed.judge, "operator-phrase-1", now=now + timedelta(hours=71))
    holders = signed.case.actor("judge").holders
    assert key.fingerprint in notices.inbox(holders)[0]["text"]
    personalkeys.end(signed.judge, key.public, now=now + timedelta(hours=71))
    with pytest.raises(personalkeys.PhraseWrongError):
        personalkeys.unlock(signed.judge, "operator-phrase-1", now=now + timedelta(hours=73))
    assert personalkeys.unlock(signed.judge, demonstration.PHRASE, now=now + timedelta(hours=73)).public != key.public


def test_attack_a_key_that_does_not_wait(signed, tmp_path, monkeypatch) -> None:
    """From a shell the operator lets the key be in force at once; on a paper that is no demonstration it is named."""
    now = signed.case.now
    key = personalkeys.enrol(signed.judge, "operator-phrase-1", now=now, waits=timedelta(0))
    pen = personalkeys.unlock(signed.judge, "operator-phrase-1", now=now)
    one_more(signed, monkeypatch, [mandate_by(signed, pen.sign, key.public)], is_demo=False)

    assert codes(signed.problems(tmp_path)) == {"PERSONAL_KEY_TOO_SOON", "MANDATE_WITHOUT_ACT"}


def test_attack_a_consent_the_old_key_did_not_give(signed, tmp_path) -> None:
    key = Ed25519PrivateKey.generate()
    before = personalkeys.held([signed.judge], at=signed.case.now)[signed.judge]
    entry = ledger.entry(
        "personal_key",
        region="000000",
        matter_id=None,
        data={
            "what": "enrolled",
            "person": signed.judge,
            "key": key.public_key().public_bytes_raw().hex(),
            "effective": "2027-01-01T00:00:00.000000Z",
            "replaces": before.public,
            "consent": key.sign(b"yes").hex(),
        },
        now=signed.case.now,
    )
    ledger.append(entry)

    assert codes(signed.problems(tmp_path)) == {"PERSONAL_KEY_CONSENT_FALSE"}


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"what": "lent"}, "PERSONAL_KEY_MALFORMED"),
        ({"key": "AB" * 32}, "PERSONAL_KEY_MALFORMED"),
        ({"person": "7"}, "PERSONAL_KEY_MALFORMED"),
        ({"what": "ended"}, "PERSONAL_KEY_UNKNOWN"),
        ({"key": "the judge's"}, "PERSONAL_KEY_TWICE"),
        ({"effective": "2026-03-01T00:00:00.000000Z"}, "PERSONAL_KEY_BACKDATED"),
    ],
)
def test_attack_an_entry_about_a_key_made_by_hand(signed, tmp_path, said, code) -> None:
    known = personalkeys.held([signed.judge], at=signed.case.now)[signed.judge].public
    data = {
        "what": "enrolled",
        "person": signed.judge,
        "key": "ab" * 32,
        "effective": "2027-01-01T00:00:00.000000Z",
        "replaces": known,
        "consent": None,
        **said,
    }
    data["key"] = known if data["key"] == "the judge's" else data["key"]
    ledger.append(ledger.entry("personal_key", region="000000", matter_id=None, data=data, now=signed.case.now))

    assert codes(signed.problems(tmp_path)) == {code}


def test_attack_a_key_used_after_it_was_ended(signed, tmp_path, monkeypatch) -> None:
    """Whoever kept an open pen goes on signing with it."""
    pen = personalkeys.unlock(signed.judge, demonstration.PHRASE, now=signed.case.now)
    personalkeys.end(signed.judge, pen.public, now=signed.case.now - timedelta(seconds=1))
    one_more(signed, monkeypatch, [mandate_by(signed, pen.sign, pen.public)])

    assert codes(signed.problems(tmp_path)) == {"MANDATE_KEY_NOT_IN_FORCE", "MANDATE_WITHOUT_ACT"}


def signature_broken(kept: dict[str, Any]) -> None:
    """One bit of it."""
    kept["signature"] = ("0" if kept["signature"][0] != "0" else "1") + kept["signature"][1:]


def said_another_act(kept: dict[str, Any]) -> None:
    """What was signed says another number of the act."""
    kept["mandate"]["seq"] += 1


def said_more(kept: dict[str, Any]) -> None:
    """A member nobody knows."""
    kept["mandate"]["also"] = "everything"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (signature_broken, "MANDATE_FORGED"),
        (said_another_act, "MANDATE_FORGED"),
        (said_more, "MANDATE_MALFORMED"),
        (dict.clear, "HAND_WITHOUT_MANDATE"),
    ],
)
def test_attack_a_mandate_changed_where_it_is_kept(signed, tmp_path, change, code) -> None:
    row = signed.sheet
    change(row.data["mandates"][0])
    with triggers_off():
        _rewritten(row, signed)

    assert codes(signed.problems(tmp_path)) == {code}


def test_attack_a_paper_signed_by_the_authority_beside_its_mandate(signed, tmp_path, monkeypatch) -> None:
    """The mandate is good and the content too, but the file was signed by a kept certificate that names none."""
    row, authority = signed.sheet, signing.signer().authority
    issuing = producing.Issuing(row.issuer_name, row.is_demo)
    monkeypatch.setattr(authority, "for_once", lambda holder, mandate, now: authority.holder(holder, now))
    with override_settings(STORAGES=signed.storages):
        pdf = producing.made(row, issuing, now=row.issued_at, storage=producing._files)
        row.sha256 = row.file_key = files.store(pdf, kind="application/pdf", now=signed.case.now)
    row.size = len(pdf)
    with triggers_off():
        _rewritten(row, signed)

    assert codes(signed.problems(tmp_path)) == {"HAND_NOT_BY_MANDATE"}


def test_attack_the_wrapped_key_is_changed(signed, tmp_path) -> None:
    """The application may not; with the triggers off the row is named, and no phrase opens it."""
    change = PersonalKey.objects.filter(person_id=signed.judge)
    wrapped = change.get().wrapped
    with pytest.raises(DatabaseError, match="不得修改或者删除"), transaction.atomic():
        change.update(wrapped="00" + wrapped[2:])
    with triggers_off():
        change.update(wrapped=("00" if wrapped[:2] != "00" else "01") + wrapped[2:])

    with pytest.raises(personalkeys.PhraseWrongError):
        personalkeys.unlock(signed.judge, demonstration.PHRASE, now=signed.case.now)
    assert codes(signed.problems(tmp_path)) == {"ROW_DIFFERS"}


def test_attack_a_row_of_another_person_in_place_of_the_judges(signed) -> None:
    """A key the operator knows the phrase of, put under the judge's name, does not open: it is bound to its person."""
    tech = signed.case.actor("tech").person_id
    known = PersonalKey.objects.get(person_id=tech)
    with triggers_off():
        PersonalKey.objects.filter(person_id=signed.judge).delete()
        PersonalKey.objects.filter(pk=known.pk).update(person_id=signed.judge)

    with pytest.raises(personalkeys.PhraseWrongError):
        personalkeys.unlock(signed.judge, demonstration.PHRASE, now=signed.case.now)


def test_attack_a_token_without_the_phrase(signed) -> None:
    """Whoever has the token of an organisation's client acts for the person, and does not sign for them."""
    given = {**REQUEST, "case_number": "（2026）吉0199民初777号"}
    pen = personalkeys.unlock(signed.judge, demonstration.PHRASE, now=signed.case.now)
    by = signed.case.actor("judge")
    begun = procedures.begin("entrustment", by=by, given=given, now=signed.case.now, pen=pen)
    token = people.issue_token(
        organisation_id=by.posts[0].organisation_id,
        person_id=signed.judge,
        label="测试",
        now=signed.case.now,
        days=None,
    )
    before = Document.objects.count()

    def called(**headers: str) -> Any:
        answer = Client().post(
            f"/api/v1/entrustment/{begun.matter_id}/screen",
            json.dumps(SCREENING),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "If-Match": '"1"', **headers},
        )
        return answer.status_code, answer.json().get("code", "")

    assert called() == (422, "SIGNING_PHRASE_NEEDED")
    assert called(**{"Signing-Phrase": "not-the-phrase-9"}) == (422, "SIGNING_PHRASE_WRONG")
    assert Document.objects.count() == before
    assert called(**{"Signing-Phrase": demonstration.PHRASE}) == (201, "")
    assert Document.objects.order_by("pk").last().data["mandates"][0]["person"] == signed.judge


def test_attack_phrases_tried_one_after_the_other(signed) -> None:
    now = signed.case.now
    for number in range(5):
        with pytest.raises(personalkeys.PhraseWrongError):
            personalkeys.unlock(signed.judge, f"guess-number-{number}", now=now)

    with pytest.raises(personalkeys.PhraseTooOftenError):
        personalkeys.unlock(signed.judge, demonstration.PHRASE, now=now)
    assert personalkeys.unlock(signed.judge, demonstration.PHRASE, now=now + timedelta(minutes=1))
