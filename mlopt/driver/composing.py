"""Put winners back into the whole program, and keep only what makes it faster."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import CompileError, MloptError
from mlopt.core.workload import Partition
from mlopt.driver.bases import DEFAULT, partition_under
from mlopt.driver.comparing import compare_programs
from mlopt.driver.preparing import Prepared
from mlopt.driver.workbench import SCHEDULE_FLAGS, Workbench
from mlopt.targets.cpu import STOCK_OPTION_SETS

_logger: Final = logging.getLogger("mlopt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a program was built: an option set, and schedules by workload hash.

    Attributes:
        partition: under that option set; None when nothing was scheduled on it.
        path: the flatbuffer.
    """

    base: str
    partition: Partition | None
    schedules: Mapping[str, Schedule]
    path: str


def compose(
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


def best_recipe(prepared: Prepared, schedules: Mapping[str, Schedule]) -> Recipe:
    """The fastest whole: the winners on either base, or a base as it is.

    Args:
        schedules: confirmed winners by workload hash.
    """
    default = Recipe(
        base=DEFAULT,
        partition=prepared.partition,
        schedules={},
        path=prepared.default_path,
    )
    variants = {DEFAULT: default}
    if prepared.stock_best != DEFAULT:
        variants["stock_best"] = Recipe(
            base=prepared.stock_best,
            partition=None,
            schedules={},
            path=prepared.stock_best_path,
        )
    if schedules:
        variants |= _with_winners(prepared, schedules)
    paths = {name: recipe.path for name, recipe in variants.items()}
    return variants[_fastest(paths, prepared.workbench)]


def _with_winners(
    prepared: Prepared, schedules: Mapping[str, Schedule]
) -> dict[str, Recipe]:
    try:
        tuned = _pruned(prepared, schedules)
    except CompileError as error:
        # Each winner compiles alone; together they may still be refused.
        _logger.warning("the winners are left out: %s", error)
        return {}
    if prepared.stock_best == DEFAULT:
        return {"tuned": tuned}
    return {"tuned": tuned, **_on_stock_best(prepared, tuned.schedules)}


def _pruned(prepared: Prepared, schedules: Mapping[str, Schedule]) -> Recipe:
    """All winners, less those that are slower in place than they were alone."""
    partition = prepared.partition
    recipe = compose(prepared.workbench, DEFAULT, partition, schedules)
    try:
        after = prepared.profile(recipe.path, partition)
    except MloptError:
        return recipe  # the final comparison still judges the whole
    latency = {t.workload: t.latency_us for t in after}
    slower = {
        t.workload
        for t in prepared.times
        if t.workload in recipe.schedules
        and latency.get(t.workload, 0.0) > t.latency_us
    }
    if not slower:
        return recipe
    kept = {key: s for key, s in schedules.items() if key not in slower}
    return compose(prepared.workbench, DEFAULT, partition, kept)


def _on_stock_best(
    prepared: Prepared, schedules: Mapping[str, Schedule]
) -> dict[str, Recipe]:
    """The winners on the best stock option set, where it has the same workloads."""
    workbench = prepared.workbench
    try:
        partition = partition_under(prepared.loaded, workbench, prepared.stock_best)
        if not any(w.hash in schedules for w in partition.workloads):
            return {}
        recipe = compose(workbench, prepared.stock_best, partition, schedules)
    except MloptError:
        return {}
    return {"tuned_on_stock_best": recipe}


def _fastest(paths: Mapping[str, str], workbench: Workbench) -> str:
    comparison = compare_programs(workbench, paths, defaults.CHOICE_TURNS)
    medians = {n: float(np.median(s)) for n, s in comparison.latency_us.items() if s}
    return min(medians, key=lambda name: medians[name])
