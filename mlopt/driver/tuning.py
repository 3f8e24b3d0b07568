"""Tune one program, from what the user has to what the user gets.

Wires the stages in order: prepare, find, compose, compare, record, export.
"""

import dataclasses
import functools
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.errors import CompileError
from mlopt.core.record import ProgramRecord
from mlopt.core.report import ProgramResult
from mlopt.driver.composing.best import best_recipe
from mlopt.driver.composing.final import compare, peak_memory
from mlopt.driver.composing.frugality import most_frugal_recipe
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.exporting import describe_decisions, export_schedule
from mlopt.driver.forms.preparing import Prepared, prepare, prepare_known
from mlopt.driver.licences import is_usable, licence_notes, used_licence
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.recording import Origin
from mlopt.driver.results import Run, failure_notes, program_record, program_result
from mlopt.driver.searching.confirming import confirm_settled
from mlopt.driver.searching.finding import Found, covers, find, has_trials, recall
from mlopt.driver.searching.search import Search
from mlopt.driver.workbench import Workbench
from mlopt.frontend.finiteness import refuse_non_finite_examples
from mlopt.records import Database
from mlopt.report.progress import Progress

_logger: Final = logging.getLogger("mlopt")
# Valid IR all the same.
_NOTHING_CHOSEN: Final = "// No schedule was chosen: the compiler's own choice stays.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneOptions:
    """What one run may spend, and on what.

    Attributes:
        export_dir: where a replayable schedule goes; None writes none.
        on_schedule: is given the chosen schedules in the mlopt dialect.
    """

    budget: Budget = defaults.BUDGET
    strategy: str = defaults.STRATEGY
    seed: int = defaults.SEED
    export_dir: Path | None = None
    on_schedule: Callable[[str], None] | None = None


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
        InputError: there is a licence, and an example that it cannot be judged by.
        CompileError, MeasureError: the program cannot be compiled or run at all.
        AccuracyError: what the licence allows is not as accurate as it demands.
        MemoryCapError: no program takes as little memory as was asked for.
        KeyboardInterrupt: every finished trial is in the database.
    """
    start = time.monotonic()
    if loaded.licence is not None:
        refuse_non_finite_examples(loaded.ingested)
    target = workbench.target
    origin = Origin(
        target=target,
        spaces=workbench.spaces,
        seed=options.seed,
        provenance=f"mlopt tune of {loaded.program.name} ({loaded.key})",
    )
    known = database.program(loaded.key, target.key, target.compiler_version)
    recalled = None
    # A user's own spaces are to be searched, whatever others have found.
    is_known = (
        known is not None
        and not workbench.has_own_spaces
        and is_usable(known, loaded.licence, loaded.goal)
    )
    if known is not None and is_known and covers(known, options.budget):
        recalled = _recalled(
            loaded, workbench, database, known, seed=options.seed, progress=progress
        )
    if recalled is not None:
        prepared, recipe, found = recalled
    else:
        known = None
        was_begun = None
        if database.count():
            was_begun = functools.partial(has_trials, database, origin)
        prepared = prepare(loaded, workbench, options.seed, progress, was_begun)
        search = Search(
            workbench=workbench,
            database=database,
            progress=progress,
            origin=origin,
            strategy=options.strategy,
        )
        found = find(prepared, search, options.budget)
        progress.stage("compose")
        if loaded.goal.concerns_memory:
            recipe = most_frugal_recipe(prepared, found.schedules)
        else:
            recipe = best_recipe(prepared, found.schedules, found.rivals)
        settled = confirm_settled(search, found.rivals, recipe.schedules)
        speedups = {**found.speedups, **settled}
        found = dataclasses.replace(found, speedups=speedups)
    progress.stage("final comparison")
    run = Run(
        name=loaded.program.name,
        program=loaded.key,
        origin=origin,
        recipe=recipe,
        stock_best=prepared.stock_best,
        comparison=compare(prepared, recipe),
        memory=peak_memory(prepared, recipe),
        workloads=prepared.partition.workloads,
        times=prepared.times,
        trials=found.trials,
        speedups=found.speedups,
        num_trials=found.num_trials,
        wall_s=time.monotonic() - start,
        notes=(
            *failure_notes(prepared.bases.failures),
            *licence_notes(loaded),
            *found.notes,
        ),
        licence=used_licence(recipe.base, loaded.licence),
        goal=loaded.goal,
        space_versions=found.space_versions,
    )
    result = program_result(run, _shown(options.export_dir))
    # Before the export, which may fail: what was measured is kept.
    database.append([_remembered(program_record(run, result), known)])
    if options.export_dir is not None or options.on_schedule is not None:
        provenance = f"{origin.provenance}, seed {options.seed}"
        text = describe_decisions(workbench, recipe, found.speedups, provenance)
        if options.on_schedule is not None:
            options.on_schedule(text or _NOTHING_CHOSEN)
        export_schedule(loaded, workbench, recipe, options.export_dir, decisions=text)
    return result


def _recalled(
    loaded: LoadedProgram,
    workbench: Workbench,
    database: Database,
    known: ProgramRecord,
    *,
    seed: int,
    progress: Progress,
) -> tuple[Prepared, Recipe, Found] | None:
    """What an earlier run found; None where that does not compile now."""
    prepared = prepare_known(loaded, workbench, known, seed, progress)
    if prepared is None:
        return None
    try:
        return prepared, *recall(prepared, database, known)
    except CompileError as error:
        _logger.warning("what was recorded does not compile, searching anew: %s", error)
        return None


def _shown(folder: Path | None) -> str | None:
    return None if folder is None else str(folder)


def _remembered(record: ProgramRecord, known: ProgramRecord | None) -> ProgramRecord:
    """A record that only confirms `known` keeps what the search itself took.

    Otherwise the next run would find too little time spent, and search again.
    """
    if known is None:
        return record
    return dataclasses.replace(record, trials=known.trials, wall_s=known.wall_s)
