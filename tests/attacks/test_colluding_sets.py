"""Who together could still bend a draw: the table of docs/explanation/draw.md, each line with its best strategy.

Twenty thousand draws a line over a short list; the winner's distribution is compared with the fair one by chi-square
(3 degrees of freedom, 16.3 at 0.001; the chance is a fixed sequence, so that a line passes or fails for good). A pulse is
here 48 bytes nobody of the set can foresee: that it is one is what tests/attacks/test_draw_steered.py shows.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from itertools import count

import pytest

from jianheng.kernel import draw, pulses, tickets
from tests.attacks.sealed import CHAIN, ROUND, announced, texts

DRAWS, LIMIT = 20_000, 16.3
LIST = [("A", 1), ("B", 1), ("C", 1), ("D", 1)]
WANTED = "D"
SAID = announced(texts())
TRIES = 8  # what a set that can try something tries; more makes an able one abler


def pulse_of(number: int) -> pulses.Pulse:
    return pulses.Pulse(ROUND, hashlib.sha384(b"pulse" + number.to_bytes(4, "big")).hexdigest())


def leaf_of(number: int, attempt: int = 0) -> bytes:
    """The leaf hash of an announcement; another text in it, another leaf."""
    return hashlib.sha256(b"leaf" + number.to_bytes(4, "big") + attempt.to_bytes(4, "big")).digest()


def order(number: int, leaf: bytes, pulse: pulses.Pulse, listed: list[tuple[str, int]] = LIST) -> list[str]:
    return tickets.order(draw.seed(leaf, CHAIN, pulse), f"draw-{number}", listed)


def fair(number: int) -> str:
    """Nobody does anything."""
    return order(number, leaf_of(number), pulse_of(number))[0]


def officer_both_sides_and_operator_choose_every_text(number: int) -> str:
    """They try texts, list salts and ids against every pulse known by then, and announce what would win."""
    known = pulse_of(DRAWS + number)  # the newest pulse before the announcement
    best = next((n for n in range(TRIES) if order(number, leaf_of(number, n), known)[0] == WANTED), 0)
    return order(number, leaf_of(number, best), pulse_of(number))[0]


def one_side_keeps_silent_or_writes_last(number: int) -> str:
    """Reads the other's text in a copy of the database and answers it; silence is a text like another."""
    known = pulse_of(DRAWS + number)
    silent = order(number, leaf_of(number, 0), known)[0] == WANTED
    return order(number, leaf_of(number, 0 if silent else 1), pulse_of(number))[0]


def carrier_of_the_pulse_brings_another(number: int) -> str:
    """Sees the result first; where it displeases, brings the next round's pulse in its place, or none for a week."""
    drawn = order(number, leaf_of(number), pulse_of(number))[0]
    if drawn == WANTED:
        return drawn
    try:
        other = pulses.Pulse(ROUND + 1, pulse_of(DRAWS + number).signature)
        return draw.ordered(SAID, leaf_of(number), other)[0]
    except pulses.PulseError:
        return order(number, leaf_of(number), pulse_of(number))[0]  # in the end anybody brings it


UNABLE = [
    officer_both_sides_and_operator_choose_every_text,
    one_side_keeps_silent_or_writes_last,
    carrier_of_the_pulse_brings_another,
]


def houses_of_the_beacon_and_whoever_announces(number: int) -> str:
    """A threshold of the beacon's operators knows the pulse beforehand: texts are tried against it."""
    return next(
        (WANTED for n in range(TRIES) if order(number, leaf_of(number, n), pulse_of(number))[0] == WANTED),
        fair(number),
    )


def log_keeper_without_witnesses_and_whoever_announces(number: int) -> str:
    """Signs a checkpoint after the pulse and writes an earlier time into it: texts are tried against the pulse."""
    return houses_of_the_beacon_and_whoever_announces(number)


def log_keeper_without_witnesses_holds_back_a_seal(number: int) -> str:
    """Shows the sealed announcement only when the pulse pleases; else it was never sealed, and is announced anew."""
    first = fair(number)
    return first if first == WANTED else order(number, leaf_of(number, 1), pulse_of(DRAWS + number))[0]


def two_persons_exclude_on_a_lawful_looking_ground(number: int) -> str:
    """Keep one rival off the list before the announcement, with a ground, evidence and notice: all shares grow alike."""
    return order(number, leaf_of(number), pulse_of(number), LIST[1:])[0]


ABLE = [
    houses_of_the_beacon_and_whoever_announces,
    log_keeper_without_witnesses_and_whoever_announces,
    log_keeper_without_witnesses_holds_back_a_seal,
    two_persons_exclude_on_a_lawful_looking_ground,
]


def chi_square(strategy: Callable[[int], str]) -> tuple[float, float]:
    """(distance from the fair distribution, share of the wanted winner)."""
    firsts = Counter(strategy(number) for number in range(DRAWS))
    due = DRAWS / len(LIST)
    return sum((firsts[name] - due) ** 2 / due for name, _ in LIST), firsts[WANTED] / DRAWS


@pytest.mark.parametrize("strategy", UNABLE, ids=lambda one: one.__name__)
def test_a_set_the_table_calls_unable_leaves_the_winner_s_distribution_as_it_was(
    strategy: Callable[[int], str],
) -> None:
    distance, share = chi_square(strategy)

    assert distance < LIMIT
    assert abs(share - 0.25) < 0.01


@pytest.mark.parametrize("strategy", ABLE, ids=lambda one: one.__name__)
def test_a_set_the_table_calls_able_is_able(strategy: Callable[[int], str]) -> None:
    """So the measure can tell: a strategy that works is seen."""
    distance, share = chi_square(strategy)

    assert distance > 100 * LIMIT / 10
    assert share > 0.3


def test_an_exclusion_moves_no_rank_of_the_others() -> None:
    """It widens every share alike and chooses nobody: among those left, the order is the one it was."""
    for number in range(500):
        whole = order(number, leaf_of(number), pulse_of(number))
        assert order(number, leaf_of(number), pulse_of(number), LIST[1:]) == [name for name in whole if name != "A"]


def test_the_old_way_would_have_been_seen_to_be_able() -> None:
    """Whoever wrote the last text knew all others and found the wanted winner in a handful of tries."""
    tries = [
        next(n for n in count() if order(number, leaf_of(number, n), pulse_of(0))[0] == WANTED)
        for number in range(500)
    ]

    assert sum(tries) / len(tries) < 5
