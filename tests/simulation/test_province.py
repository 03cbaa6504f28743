"""After some weeks of a simulated province everything the platform promises still holds, and it can be repeated."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from jianheng import verifier
from jianheng.config.simulation import oracle, report
from jianheng.config.simulation.running import BEHAVIOURS
from jianheng.kernel.procedure import SYSTEM
from jianheng.services.ledger import api as ledger
from jianheng.services.procedures import api as procedures

pytestmark = pytest.mark.django_db

# What a run may be refused: somebody else or a clock was first, and a person replaced in between.
EXPECTED = {
    "OVERTAKEN",
    "appraisal.submit_plan: NOT_ASSIGNED",
    "appraisal.finish_examination: NOT_ASSIGNED",
    "appraisal.record: NOT_ASSIGNED",
    "appraisal.draft: NOT_ASSIGNED",
    "appraisal.sign: NOT_ASSIGNED",
    "selection.choose_outside_list: SCOPE_NO",
}


def rows(sql: str, *given: object) -> list[tuple]:  # type: ignore[type-arg]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return cursor.fetchall()


def test_the_same_seed_does_the_same_acts_in_the_same_order_and_another_seed_others(digests) -> None:
    assert digests["once"] == digests["again"]
    assert digests["other"] != digests["once"]


def test_over_http_the_same_acts_are_done_by_the_same_people_at_the_same_moments(digests) -> None:
    assert digests["over http"] == digests["once"]


def test_after_a_run_the_platform_draws_its_secrets_by_chance_again(world) -> None:
    assert secrets.token_hex.__module__ == "secrets"
    assert secrets.token_hex(16) != secrets.token_hex(16)


# Sealing and erasing are confirmed by leaders, whom the generated courts have none of, on what nobody proposes there.
NOBODY_PROPOSES_IT = {("entrustment", node) for node in ("seal_asked", "opening_asked", "erasing_asked")}


def test_every_node_that_somebody_owes_has_a_behaviour() -> None:
    owed = {
        (procedure.code, node.code)
        for procedure in procedures.procedures()
        for node in procedure.nodes
        if node.owner != SYSTEM
    }

    assert owed - BEHAVIOURS.keys() == NOBODY_PROPOSES_IT
    assert BEHAVIOURS.keys() - owed == {("selection", "draw")}, "nobody owes it; the world lets the round fall"


def test_nobody_is_stuck_and_nothing_unexpected_was_refused(world) -> None:
    assert world.stuck == []
    assert set(world.refused) - EXPECTED == set()


def test_cases_come_to_an_end(world) -> None:
    ended = rows("select count(*) from procedures_matter where \"end\" = 'completed'")[0][0]

    assert len(world.cases) >= 5
    assert ended >= 1


def test_every_matter_has_a_holder_no_clock_was_missed_and_no_number_is_lacking(world) -> None:
    assert oracle.faults(world.now.date()) == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        ("update procedures_workitem set closed_at = opened_at where closed_at is null", "without an item"),
        (
            "update procedures_term set stopped_at = null, clock = clock || id, due_on = '2025-01-01', lapse = 'x'",
            "lapse",
        ),
        ("update procedures_matter set acts = acts + 1", "acts said"),
        ("update casework_appraisal set file_number = '示例〔2025〕受字第7号' where file_number <> ''", "numbers of"),
    ],
)
def test_the_oracle_finds_what_was_broken(world, broken, told) -> None:
    with connection.cursor() as cursor:
        cursor.execute(broken)

    assert any(told in fault for fault in oracle.faults(world.now.date()))


def test_the_independent_verifier_accepts_the_log(world, tmp_path) -> None:
    directory = tmp_path / "export"
    ledger.export(directory)
    command = [sys.executable, str(Path(verifier.__file__)), str(directory), "--key", ledger.public_key()]

    judged = subprocess.run(command, capture_output=True, text=True, check=False)

    assert judged.returncode == 0, judged.stdout[-2000:] + judged.stderr[-2000:]


def test_the_report_tells_ends_holders_and_the_graph(world, tmp_path) -> None:
    told = report.write(tmp_path, world, world.parameters, days=45, seconds=10.0, digest="0" * 64)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert f"委托 {len(world.cases)} 件" in told
    assert "委托完成" in page
    assert page.count('<svg class="flow"') == 3
    assert "某" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


@pytest.mark.parametrize("node", ["pay", "draw", "examine"])
def test_the_statistics_of_a_run_equal_what_the_tables_say(world, node) -> None:
    from jianheng.services.statistics import api as statistics

    statistics.take(world.now)
    counted = {
        (one.procedure, one.node): (one.open, one.done) for one in statistics.nodes(("22",)) if one.node == node
    }
    told = rows(
        """select m.procedure, i.node, count(*) filter (where i.closed_at is null), count(i.closed_at)
           from procedures_workitem i join procedures_matter m on m.id = i.matter_id
           where i.node = %s and i.holder <> 'system' group by 1, 2""",
        node,
    )

    assert counted == {(procedure, code): (open_, done) for procedure, code, open_, done in told}
