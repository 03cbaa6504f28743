"""What architecture promises, beside what was measured; told, not judged: the numbers belong to a machine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jianheng.config.bench.reading import OVERSIGHT

BUSY = 100_000  # matters, at which whoever oversees still reads every page at once


def beside(taken: Mapping[str, Any]) -> dict[str, Any]:
    """By promise: what was measured, the budget, and whether it was met."""
    told = [*_growing(taken["sizes"]), *_pages(taken["sizes"]), *_rates(taken), *_made(taken)]
    return {
        name: {
            "measured": measured,
            "budget": f"{'≥' if least else '≤'} {budget:g}",
            "met": measured >= budget if least else measured <= budget,
        }
        for name, measured, budget, least in told
    }


Promise = tuple[str, float, float, bool]  # what, measured, the budget, whether more is better


def _growing(sizes: Mapping[str, Any]) -> Iterator[Promise]:
    """How much slower the same becomes from the fewest matters to the most."""
    fewest, *_, most = [*sizes, *sizes]
    for question, told in sizes[most]["beside the fewest (ms)"].items():
        budget = 1.2 if question == "act" else 1.5
        yield f"{question} at {most} matters, times {fewest}", told["ratio"], budget, False
    after = sizes[most]["reading (ms)"]
    others = _times(after["work list"], after["work list of another court"])
    yield "work list of who holds a tenth, times another's", others, 1.5, False


def _times(ours: Mapping[str, float], other: Mapping[str, float]) -> float:
    return round(ours["ours"] / other["ours"], 2)


def _pages(sizes: Mapping[str, Any]) -> Iterator[Promise]:
    """Queries of the page opened every morning; times of the pages of whoever oversees."""
    lists = [one["reading (ms)"]["page: work list"]["statements"] for one in sizes.values()]
    yield "queries of a work list page", max(lists), 6, False
    busy = min((size for size in map(int, sizes) if size >= BUSY), default=max(map(int, sizes)))
    for name in OVERSIGHT:
        yield (
            f"page: {name} at {busy} matters (ms)",
            sizes[str(busy)]["reading (ms)"][f"page: {name}"]["ours"],
            300,
            False,
        )


def _rates(taken: Mapping[str, Any]) -> Iterator[Promise]:
    """Shares of what the floors reach."""
    for clients, told in taken["acts"]["per_second_by_clients"].items():
        yield f"acts in process, {clients} clients, share of the floor", told["ratio"], 0.7, True
    yield "the log's part of an act", taken["log's part of an act (ms)"]["share"], 0.05, False
    yield "acts over HTTP, share of the floor", taken["http"]["ratio"], 0.6, True
    yield "statements of the kernel in an act", taken["acts"]["statements_of_the_kernel"], 5, False
    yield "statements of an act", taken["acts"]["statements"], 10, False


def _made(taken: Mapping[str, Any]) -> Iterator[Promise]:
    papers = taken["making"]["papers, typeset and signed"]
    yield "a paper of five pages (ms)", papers["the opinion, five pages and more (ms)"]["ours"], 500, False
    yield "disk (GB)", taken["peak"]["disk_gb"], 20, False
    yield "memory (GB)", taken["peak"]["memory_gb"], 8, False
