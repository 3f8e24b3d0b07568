"""Build the best program where its peak memory counts.

Schedules change no buffer: what a program takes is its option set's doing. So option
sets are judged by their memory first, and schedules go into those that qualify.
"""

from collections.abc import Mapping, Sequence
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
from mlopt.driver.forms.bases import partition_with
from mlopt.driver.forms.peaks import choose, peaks_of, qualifying
from mlopt.driver.forms.preparing import Prepared
from mlopt.measure.statistics import fastest_in_turns
from mlopt.targets.cpu_options import DATA_TILING

_SCHEDULED: Final = "tuned on "


def most_frugal_recipe(prepared: Prepared, schedules: Mapping[str, Schedule]) -> Recipe:
    """The best whole by a goal that concerns memory.

    Args:
        schedules: confirmed winners by workload hash.

    Raises:
        MemoryCapError: no program meets the cap.
        MeasureError: peak memory cannot be counted here.
    """
    loaded, workbench = prepared.loaded, prepared.workbench
    called = loaded.program.name
    bases = peaks_of(workbench, prepared.bases.paths)
    variants = {
        name: Recipe(
            base=name, partition=None, schedules={}, path=prepared.bases.paths[name]
        )
        for name in qualifying(loaded.goal, bases, called)
    }
    variants |= _scheduled(prepared, schedules, list(variants))
    contenders = {n: contender_of(r, loaded.licence) for n, r in variants.items()}
    comparison = compare_in_turns(
        workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
    )
    ranking = fastest_in_turns(comparison.latency_us)
    peaks = peaks_of(workbench, {name: variants[name].path for name in ranking})
    return variants[choose(loaded.goal, ranking, peaks, called)]


def _scheduled(
    prepared: Prepared, schedules: Mapping[str, Schedule], names: Sequence[str]
) -> dict[str, Recipe]:
    """The winners on each of these option sets that has kernels for them."""
    if not schedules:
        return {}
    compositions = {}
    for name in names:
        if name in DATA_TILING:
            continue
        partition = prepared.partition
        if name != prepared.base:
            partition = partition_with(
                prepared.loaded, prepared.workbench, name, schedules
            )
        one = Composition(base=name, partition=partition, schedules=schedules)
        if one.present:
            compositions[f"{_SCHEDULED}{name}"] = one
    built = compose_all(prepared.workbench, compositions)
    return {name: r for name, r in built.items() if isinstance(r, Recipe)}
