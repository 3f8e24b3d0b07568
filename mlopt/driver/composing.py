"""Put winners back into the whole program, and keep only what makes it faster."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import CompileError, MloptError
from mlopt.core.workload import DispatchTime, Partition
from mlopt.driver.bases import DEFAULT, Bases, partition_under, profile_program
from mlopt.driver.comparing import compare_programs
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import SCHEDULE_FLAGS, Workbench
from mlopt.targets.cpu import STOCK_OPTION_SETS

_logger: Final = logging.getLogger("mlopt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a program was built: an option set, and schedules by workload hash."""

    base: str
    partition: Partition | None
    schedules: Mapping[str, Schedule]
    path: str


def compose(
    loaded: LoadedProgram,
    workbench: Workbench,
    base: str,
    partition: Partition,
    schedules: Mapping[str, Schedule],
) -> Recipe:
    """Compile the program under an option set with schedules on its workloads.

    Schedules of workloads that the partition lacks are left out.

    Raises:
        CompileError: the compiler refuses the whole.
    """
    present = {w.hash: w for w in partition.workloads if w.hash in schedules}
    by_symbol = {
        symbol: schedules[key] for key, w in present.items() for symbol in w.executables
    }
    flags = (
        *workbench.target.compile_flags,
        *STOCK_OPTION_SETS[base],
        *(SCHEDULE_FLAGS if by_symbol else ()),
    )
    path = workbench.compile_program(
        "compile_scheduled", partition.flow, flags, by_symbol
    )
    return Recipe(
        base=base,
        partition=partition,
        schedules={key: schedules[key] for key in present},
        path=path,
    )


def best_recipe(
    loaded: LoadedProgram,
    workbench: Workbench,
    bases: Bases,
    stock_best: str,
    default: Recipe,
    schedules: Mapping[str, Schedule],
    times: Sequence[DispatchTime],
    inputs: Sequence[np.ndarray],
) -> Recipe:
    """The fastest whole: the winners on either base, or a base as it is.

    Args:
        default: the default option set without schedules, with its partition.
        times: in-situ profile of the default program.
        inputs: what to profile with.
    """
    variants = {DEFAULT: default}
    if stock_best != DEFAULT:
        variants["stock_best"] = Recipe(
            base=stock_best, partition=None, schedules={}, path=bases.paths[stock_best]
        )
    if schedules and default.partition is not None:
        try:
            tuned = _pruned(
                loaded, workbench, default.partition, schedules, times, inputs
            )
        except CompileError as error:
            # Each winner compiles alone; together they may still be refused.
            _logger.warning("the winners are left out: %s", error)
        else:
            variants["tuned"] = tuned
            if stock_best != DEFAULT:
                variants |= _on_stock_best(
                    loaded, workbench, stock_best, tuned.schedules
                )
    return variants[_fastest({n: r.path for n, r in variants.items()}, workbench)]


def _pruned(
    loaded: LoadedProgram,
    workbench: Workbench,
    partition: Partition,
    schedules: Mapping[str, Schedule],
    times: Sequence[DispatchTime],
    inputs: Sequence[np.ndarray],
) -> Recipe:
    """All winners, less those that are slower in place than they were alone."""
    recipe = compose(loaded, workbench, DEFAULT, partition, schedules)
    try:
        after = profile_program(loaded, recipe.path, partition, inputs, workbench)
    except MloptError:
        return recipe  # the final comparison still judges the whole
    latency = {t.workload: t.latency_us for t in after}
    slower = {
        t.workload
        for t in times
        if t.workload in recipe.schedules
        and latency.get(t.workload, 0.0) > t.latency_us
    }
    if not slower:
        return recipe
    kept = {key: s for key, s in schedules.items() if key not in slower}
    return compose(loaded, workbench, DEFAULT, partition, kept)


def _on_stock_best(
    loaded: LoadedProgram,
    workbench: Workbench,
    stock_best: str,
    schedules: Mapping[str, Schedule],
) -> dict[str, Recipe]:
    """The winners on the best stock option set, where it has the same workloads."""
    try:
        partition = partition_under(loaded, workbench, stock_best)
        if not any(w.hash in schedules for w in partition.workloads):
            return {}
        recipe = compose(loaded, workbench, stock_best, partition, schedules)
    except MloptError:
        return {}
    return {"tuned_on_stock_best": recipe}


def _fastest(paths: Mapping[str, str], workbench: Workbench) -> str:
    comparison = compare_programs(workbench, paths, defaults.CHOICE_TURNS)
    medians = {n: float(np.median(s)) for n, s in comparison.latency_us.items() if s}
    return min(medians, key=lambda name: medians[name])
