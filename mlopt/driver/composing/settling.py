"""Settle schedules in their program: what is fastest alone need not be so in place.

Alone, a kernel finds its operands in the caches and every thread awake. In a program
other kernels ran before it, and how it is cut into workgroups decides how soon all
threads are at work. So a winner's rivals, which are cut otherwise, take its place in
the program, one at a time, and the whole is timed in turns.
"""

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing.recipes import (
    Composition,
    Recipe,
    compose_all,
    contender_of,
)
from mlopt.driver.forms.preparing import Prepared
from mlopt.measure.statistics import fastest_in_turns, quiet_ratio

# A kernel with less of the time than this gains nothing that turns could show.
_MIN_SHARE: Final = 0.03
_TUNED: Final = "tuned"
_THINNED: Final = "thinned"


def settle(
    prepared: Prepared,
    tuned: Recipe,
    thinned: Recipe | None,
    rivals: Mapping[str, Sequence[Schedule]],
) -> Recipe | None:
    """The program with every rival that makes it faster; None where none does.

    What is gained one at a time is only proposed: the whole has to be compared with
    `tuned` again.

    Args:
        tuned: with all winners; thinned: with some of them.
        rivals: by workload hash, the best first.
    """
    swapped = _swapped(prepared, tuned, rivals)
    if not swapped:
        return None
    recipes = {_TUNED: tuned} | ({_THINNED: thinned} if thinned else {})
    recipes |= {name: recipe for name, (_, recipe) in swapped.items()}
    licence = prepared.loaded.licence
    comparison = compare_in_turns(
        prepared.workbench,
        PROGRAM_KEY,
        {name: contender_of(recipe, licence) for name, recipe in recipes.items()},
        defaults.CHOICE_TURNS,
    )
    samples = comparison.latency_us
    if _TUNED not in samples:
        return None
    chosen: dict[str, Schedule] = {}
    for name in fastest_in_turns(samples):
        if name not in swapped:
            continue
        schedule, _ = swapped[name]
        if quiet_ratio(samples[_TUNED], samples[name]) >= defaults.MIN_GAIN:
            chosen.setdefault(schedule.workload, schedule)
    if not chosen:
        return None
    start = next(n for n in fastest_in_turns(samples) if n in (_TUNED, _THINNED))
    return _with(prepared, recipes[start], chosen)


def _swapped(
    prepared: Prepared, tuned: Recipe, rivals: Mapping[str, Sequence[Schedule]]
) -> dict[str, tuple[Schedule, Recipe]]:
    """Programs with one rival each, as many as there is time for, by a name."""
    workbench = prepared.workbench
    swaps = itertools.islice(_swaps(prepared, tuned, rivals), _most_swaps(prepared))
    found = {}
    deadline = time.monotonic() + defaults.SETTLE_S
    for batch in _batches(swaps, workbench.target.num_cores):
        built = compose_all(
            workbench,
            {name: _composition(tuned, [swap]) for name, swap in batch.items()},
        )
        for name, recipe in built.items():
            if isinstance(recipe, Recipe):
                found[name] = (batch[name], recipe)
        if time.monotonic() > deadline:
            break
    return found


def _swaps(
    prepared: Prepared, tuned: Recipe, rivals: Mapping[str, Sequence[Schedule]]
) -> Iterator[Schedule]:
    """The best rival of each kernel, then the second; the largest kernels first."""
    keys = [
        each.workload
        for each in sorted(prepared.times, key=lambda each: -each.share)
        if each.share >= _MIN_SHARE and each.workload in tuned.schedules
    ]
    columns = itertools.zip_longest(*(rivals.get(key, ()) for key in keys))
    return (rival for column in columns for rival in column if rival is not None)


def _most_swaps(prepared: Prepared) -> int:
    """How many of them can be timed: turns of a long program take long."""
    latency_us = sum(each.latency_us * each.num_calls for each in prepared.times)
    turns_s = defaults.CHOICE_TURNS * latency_us * 1e-6
    affordable = int(defaults.SETTLE_S / turns_s) if turns_s else defaults.MOST_SWAPS
    return min(defaults.MOST_SWAPS, affordable)


def _batches(swaps: Iterable[Schedule], size: int) -> Iterator[dict[str, Schedule]]:
    numbered = ((f"swap {i}", swap) for i, swap in enumerate(swaps))
    while batch := dict(itertools.islice(numbered, size)):
        yield batch


def _composition(start: Recipe, swaps: Iterable[Schedule]) -> Composition:
    assert start.partition is not None
    schedules = {**start.schedules, **{swap.workload: swap for swap in swaps}}
    return Composition(base=start.base, partition=start.partition, schedules=schedules)


def _with(
    prepared: Prepared, start: Recipe, chosen: Mapping[str, Schedule]
) -> Recipe | None:
    composition = _composition(start, chosen.values())
    recipe = compose_all(prepared.workbench, {"settled": composition})["settled"]
    return recipe if isinstance(recipe, Recipe) else None
