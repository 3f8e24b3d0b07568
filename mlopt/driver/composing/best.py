"""Put winners back into the whole program, and keep only what makes it faster."""

import logging
from collections.abc import Mapping, Sequence
from typing import Final

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import CompileError, MloptError
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing.recipes import Recipe, compose, contender_of
from mlopt.driver.composing.settling import settle
from mlopt.driver.forms.bases import partition_under
from mlopt.driver.forms.preparing import Prepared
from mlopt.measure.statistics import fastest_in_turns
from mlopt.targets.cpu_options import DEFAULT

_logger: Final = logging.getLogger("mlopt")


def best_recipe(
    prepared: Prepared,
    schedules: Mapping[str, Schedule],
    rivals: Mapping[str, Sequence[Schedule]],
) -> Recipe:
    """The fastest whole: the winners on either base, or an option set as it is.

    Args:
        schedules: confirmed winners by workload hash.
        rivals: what may take their places in the program.
    """
    variants = {
        base: Recipe(
            base=base,
            partition=prepared.partition if base == prepared.base else None,
            schedules={},
            path=prepared.bases.paths[base],
        )
        for base in (DEFAULT, prepared.base, prepared.stock_best, prepared.fastest)
    }
    if schedules:
        variants |= _with_winners(prepared, schedules, rivals)
    return variants[_fastest(variants, prepared)]


def _with_winners(
    prepared: Prepared,
    schedules: Mapping[str, Schedule],
    rivals: Mapping[str, Sequence[Schedule]],
) -> dict[str, Recipe]:
    """The program with all winners, with what wins in place, and on stock-best."""
    base = prepared.base
    try:
        tuned = compose(prepared.workbench, base, prepared.partition, schedules)
        thinned = _thinned(prepared, tuned)
    except CompileError as error:
        # Each winner compiles alone; together they may still be refused.
        _logger.warning("the winners are left out: %s", error)
        return {}
    settled = settle(prepared, tuned, thinned, rivals)
    found = {"tuned": tuned, "thinned": thinned, "settled": settled}
    found = {name: recipe for name, recipe in found.items() if recipe is not None}
    if prepared.stock_best == base or base != DEFAULT:
        return found
    return {**found, **_on_stock_best(prepared, tuned.schedules)}


def _thinned(prepared: Prepared, tuned: Recipe) -> Recipe | None:
    """Less the winners that look slower in place than the compiler's own choice.

    None when all look faster. A profile is short and without turns, so it only
    proposes; turns of the whole decide.
    """
    try:
        after = prepared.profile(tuned.path, prepared.partition)
    except MloptError:
        return None  # the comparison still judges the whole
    latency = {t.workload: t.latency_us for t in after}
    slower = {
        t.workload
        for t in prepared.times
        if t.workload in tuned.schedules and latency.get(t.workload, 0.0) > t.latency_us
    }
    if not slower:
        return None
    kept = {key: s for key, s in tuned.schedules.items() if key not in slower}
    return compose(prepared.workbench, prepared.base, prepared.partition, kept)


def _on_stock_best(
    prepared: Prepared, schedules: Mapping[str, Schedule]
) -> dict[str, Recipe]:
    """The winners on the best stock option set, where it has the same workloads."""
    workbench = prepared.workbench
    try:
        partition = partition_under(
            prepared.loaded, workbench, prepared.stock_best, as_default=True
        )
        if not any(w.hash in schedules for w in partition.workloads):
            return {}
        recipe = compose(workbench, prepared.stock_best, partition, schedules)
    except MloptError:
        return {}
    return {"tuned_on_stock_best": recipe}


def _fastest(variants: Mapping[str, Recipe], prepared: Prepared) -> str:
    licence = prepared.loaded.licence
    contenders = {n: contender_of(recipe, licence) for n, recipe in variants.items()}
    comparison = compare_in_turns(
        prepared.workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
    )
    return fastest_in_turns(comparison.latency_us)[0]
