"""What import contracts cannot see: rooms, foreign keys, log entries, the law behind every act."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

import jianheng
from jianheng.config import declarations
from jianheng.kernel.procedure import Act, Node, Outcome, Procedure, ProcedureFault, check, step
from jianheng.services.documents import api as documents
from jianheng.services.lawbook import api as lawbook
from jianheng.services.procedures import api as procedures

SOURCE = Path(jianheng.__file__).parent
ROOMS = {
    "README.md", "__init__.py", "api.py", "apps.py", "jobs.py", "facts.py", "queries.py", "ports.py", "rules.py",
    "errors.py", "terms.py", "actions", "models", "procedures", "rules", "migrations", "locale", "tests", "web", "data",
    "__pycache__",
}  # fmt: skip


def test_every_declared_procedure_is_sound() -> None:
    declarations.must_be_sound()


@pytest.mark.parametrize("module", sorted(p.name for p in (SOURCE / "modules").iterdir() if (p / "apps.py").exists()))
def test_a_module_has_the_same_rooms_as_every_other(module: str) -> None:
    found = {entry.name for entry in (SOURCE / "modules" / module).iterdir()}

    assert found - ROOMS == set()
    assert {"api.py", "terms.py", "errors.py", "models", "migrations"} <= found


def test_foreign_keys_stay_within_their_app() -> None:
    crossing = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        if model.__module__.startswith("jianheng.")
        for field in model._meta.get_fields()
        if field.is_relation
        and field.concrete
        and field.related_model is not None
        and field.related_model.__module__.startswith("jianheng.")
        and field.related_model._meta.app_label != model._meta.app_label
    ]

    assert crossing == []


def test_matter_bearing_tables_carry_their_region() -> None:
    bearing = [
        model
        for model in apps.get_models()
        if model.__module__.startswith("jianheng.")
        and {"matter_id", "matter", "root_id"} & {field.name for field in model._meta.get_fields()}
    ]
    without = [m._meta.label for m in bearing if "region" not in {f.name for f in m._meta.get_fields()}]

    # Messages and access records are about people rather than places; they are kept apart by time. The lines of names
    # only say where to look, and are asked over all provinces at once. The log is one over all provinces.
    assert set(without) <= {"ledger.Change", "notices.Message", "people.AccessRecord", "procedures.WholeName"}


def test_no_module_is_called_utils_or_common() -> None:
    banned = {"utils", "util", "common", "helpers", "helper", "core", "misc"}
    found = [path for path in SOURCE.rglob("*") if path.stem in banned and "tests" not in path.parts]

    assert found == []


def test_a_template_includes_only_its_own_and_the_house_templates() -> None:
    stray = []
    for template in SOURCE.rglob("templates/**/*.html"):
        for name in re.findall(r'{%\s*(?:include|extends)\s+"([^"]+)"', template.read_text(encoding="utf-8")):
            own = template.parent.name
            if not name.startswith((f"{own}/", "pages/", "allauth/", "account/", "mfa/", "usersessions/")):
                stray.append(f"{template}: {name}")

    assert stray == []


def test_every_document_an_act_names_has_a_form() -> None:
    named = {kind for procedure in procedures.procedures() for act in procedure.acts for kind in act.documents}

    assert named <= set(documents.FORMS)


def test_every_clock_takes_its_length_from_the_law_book() -> None:
    known = set(lawbook.book().keys)

    assert {c.parameter for procedure in procedures.procedures() for c in procedure.clocks} <= known


def wrong(**changes) -> list[str]:  # type: ignore[no-untyped-def]
    """What the check says of a small procedure with one mistake in it."""
    sound = {
        "code": "small",
        "version": 1,
        "title": "小程序",
        "law": ("法",),
        "seats": {"court": "法院"},
        "begin": "begin",
        "nodes": (Node("first", "第一", "court.judge", law=("法",)),),
        "acts": (
            Act("begin", "开始", by=("court.judge",), outcomes={"done": Outcome(("first",))}, law=("法",)),
            Act("finish", "结束", at=("first",), outcomes={"done": Outcome(end="over")}, law=("法",)),
        ),
        "ends": (),
    }
    from jianheng.kernel.procedure import End

    return check(Procedure(**{**sound, "ends": (End("over", "完"),), **changes}))  # type: ignore[arg-type]


def test_the_check_accepts_a_sound_procedure() -> None:
    assert wrong() == []


def test_the_check_finds_a_node_nobody_reaches() -> None:
    lost = Node("lost", "孤岛", "court.judge", law=("法",))
    leave = Act("leave", "离开", at=("lost",), outcomes={"done": Outcome(end="over")}, law=("法",))

    said = wrong(nodes=(Node("first", "第一", "court.judge", law=("法",)), lost), acts=(*_acts(), leave))

    assert any("lost cannot be reached" in sentence for sentence in said)


def test_the_check_finds_a_dead_end() -> None:
    pit = Node("pit", "死胡同", "court.judge", law=("法",))
    fall = Act("fall", "掉入", at=("first",), outcomes={"done": Outcome(("pit",))}, law=("法",))

    said = wrong(nodes=(Node("first", "第一", "court.judge", law=("法",)), pit), acts=(*_acts(), fall))

    assert any("pit is a dead end" in sentence for sentence in said)


def test_the_check_finds_a_node_without_owner() -> None:
    said = wrong(nodes=(Node("first", "第一", "nobody.judge", law=("法",)),))

    assert any("has no owner" in sentence for sentence in said)


def test_the_check_finds_an_act_without_law() -> None:
    bare = Act("bare", "无依据", at=("first",), outcomes={"done": Outcome(stays=True)})

    assert any("cites neither law nor design" in sentence for sentence in wrong(acts=(*_acts(), bare)))


def _acts() -> tuple[Act, ...]:
    return (
        Act("begin", "开始", by=("court.judge",), outcomes={"done": Outcome(("first",))}, law=("法",)),
        Act("finish", "结束", at=("first",), outcomes={"done": Outcome(end="over")}, law=("法",)),
    )


def test_an_outcome_the_declaration_does_not_know_is_a_fault() -> None:
    declared = procedures.procedure("entrustment")

    with pytest.raises(ProcedureFault):
        step(declared, open_nodes=["screen"], running=(), act="screen", outcome="maybe")
