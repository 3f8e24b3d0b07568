"""What the tools, the decorator and scripts call: tune a source, run a source."""

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypedDict, Unpack

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.errors import InputError
from mlopt.core.explanation import ProgramExplanation
from mlopt.core.licence import Licence
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.report import ProgramResult
from mlopt.core.summary import RunSummary, Stage, StageSummary
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.driver.building import build_from_records
from mlopt.driver.explaining.program import explain_program
from mlopt.driver.programs import load_program
from mlopt.driver.running import run_built
from mlopt.driver.spaces import SpaceSource, source_of
from mlopt.driver.staging import summarize
from mlopt.driver.tuning import TuneOptions, tune_program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.files import ingest
from mlopt.frontend.ingest import Ingested
from mlopt.paths import make_folder
from mlopt.records import Database
from mlopt.report.progress import NullProgress, Progress
from mlopt.search.strategies import STRATEGIES
from mlopt.targets.registry import find_target


class TuneKeywords(TypedDict, total=False):
    """What `tune` and `tune_ingested` both take; `tune` says what each means."""

    budget: Budget | None
    strategy: str
    seed: int
    db: str | None
    space: SpaceTemplate | str | os.PathLike[str] | None
    licence: Licence | None
    goal: Goal
    export_dir: str | os.PathLike[str] | None
    on_schedule: Callable[[str], None] | None
    progress: Progress | None


def tune(
    source: str,
    *,
    target: str = "llvm-cpu",
    constants: Sequence[int | str] = (),
    **keywords: Unpack[TuneKeywords],
) -> ProgramResult:
    """Tune a source and say what was gained.

    Args:
        source: `file.py:name` or an .mlir, .mlirbc or jax.export file.
        constants: arguments whose example arrays become part of the program, by
            position or name.
        budget: what the search may spend; None is the default one.
        db: a path or a SQLAlchemy URL; None is the user's own database.
        space: a space written in Python, or a file of spaces in the mlopt dialect,
            which take the place of mlopt's own for their kinds of workload.
        licence: a narrower precision and the accuracy it must keep, and pruning; None
            changes the numbers by another order of summation at most.
        goal: what is minimised, and how much memory the program may take.
        on_schedule: is given the chosen schedules, in the mlopt dialect.

    Raises:
        MloptError: one sentence a user can act on.
        KeyboardInterrupt: every finished trial is in the database.
    """
    ingested = ingest(source, constants)
    return tune_ingested(ingested, target=find_target(target), **keywords)


def tune_ingested(
    ingested: Ingested,
    *,
    target: Target,
    budget: Budget | None = None,
    strategy: str = defaults.STRATEGY,
    seed: int = defaults.SEED,
    db: str | None = None,
    space: SpaceTemplate | str | os.PathLike[str] | None = None,
    licence: Licence | None = None,
    goal: Goal = FASTEST,
    export_dir: str | os.PathLike[str] | None = None,
    on_schedule: Callable[[str], None] | None = None,
    progress: Progress | None = None,
) -> ProgramResult:
    """Tune a program that has been read already; see `tune`."""
    if strategy not in STRATEGIES:
        raise InputError(
            f"there is no strategy called {strategy!r}; choose one of "
            f"{', '.join(sorted(STRATEGIES))}"
        )
    if export_dir is not None:
        make_folder(Path(export_dir))  # now, not after minutes of search
    options = TuneOptions(
        budget=budget or defaults.BUDGET,
        strategy=strategy,
        seed=seed,
        export_dir=_path(export_dir),
        on_schedule=on_schedule,
    )
    with (
        Database.open(db) as database,
        Workbench(target, _own(space)) as workbench,
    ):
        database.check_writable()
        workbench.start()
        loaded = load_program(ingested, workbench, licence, goal)
        return tune_program(
            loaded, workbench, database, options, progress or NullProgress()
        )


def preview(
    source: str,
    stage: Stage,
    *,
    target: str = "llvm-cpu",
    constants: Sequence[int | str] = (),
    space: SpaceTemplate | str | os.PathLike[str] | None = None,
) -> StageSummary:
    """Take a source through the first stages of `tune`, and leave no trace.

    Raises:
        MloptError: one sentence a user can act on.
    """
    ingested = ingest(source, constants)
    with Workbench(find_target(target), _own(space)) as workbench:
        return summarize(load_program(ingested, workbench), workbench, stage)


def run(
    source: str,
    *,
    target: str = "llvm-cpu",
    constants: Sequence[int | str] = (),
    licence: Licence | None = None,
    goal: Goal = FASTEST,
    db: str | None = None,
) -> RunSummary:
    """Compile a source with the records there are and call it; see `tune`.

    Raises:
        MloptError: one sentence a user can act on.
    """
    ingested = ingest(source, constants)
    found = find_target(target)
    start = time.monotonic()
    built = build_from_records(
        ingested, target=found, db=db, licence=licence, goal=goal
    )
    return run_built(ingested, built, found, compile_s=time.monotonic() - start)


def explain(
    source: str,
    *,
    target: str = "llvm-cpu",
    constants: Sequence[int | str] = (),
    licence: Licence | None = None,
    goal: Goal = FASTEST,
    db: str | None = None,
    progress: Progress | None = None,
) -> ProgramExplanation:
    """Build a source with the records there are, and without each of their decisions.

    All of these programs are timed in turns; see `tune` for the arguments.

    Raises:
        RecordError: the database cannot be read, or one that was named is not there.
        MloptError: one sentence a user can act on.
    """
    ingested = ingest(source, constants)
    found = find_target(target)
    progress = progress or NullProgress()
    with contextlib.ExitStack() as stack:
        database = None
        if db is not None or Database.default_path().exists():
            database = stack.enter_context(Database.open(db, create=False))
        workbench = stack.enter_context(Workbench(found))
        loaded = load_program(ingested, workbench, licence, goal)
        plain = None
        if constants:
            plain = load_program(ingest(source), workbench, licence, goal)
        return explain_program(
            loaded,
            workbench,
            database,
            progress,
            plain=plain,
            constants=", ".join(map(str, constants)),
        )


def _own(space: SpaceTemplate | str | os.PathLike[str] | None) -> SpaceSource | None:
    return None if space is None else source_of(space)


def _path(path: str | os.PathLike[str] | None) -> Path | None:
    return None if path is None else Path(path)
