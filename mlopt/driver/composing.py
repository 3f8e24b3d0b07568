"""Put winners back into the whole program, and keep only what makes it faster."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import CompileError, MloptError
from mlopt.core.licence import Licence
from mlopt.core.measurement import Failure
from mlopt.core.workload import Partition
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.bases import partition_under
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.preparing import Prepared
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.measure.statistics import fastest_in_turns
from mlopt.targets.cpu_options import DEFAULT, allowed_error, compile_flags

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A program to be built: an option set, and schedules for its workloads.

    Attributes:
        partition: under that option set; schedules of workloads that it lacks are
            left out.
    """

    base: str
    partition: Partition
    schedules: Mapping[str, Schedule]

    @property
    def present(self) -> dict[str, Schedule]:
        """The schedules that the program has a workload for."""
        hashes = {workload.hash for workload in self.partition.workloads}
        return {key: s for key, s in self.schedules.items() if key in hashes}


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
    one = Composition(base=base, partition=partition, schedules=schedules)
    recipe = compose_all(workbench, {"program": one})["program"]
    if isinstance(recipe, Failure):
        raise CompileError(recipe.detail, diagnostics=recipe.diagnostics)
    return recipe


def compose_all(
    workbench: Workbench, compositions: Mapping[str, Composition]
) -> dict[str, Recipe | Failure]:
    """Compile programs with schedules in parallel; by name, or what went wrong."""
    jobs = {name: _job(workbench, each) for name, each in compositions.items()}
    paths = workbench.compile_programs(jobs)
    return {
        name: path
        if isinstance(path, Failure)
        else Recipe(
            base=compositions[name].base,
            partition=compositions[name].partition,
            schedules=compositions[name].present,
            path=path,
        )
        for name, path in paths.items()
    }


def _job(workbench: Workbench, composition: Composition) -> tuple[str, tuple]:
    schedules = composition.present
    by_symbol = {
        symbol: schedules[workload.hash]
        for workload in composition.partition.workloads
        if workload.hash in schedules
        for symbol in workload.executables
    }
    flags = compile_flags(
        workbench.target.compile_flags, composition.base, is_scheduled=bool(by_symbol)
    )
    return "compile_scheduled", (composition.partition.flow, flags, by_symbol)


def best_recipe(prepared: Prepared, schedules: Mapping[str, Schedule]) -> Recipe:
    """The fastest whole: the winners on either base, or an option set as it is.

    Args:
        schedules: confirmed winners by workload hash.
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
        variants |= _with_winners(prepared, schedules)
    return variants[_fastest(variants, prepared)]


def _with_winners(
    prepared: Prepared, schedules: Mapping[str, Schedule]
) -> dict[str, Recipe]:
    """The program with all winners, with those that win in place, and on stock-best."""
    base = prepared.base
    try:
        tuned = compose(prepared.workbench, base, prepared.partition, schedules)
        thinned = _thinned(prepared, tuned)
    except CompileError as error:
        # Each winner compiles alone; together they may still be refused.
        _logger.warning("the winners are left out: %s", error)
        return {}
    found = {"tuned": tuned} | ({"thinned": thinned} if thinned else {})
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


def contender_of(recipe: Recipe, licence: Licence | None) -> Contender:
    """A program for a comparison, judged as strictly as it was built."""
    return Contender(path=recipe.path, accuracy=allowed_error(recipe.base, licence))


def _fastest(variants: Mapping[str, Recipe], prepared: Prepared) -> str:
    licence = prepared.loaded.licence
    contenders = {n: contender_of(recipe, licence) for n, recipe in variants.items()}
    comparison = compare_in_turns(
        prepared.workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
    )
    return fastest_in_turns(comparison.latency_us)[0]
