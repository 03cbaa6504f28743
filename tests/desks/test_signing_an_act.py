"""An act whose paper bears the actor's hand: the form asks for the phrase, loses nothing, and keeps it nowhere."""

from __future__ import annotations

import copy
import logging
import pickle
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from jianheng.services.documents.models import Document
from jianheng.services.people.models import PassAttempt
from jianheng.services.personalkeys import api as personalkeys
from jianheng.services.procedures.models import ActRecord

PHRASE = "江畔何人初见月-q7h2-zx9w"
WRONG = "江月何年初照人-k3m9-yy4t"
SCREENED = {"technique_reliable": "on", "decision": "ENTRUST", "reason": "属于专门性问题，材料齐备。"}


class Screening:
    """A case before its screening, and the judge's browser on the form; the judge has a key."""

    def __init__(self, played: Any, browser: Any) -> None:
        self.case = played(before="entrustment.screen")
        self.person = self.case.actor("judge").person_id
        personalkeys.enrol(self.person, PHRASE, now=self.case.now, waits=timedelta(0))
        self.address = f"/desk/matters/{self.case.root_id}/acts/screen/"
        self.client = browser("judge")

    def post(self, **fields: str) -> Any:
        """Send the form, confirmed where that is asked for."""
        return self.client.post(self.address, {**SCREENED, "_sure": "yes", **fields})


@pytest.fixture
def screening(played, browser) -> Screening:
    return Screening(played, browser)


def test_the_form_asks_whoever_has_a_key_for_the_phrase(screening) -> None:
    """What cannot be undone is signed where it is confirmed, so that nobody types the phrase twice."""
    first = screening.client.get(screening.address).content.decode()
    confirming = screening.client.post(screening.address, SCREENED).content.decode()

    assert "_phrase" not in first
    assert 'type="password" id="f-phrase" name="_phrase" autocomplete="off"' in confirming


def test_whoever_has_none_is_not_asked(played, browser) -> None:
    case = played(before="entrustment.screen")

    assert "_phrase" not in browser("judge").get(f"/desk/matters/{case.root_id}/acts/screen/").content.decode()


@pytest.mark.parametrize(("phrase", "code"), [("", "SIGNING_PHRASE_NEEDED"), (WRONG, "SIGNING_PHRASE_WRONG")])
def test_without_the_right_phrase_nothing_is_done_and_nothing_typed_is_lost(screening, phrase, code) -> None:
    before = ActRecord.objects.count()

    answer = screening.post(_phrase=phrase)

    shown = answer.content.decode()
    assert (answer.status_code, answer.context["refusal"].reasons[0].code) == (422, code)
    assert SCREENED["reason"] in shown
    assert 'name="_phrase"' in shown
    assert ActRecord.objects.count() == before
    assert PassAttempt.objects.filter(kind="FAILED").count() == (1 if phrase else 0)


def test_with_the_phrase_the_paper_bears_a_mandate(screening) -> None:
    assert screening.post(_phrase=PHRASE).status_code == 302

    paper = Document.objects.get(kind="screening_form")
    [kept] = paper.data["mandates"]
    assert (kept["person"], kept["mandate"]["act"], kept["mandate"]["number"]) == (
        screening.person,
        "screen",
        paper.number,
    )
    done = ActRecord.objects.get(code="screen")
    assert kept["mandate"]["seq"] == done.seq


def test_attack_the_phrase_is_looked_for_wherever_something_is_kept(screening, caplog) -> None:
    """No table, no log line, no page has it, neither the right one nor one that was nearly right."""
    answers = []
    with caplog.at_level(logging.DEBUG):
        answers += [screening.post(_phrase=WRONG), screening.post(_phrase=PHRASE)]
        answers += [screening.client.get(f"/desk/matters/{screening.case.root_id}/"), screening.client.get("/desk/")]

    said = [answer.content.decode() for answer in answers] + [caplog.text, everything_kept()]
    assert ActRecord.objects.filter(code="screen").exists()
    assert [text for text in said if PHRASE[:7] in text or PHRASE[-9:] in text] == []
    assert [text for text in said if WRONG[:7] in text or WRONG[-9:] in text] == []


def everything_kept() -> str:
    """Every row of every table, as text."""
    with connection.cursor() as cursor:
        cursor.execute("select quote_ident(tablename) from pg_tables where schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        told = []
        for table in tables:
            cursor.execute(f"select coalesce(string_agg(to_jsonb(t)::text, ' '), '') from {table} t")
            told.append(cursor.fetchone()[0])
    assert len(tables) > 40
    return "\n".join(told)


def test_a_pen_is_not_written_down(screening) -> None:
    pen = personalkeys.unlock(screening.person, PHRASE, now=screening.case.now)

    assert repr(pen) == f"Pen({screening.person})"
    with pytest.raises(TypeError):
        pickle.dumps(pen)
    with pytest.raises(TypeError):
        copy.copy(pen)
