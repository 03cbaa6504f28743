"""What reading costs at one size: lists, search, pages, each beside hand-written SQL for the same rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from jianheng.config.bench import acts, measure
from jianheng.modules.institutions import api as institutions
from jianheng.services.people import api as people
from jianheng.services.procedures import api as procedures

CATEGORY = "FM0202"
NAME, COMMON = "王某甲乙", "交通事故"
RARE = "欧阳某（示例）"  # of one matter alone, however many there are
OVERSIGHT = {
    "overview": "",
    "load": "load/",
    "durations": "durations/",
    "overdue": "overdue/",
    "bottlenecks": "bottlenecks/entrustment/",
}
LISTED = """
select i.id, i.node, i.due_on, i.opened_at, m.id, m.title, m.reference, m.procedure
from procedures_workitem i join procedures_matter m on m.id = i.matter_id
where i.holder = %s and i.closed_at is null order by i.sort_on, i.id limit 31
"""
NAMED = """
select m.id, m.title, m.reference from procedures_wholename n join procedures_matter m on m.id = n.matter_id
where n.key = %s order by n.matter_id desc limit 30
"""


class Question(NamedTuple):
    """What is asked, and the same by hand."""

    ours: Callable[[], Any]
    sql: str
    parameters: list[Any]


def questions(matter_id: int) -> dict[str, Question]:
    """What the judge of the busiest court asks, who holds a tenth of all open work."""
    judge, today = acts.clerk(), timezone.localdate()
    other = people.actor_of_login("judge2", today=today)
    assert other is not None
    reference = procedures.matter(matter_id, judge).reference
    court, find = judge.organisation_ids[0], procedures.find
    return {
        "work list": Question(lambda: procedures.work_list(judge, today=today), LISTED, [sorted(judge.holders)[0]]),
        "work list of another court": Question(
            lambda: procedures.work_list(other, today=today), LISTED, [sorted(other.holders)[0]]
        ),
        "search by case number": Question(lambda: find(judge, text=reference), _words(court, reference), []),
        "search by a rare name": Question(lambda: find(judge, text=RARE), NAMED, [_key(court, RARE)]),
        "search by a name": Question(lambda: find(judge, text=NAME), NAMED, [_key(court, NAME)]),
        "search by parts of a name": Question(
            lambda: find(judge, text=NAME, wide=True), _words(court, *procedures.tokens(NAME)), []
        ),
        "search by a common word": Question(
            lambda: find(judge, text=COMMON), _words(court, *procedures.tokens(COMMON)), []
        ),
        "newest matters": Question(lambda: find(judge), _words(court), []),
        "draw filter": Question(
            lambda: institutions.candidates(CATEGORY, on=today, region_scope="220000"),
            "select * from institutions_institution",
            [],
        ),
    }


def figures(matter_id: int) -> dict[str, Any]:
    """Latencies in milliseconds, of questions and of whole pages."""
    reference = procedures.matter(matter_id, acts.clerk()).reference
    asked = {name: _one(*question) for name, question in questions(matter_id).items()}
    return asked | _pages(matter_id, reference)


def _key(court: int, name: str) -> int:
    return procedures.name_key(court, procedures.whole_name(name))


def _words(court: int, *words: str) -> str:
    """The same search by hand: its words and its viewer as they stand in the index."""
    lexemes = " & ".join(f"'{word}'" for word in (f"@{court}", *words))
    return f"""select id, title, reference from procedures_matter
               where words @@ $${lexemes}$$::tsquery order by id desc limit 30"""  # noqa: S608 - words of our own


def _one(ours: Callable[[], Any], sql: str, parameters: list[Any]) -> dict[str, Any]:
    def by_hand() -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()

    with measure.counted() as statements:
        ours()
    return measure.beside(*measure.medians_ms(ours, by_hand)) | {"statements": len(statements)}


def _pages(matter_id: int, reference: str) -> dict[str, Any]:
    """Whole pages, beside the emptiest page there is: session, account and template, and nothing of ours."""
    floor = measure.median_ms(_browser("judge", "/desk/account/"), 15)
    told = {}
    for name, login, path in (
        ("page: work list", "judge", "/desk/"),
        ("page: search", "judge", f"/desk/matters/?q={reference}"),
        ("page: matter", "judge", f"/desk/matters/{matter_id}/"),
        ("page: form of an act", "judge", f"/desk/matters/{matter_id}/acts/screen/"),
        *((f"page: {name}", "regulator", f"/oversight/{path}") for name, path in OVERSIGHT.items()),
        ("page: rule book", "judge", "/rules/"),
    ):
        visit = _browser(login, path)
        with measure.counted() as statements:
            visit()
        told[name] = measure.beside(measure.median_ms(visit, 15), floor) | {"statements": len(statements)}
    return told


def _browser(login: str, path: str) -> Callable[[], None]:
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(people.account_of_login(login), backend=settings.AUTHENTICATION_BACKENDS[-1])

    def visit() -> None:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code} to {login}")
        if answer.streaming:
            b"".join(answer)

    return visit
