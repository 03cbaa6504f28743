"""ReDoS: every regular expression of the code against texts made to send it back again and again.

The expressions are found in the source, the texts in the expressions: whatever may repeat is repeated, after the
shortest text that leads there, and followed by something that does not fit. Four times the text may take a little over
four times as long. What pydantic checks is not tried: its engine has no way back and is linear by construction.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

import pytest

import jianheng

ROOT = Path(jianheng.__file__).parent
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}
SIZES = (12, 24, 200, 800, 3_200)
SLOW_SECONDS, ALLOWED_GROWTH = 0.004, 9.0  # linear grows by 4, quadratic by 16


class Used(NamedTuple):
    """An expression with the way it is used."""

    where: str
    pattern: str
    flags: int
    method: str


def names_of(module: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """(name it is kept under, call) of every use of ``re``."""
    kept = {
        id(node.value): target.id
        for node in ast.walk(module)
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in METHODS | {"compile"}:
                yield kept.get(id(node), ""), node


def methods_of(module: ast.Module, name: str) -> set[str]:
    """How a kept expression is used; searched with, where that is not seen."""
    found = {
        node.attr
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    }
    return found & METHODS or {"search"}


@cache
def expressions() -> tuple[Used, ...]:
    """Every expression of the code whose text can be known without running it; the others by what they are made of."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        if {"tests", "migrations"} & set(path.parts) or path.name == "pytest_server.py":
            continue
        text = path.read_text(encoding="utf-8")
        if "re." not in text:
            continue
        tree = ast.parse(text)
        for name, call in names_of(tree):
            module = importlib.import_module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts))
            pattern, *flags = (evaluated(argument, module) for argument in call.args[:2])
            method = call.func.attr  # type: ignore[attr-defined]
            flag = flags[0] if method == "compile" and flags and isinstance(flags[0], int) else 0
            for used in methods_of(tree, name) if method == "compile" else {method}:
                found.append(Used(f"{path.relative_to(ROOT)}:{call.lineno}", pattern, int(flag), used))
    return tuple(found)


def evaluated(node: ast.expr, module: Any) -> Any:
    """What an argument is, by the names of its module; ``None`` where it depends on what a function was given."""
    try:
        return eval(compile(ast.Expression(node), "argument", "eval"), dict(vars(module)))
    except NameError:
        return None


def shortest(sequence: Any) -> str:
    """A short text that fits."""
    return "".join(one_of(kind, value) for kind, value in sequence)


def one_of(kind: Any, value: Any) -> str:
    """A short text that fits one part."""
    if kind is kinds.LITERAL:
        return chr(value)
    if kind is kinds.NOT_LITERAL:
        return next(letter for letter in "a0 字" if letter != chr(value))
    if kind is kinds.ANY:
        return "a"
    if kind is kinds.IN:
        return member(value)
    if kind in REPEATS:
        return shortest(value[2]) * value[0]
    if kind is kinds.BRANCH:
        return min((shortest(branch) for branch in value[1]), key=len)
    if kind is kinds.SUBPATTERN:
        return shortest(value[3])
    return ""


def member(options: Any) -> str:
    """A character of a set."""
    said = parser.SubPattern(parser.State(), [(kinds.IN, options)])
    fits = re._compiler.compile(said, 0)  # type: ignore[attr-defined]
    return next(letter for letter in map(chr, (*b"a0A -\t\n.", *range(0x20, 0x30000))) if fits.match(letter))


def repeated(sequence: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """(text that leads there, text that may repeat) of everything that may repeat for long."""
    for kind, value in sequence:
        inner: list[Any] = []
        if kind in REPEATS:
            inner = [value[2]]
            if value[1] > 50:
                yield before, shortest(value[2]) or "a"
                yield before, " "
        elif kind is kinds.SUBPATTERN:
            inner = [value[3]]
        elif kind is kinds.BRANCH:
            inner = value[1]
        for part in inner:
            yield from repeated(part, before)
        before += one_of(kind, value)


def hostile(used: Used) -> Iterator[tuple[str, str, str]]:
    """(beginning, what repeats, end) of texts made against an expression."""
    parts = {("", "a"), ("", "0"), ("", " "), *repeated(parser.parse(used.pattern, used.flags))}
    for before, again in sorted(parts):
        for end in ("", "\x00", "，"):
            yield before, again, end


def seconds(used: Used, hostile_text: str) -> float:
    """How long it takes, the best of two."""
    pattern: Any = re.compile(used.pattern, used.flags)
    text: Any = hostile_text.encode() if isinstance(used.pattern, bytes) else hostile_text
    taken = []
    for _ in range(2):
        began = time.process_time()
        if used.method in {"sub", "subn"}:
            pattern.sub(text[:0], text)
        elif used.method == "finditer":
            list(pattern.finditer(text))
        else:
            getattr(pattern, used.method)(text)
        taken.append(time.process_time() - began)
    return min(taken)


def growing(used: Used) -> Iterator[str]:
    """Texts on which an expression takes more than its share, as sentences."""
    for before, again, end in hostile(used):
        last = None
        for size in SIZES:
            took = seconds(used, before + again * size + end)
            if took > SLOW_SECONDS and (size < 200 or (last and took > ALLOWED_GROWTH * last)):
                yield f"{used.where} {used.method} {used.pattern!r}: {before!r} + {again!r} × {size} + {end!r}: {took:.3f} s"
                break
            last = took


def test_no_expression_takes_more_than_its_share_on_a_hostile_text() -> None:
    known = [used for used in expressions() if used.pattern is not None]

    assert len(known) > 40
    assert [line for used in known for line in growing(used)] == []


def test_expressions_made_while_running_are_few_and_looked_at_by_hand() -> None:
    """Counted digits and letters of a fixed list in the same file, nothing that repeats without end."""
    made = {used.where.partition(":")[0] for used in expressions() if used.pattern is None}

    assert made == {"kernel/identifiers.py", "kernel/pulses.py", "services/procedures/given.py", "verifier.py"}


@pytest.mark.parametrize(
    ("pattern", "method"),
    [(r"(a+)+$", "match"), (r"\s+$", "search"), (r"x(a|aa)*y", "fullmatch")],
)
def test_an_expression_that_does_is_found(pattern, method) -> None:
    assert next(growing(Used("here", pattern, 0, method)), "") != ""
