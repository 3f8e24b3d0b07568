"""Tune one program, from what the user has to what the user gets.

Wires the stages in order; every stage may be the last (`stop_after`).
"""

import dataclasses
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.candidate import Schedule
from mlopt.core.errors import MeasureError
from mlopt.core.measurement import Interval, Trial
from mlopt.core.record import ProgramRecord
from mlopt.core.report import ProgramResult
from mlopt.core.workload import DispatchTime, Partition
from mlopt.driver.baseline_specs import PROGRAM_KEY, input_sets, program_spec
from mlopt.driver.bases import (
    DEFAULT,
    Bases,
    choose_stock_best,
    compile_bases,
    partition_under,
    profile_program,
)
from mlopt.driver.composing import Recipe, best_recipe, compose
from mlopt.driver.confirming import confirm_all
from mlopt.driver.exporting import export_schedule
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.recording import Origin, trials_of
from mlopt.driver.results import Run, failure_notes, program_record, program_result
from mlopt.driver.searching import Search
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Comparison
from mlopt.records import Database
from mlopt.report.progress import Progress
from mlopt.search.space import SPACE_VERSION
from mlopt.targets.cpu import STOCK_OPTION_SETS
from mlopt.workloads.cost import reduction_length


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneOptions:
    """What one run may spend, and on what.

    Attributes:
        export_dir: where a replayable schedule goes; None writes none.
    """

    budget: Budget = defaults.BUDGET
    strategy: str = defaults.STRATEGY
    seed: int = defaults.SEED
    export_dir: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Prepared:
    """A program with its baselines measured once and its time profiled."""

    loaded: LoadedProgram
    bases: Bases
    stock_best: str
    partition: Partition
    times: Sequence[DispatchTime]
    inputs: Sequence[np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What a search, or the records of an earlier one, came to."""

    schedules: Mapping[str, Schedule]
    speedups: Mapping[str, Interval]
    trials: Mapping[str, Sequence[Trial]]
    num_trials: int
    notes: tuple[str, ...]


def tune_program(
    loaded: LoadedProgram,
    workbench: Workbench,
    database: Database,
    options: TuneOptions,
    progress: Progress,
) -> ProgramResult:
    """Search, confirm, compose, compare, record, export.

    An earlier run of the same program that spent at least this budget is not
    repeated: only the final comparison is measured.

    Raises:
        CompileError, MeasureError: the program cannot be compiled or run at all.
        KeyboardInterrupt: every finished trial is in the database.
    """
    start = time.monotonic()
    target = workbench.target
    origin = Origin(target=target, seed=options.seed, provenance="mlopt tune")
    known = database.program(loaded.program.digest, target.key, target.compiler_version)
    prepared = _prepare(loaded, workbench, options.seed, progress)
    if known is not None and _covers(known, options.budget):
        recipe, found = _from_record(prepared, workbench, database, known)
    else:
        known = None
        found = _search(prepared, workbench, database, origin, options, progress)
        progress.stage("compose")
        recipe = best_recipe(
            loaded,
            workbench,
            prepared.bases,
            prepared.stock_best,
            Recipe(
                base=DEFAULT,
                partition=prepared.partition,
                schedules={},
                path=prepared.bases.paths[DEFAULT],
            ),
            found.schedules,
            prepared.times,
            prepared.inputs,
        )
    progress.stage("final comparison")
    run = Run(
        name=loaded.program.name,
        program=loaded.program.digest,
        origin=origin,
        recipe=recipe,
        stock_best=prepared.stock_best,
        comparison=_final(prepared, recipe, workbench),
        memory=_memory(prepared, recipe, workbench, options.seed),
        workloads=prepared.partition.workloads,
        times=prepared.times,
        trials=found.trials,
        speedups=found.speedups,
        num_trials=found.num_trials,
        wall_s=time.monotonic() - start,
        notes=(*failure_notes(prepared.bases.failures), *found.notes),
    )
    result = program_result(run, _shown(options.export_dir))
    # Before the export, which may fail: what was measured is kept.
    database.append([_remembered(program_record(run, result), known)])
    export_schedule(loaded, workbench, recipe, options.export_dir)
    return result


def _shown(folder: Path | None) -> str | None:
    return None if folder is None else str(folder)


def _remembered(record: ProgramRecord, known: ProgramRecord | None) -> ProgramRecord:
    """A record that only confirms `known` keeps what the search itself took.

    Otherwise the next run would find too little time spent, and search again.
    """
    if known is None:
        return record
    return dataclasses.replace(record, trials=known.trials, wall_s=known.wall_s)


def _prepare(
    loaded: LoadedProgram, workbench: Workbench, seed: int, progress: Progress
) -> _Prepared:
    progress.stage("partition")
    partition = partition_under(loaded, workbench, DEFAULT)
    progress.stage("baselines")
    bases = compile_bases(loaded, workbench)
    length = max((reduction_length(w.ops) for w in partition.workloads), default=1)
    spec = program_spec(loaded, bases.paths[DEFAULT], workbench.target, length, seed)
    workbench.measurer.prepare(spec)
    stock_best, bases = choose_stock_best(bases, workbench)
    inputs = input_sets(loaded, seed)[0]
    times = profile_program(loaded, bases.paths[DEFAULT], partition, inputs, workbench)
    return _Prepared(
        loaded=loaded,
        bases=bases,
        stock_best=stock_best,
        partition=partition,
        times=times,
        inputs=inputs,
    )


def _search(
    prepared: _Prepared,
    workbench: Workbench,
    database: Database,
    origin: Origin,
    options: TuneOptions,
    progress: Progress,
) -> _Found:
    progress.stage("search")
    search = Search(
        workbench=workbench,
        database=database,
        progress=progress,
        origin=origin,
        strategy=options.strategy,
    )
    search.add(prepared.partition.workloads, prepared.times)
    search.run(options.budget)
    progress.stage("confirm")
    winners = confirm_all(search)
    trials = {key: tuple(s.trials) for key, s in search.subjects.items()}
    return _Found(
        schedules={key: w.schedule for key, w in winners.items()},
        speedups={key: w.speedup for key, w in winners.items()},
        trials=trials,
        num_trials=sum(len(t) for t in trials.values()),
        notes=tuple(search.notes),
    )


def _covers(known: ProgramRecord, budget: Budget) -> bool:
    """Whether an earlier run spent what this one may spend."""
    if known.base_name not in STOCK_OPTION_SETS:
        return False  # written by an mlopt with other option sets
    if budget.trials is None and budget.seconds is None:
        return False
    by_trials = budget.trials is None or known.trials >= budget.trials
    by_time = budget.seconds is None or known.wall_s >= budget.seconds
    if budget.trials is not None and budget.seconds is not None:
        return by_trials or by_time
    return by_trials and by_time


def _from_record(
    prepared: _Prepared,
    workbench: Workbench,
    database: Database,
    known: ProgramRecord,
) -> tuple[Recipe, _Found]:
    """Rebuild what an earlier run chose."""
    schedules = {
        c.workload: Schedule(workload=c.workload, trace=c.trace, script=c.script)
        for c in known.chosen
    }
    partition = prepared.partition
    if known.base_name != DEFAULT:
        partition = partition_under(prepared.loaded, workbench, known.base_name)
    recipe = compose(prepared.loaded, workbench, known.base_name, partition, schedules)
    speedups = {w.hash: w.speedup for w in known.workloads if w.speedup is not None}
    target = workbench.target
    trials = {
        w.hash: trials_of(
            database.trials(w.hash, target.key, target.compiler_version, SPACE_VERSION)
        )
        for w in prepared.partition.workloads
    }
    note = (
        f"found in the records of {known.created_at}: nothing was searched, "
        "only the final comparison was measured"
    )
    return recipe, _Found(
        schedules=schedules,
        speedups=speedups,
        trials=trials,
        num_trials=known.trials,
        notes=(note,),
    )


def _final(prepared: _Prepared, recipe: Recipe, workbench: Workbench) -> Comparison:
    named = _named_paths(prepared, recipe)
    # The same code under two names is one program: timing it twice would invent a
    # difference.
    distinct = {path: name for name, path in reversed(named.items())}
    comparison = workbench.measurer.compare_many(
        PROGRAM_KEY,
        {name: path for path, name in distinct.items()},
        defaults.FINAL_TURNS,
    )
    for name, failure in comparison.failures.items():
        raise MeasureError(
            f"the {name} program failed when it was compared: {failure.detail}"
        )
    return Comparison(
        latency_us={n: comparison.latency_us[distinct[p]] for n, p in named.items()},
        max_relative_error={
            n: comparison.max_relative_error[distinct[p]] for n, p in named.items()
        },
        failures={},
    )


def _named_paths(prepared: _Prepared, recipe: Recipe) -> dict[str, str]:
    return {
        "default": prepared.bases.paths[DEFAULT],
        "stock_best": prepared.bases.paths[prepared.stock_best],
        "tuned": recipe.path,
    }


def _memory(
    prepared: _Prepared, recipe: Recipe, workbench: Workbench, seed: int
) -> dict[str, int | None]:
    paths = _named_paths(prepared, recipe)
    return {
        name: workbench.measurer.peak_memory_bytes(PROGRAM_KEY, path)
        for name, path in paths.items()
    }
