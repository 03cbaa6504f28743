"""Puts a run together: the province, its people's habits, the days."""

from __future__ import annotations

from collections.abc import Callable

from jianheng.config.simulation import court, institution, party
from jianheng.config.simulation.hours import Hours
from jianheng.config.simulation.parameters import Parameters
from jianheng.config.simulation.province import Generator, Population
from jianheng.config.simulation.world import Behaviour, VirtualTime, World
from jianheng.services.lawbook import api as lawbook

BEHAVIOURS: dict[tuple[str, str], Behaviour] = {**court.BEHAVIOURS, **institution.BEHAVIOURS, **party.BEHAVIOURS}


def hours_of(parameters: Parameters, days: int) -> Hours:
    """The days of a run; refuses a run into a year whose working days are not known."""
    return Hours(lawbook.calendar(), first=parameters.start_on, days=days)


def populate(parameters: Parameters, *, days: int, seed: int) -> Population:
    """Make the province of a run."""
    hours = hours_of(parameters, days)
    return Generator(parameters, seed=seed, since=parameters.start_on).run(hours)


def play(
    population: Population,
    parameters: Parameters,
    *,
    days: int,
    seed: int,
    told: Callable[[int], None] = lambda day: None,
    driver: type[VirtualTime] = VirtualTime,
) -> World:
    """Play some days in a province just made, in process or by another ``driver``; the world afterwards."""
    world = World(
        population,
        parameters,
        hours_of(parameters, days),
        seed=seed,
        behaviours=BEHAVIOURS,
        requests=court.raise_request,
        driver=driver,
    )
    world.run(days, told=told)
    return world
