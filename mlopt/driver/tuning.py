"""Tune one program, from what the user has to what the user gets.

Wires the stages in order: prepare, find, compose, compare, record, export.
"""

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.record import ProgramRecord
from mlopt.core.report import ProgramResult
from mlopt.driver.composing import best_recipe
from mlopt.driver.exporting import export_schedule
from mlopt.driver.final import compare, peak_memory
from mlopt.driver.finding import covers, find, recall
from mlopt.driver.preparing import prepare, prepare_known
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.recording import Origin
from mlopt.driver.results import Run, failure_notes, program_record, program_result
from mlopt.driver.searching import Search
from mlopt.driver.workbench import Workbench
from mlopt.records import Database
from mlopt.report.progress import Progress


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
    origin = Origin(
        target=target,
        seed=options.seed,
        provenance=f"mlopt tune of {loaded.program.name} ({loaded.program.digest})",
    )
    known = database.program(loaded.program.digest, target.key, target.compiler_version)
    prepared = None
    if known is not None and covers(known, options.budget):
        prepared = prepare_known(loaded, workbench, known, options.seed, progress)
    if known is not None and prepared is not None:
        recipe, found = recall(prepared, database, known)
    else:
        known = None
        prepared = prepare(loaded, workbench, options.seed, progress)
        search = Search(
            workbench=workbench,
            database=database,
            progress=progress,
            origin=origin,
            strategy=options.strategy,
        )
        found = find(prepared, search, options.budget)
        progress.stage("compose")
        recipe = best_recipe(prepared, found.schedules)
    progress.stage("final comparison")
    run = Run(
        name=loaded.program.name,
        program=loaded.program.digest,
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
