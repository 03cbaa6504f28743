"""Which procedures there are and which function carries out each act. Filled at start-up, then only read.

Start-up fails when a declaration is wrong, an act has no implementation, or an implementation has no act.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jianheng.kernel.procedure import Procedure, check
from jianheng.services.procedures import choosing
from jianheng.services.procedures.errors import DeclarationFault
from jianheng.services.procedures.given import Given, Nothing

if TYPE_CHECKING:
    from jianheng.services.procedures.turn import Turn

Verb = Callable[["Turn", Any], str | None]
Choices = Callable[["Turn"], Mapping[str, list[tuple[str, str]]]]
Prefill = Callable[["Turn"], Mapping[str, Any]]
Facts = Callable[[int, Collection[str]], list[tuple[str, str]]]  # of a matter, for those in these seats


@dataclass(frozen=True, slots=True)
class Implementation:
    """One act's input model and the verb that carries it out."""

    verb: Verb
    given: type[Given]
    choices: Choices | None
    prefill: Prefill | None


_procedures: dict[tuple[str, int], Procedure] = {}
_current: dict[str, Procedure] = {}
_verbs: dict[tuple[str, str], Implementation] = {}
_facts: dict[str, Facts] = {}


def register(procedure: Procedure, *, facts: Facts | None = None) -> None:
    """Make a procedure known; the highest version is the one new matters begin under.

    ``facts`` gives (label, value) pairs about one matter for its page, from the module's own tables.
    """
    _procedures[procedure.code, procedure.version] = procedure
    newest = _current.get(procedure.code)
    if newest is None or newest.version <= procedure.version:
        _current[procedure.code] = procedure
    if facts is not None:
        _facts[procedure.code] = facts


def carries_out(
    procedure: str,
    act: str,
    *,
    given: type[Given] = Nothing,
    choices: Choices | None = None,
    prefill: Prefill | None = None,
) -> Callable[[Verb], Verb]:
    """Declare a function as the implementation of an act.

    It is called inside the act's transaction with the :class:`Turn` and the checked input, and returns the
    outcome (``None`` for "done"). ``choices`` fills selection fields of the form; ``prefill`` its first values.
    """

    def keep(verb: Verb) -> Verb:
        if (procedure, act) in _verbs:
            raise DeclarationFault(f"{procedure}.{act} is implemented twice")
        _verbs[procedure, act] = Implementation(verb, given, choices, prefill)
        return verb

    return keep


def procedure(code: str, version: int | None = None) -> Procedure:
    """A procedure by code, the current version unless one is named."""
    return _current[code] if version is None else _procedures[code, version]


def procedures() -> tuple[Procedure, ...]:
    """Every procedure in its current version, in the order of registration."""
    return tuple(_current.values())


def implementation(code: str, act: str) -> Implementation:
    """The implementation of an act."""
    return _verbs[code, act]


def facts_of(code: str, matter_id: int, *, seats: Collection[str]) -> list[tuple[str, str]]:
    """What a module tells about a matter to those who see it through these seats."""
    return _facts[code](matter_id, seats) if code in _facts else []


def faults(*, parameters: set[str], documents: set[str]) -> list[str]:
    """Everything wrong with what is registered; empty when the platform may start."""
    wrong: list[str] = []
    for declared in _procedures.values():
        wrong += check(declared, parameters=parameters, documents=documents)
        wrong += [
            f"{declared.code}.{act} is not implemented" for act in declared.act if (declared.code, act) not in _verbs
        ]
    wrong += [
        f"{code}.{act} lets anything be chosen as {place}: it declares no choices"
        for (code, act), verb in _verbs.items()
        if verb.choices is None
        for place in choosing.places(verb.given)
    ]
    known = {(declared.code, act) for declared in _procedures.values() for act in declared.act}
    wrong += [f"{code}.{act} implements an act that is not declared" for code, act in _verbs.keys() - known]
    return wrong
