"""Compile a program with the best records there are. Never measures."""

import contextlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mlopt.core.candidate import Schedule, Trace
from mlopt.core.errors import CompileError, RecordError
from mlopt.core.licence import Licence
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.program import Program
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice
from mlopt.core.target import Target
from mlopt.core.workload import Partition
from mlopt.driver.composing.recipes import Recipe, compose
from mlopt.driver.forms.bases import partition_with
from mlopt.driver.licences import is_usable
from mlopt.driver.programs import LoadedProgram, load_program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested
from mlopt.records import Database
from mlopt.targets.cpu_options import DEFAULT

_logger: Final = logging.getLogger("mlopt")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltProgram:
    """A flatbuffer and how it came about.

    Attributes:
        record: of tuning this very program, if there is one.
        choices: each workload with the record it was built from, or None.
        scripts: transform-dialect text by workload hash, of those that have one.
    """

    program: Program
    vmfb: bytes
    record: ProgramRecord | None
    choices: tuple[WorkloadChoice, ...]
    scripts: dict[str, str]


def build_from_records(
    ingested: Ingested,
    *,
    target: Target,
    db: str | None,
    licence: Licence | None = None,
    goal: Goal = FASTEST,
    workbench: Workbench | None = None,
) -> BuiltProgram:
    """Look up what earlier runs found, and compile with it.

    A database that is not there counts as empty; one that cannot be read is logged
    and counts as empty too, because a program must run without its tuning.

    Args:
        licence: what may be done to the numbers; records of it are used as far as
            they are as accurate as it demands.
        goal: records of tuning for it are used; where there are none, the kernels'
            own.
        workbench: warm workers of the same target; None starts some for this call.

    Raises:
        MloptError: the program cannot be lowered or compiled.
    """
    with contextlib.ExitStack() as stack:
        bench = workbench or stack.enter_context(Workbench(target))
        loaded = load_program(ingested, bench, licence, goal)
        try:
            with Database.open(db, create=False) as database:
                return _build(loaded, bench, database)
        except RecordError as error:
            if db is not None or Database.default_path().exists():
                _logger.warning("tuning records are not used: %s", error)
        return _build(loaded, bench, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What the records make of a program.

    Attributes:
        record, choices: as of `BuiltProgram`.
        recipe: how it was built, with the partition it was built on.
    """

    record: ProgramRecord | None
    choices: tuple[WorkloadChoice, ...]
    recipe: Recipe


def rebuild(
    loaded: LoadedProgram, workbench: Workbench, database: Database | None
) -> Rebuilt:
    """Compile a program as the best records say.

    Raises:
        CompileError: the compiler refuses it even without them.
    """
    target = workbench.target
    record = None
    if database is not None:
        record = database.program(loaded.key, target.key, target.compiler_version)
    if record is not None and not is_usable(record, loaded.licence, loaded.goal):
        record = None
    base = record.base_name if record is not None else DEFAULT
    chosen = () if record is None else [c.workload for c in record.chosen]
    partition = partition_with(loaded, workbench, base, chosen)
    choices = _choices(partition, record, database, workbench)
    recipe = _recipe(workbench, base, partition, _schedules(choices, record))
    return Rebuilt(record=record, choices=choices, recipe=recipe)


def _build(
    loaded: LoadedProgram, workbench: Workbench, database: Database | None
) -> BuiltProgram:
    rebuilt = rebuild(loaded, workbench, database)
    return BuiltProgram(
        program=loaded.program,
        vmfb=workbench.read(rebuilt.recipe.path),
        record=rebuilt.record,
        choices=rebuilt.choices,
        scripts={key: s.script for key, s in rebuilt.recipe.schedules.items()},
    )


def _recipe(
    workbench: Workbench,
    base: str,
    partition: Partition,
    schedules: Mapping[str, Schedule],
) -> Recipe:
    """With the schedules; without any where the compiler refuses one of them."""
    try:
        return compose(workbench, base, partition, schedules)
    except CompileError as error:
        if not schedules:
            raise
        _logger.warning("recorded schedules are not used: %s", error)
        return compose(workbench, base, partition, {})


def _choices(
    partition: Partition,
    record: ProgramRecord | None,
    database: Database | None,
    workbench: Workbench,
) -> tuple[WorkloadChoice, ...]:
    """For each workload the final record that speaks for its schedule.

    A program that was tuned as a whole uses exactly what was chosen for it: a
    workload whose winner made the whole slower stays with the compiler's choice.
    """
    chosen = None if record is None else {c.workload: c for c in record.chosen}
    choices = []
    for workload in partition.workloads:
        found = None
        if database is not None and (chosen is None or workload.hash in chosen):
            trace = None if chosen is None else chosen[workload.hash].trace
            found = _final_record(database, workbench, workload.hash, trace)
        choices.append(
            WorkloadChoice(workload=workload.hash, name=workload.name, record=found)
        )
    return tuple(choices)


def _final_record(
    database: Database, workbench: Workbench, workload: str, trace: Trace | None
) -> TuningRecord | None:
    """Of the schedule that a program settled on; the best there is where none did."""
    key = (workload, workbench.target.key, workbench.target.compiler_version)
    tried = database.trials(*key, workbench.spaces.keys) if trace is not None else ()
    confirmed = [r for r in tried if r.is_final and r.trace == trace]
    if confirmed:
        return confirmed[-1]
    return database.best(*key, workbench.spaces.keys)


def _schedules(
    choices: tuple[WorkloadChoice, ...], record: ProgramRecord | None
) -> dict[str, Schedule]:
    if record is not None:
        return {
            c.workload: Schedule(workload=c.workload, trace=c.trace, script=c.script)
            for c in record.chosen
        }
    return {
        c.workload: Schedule(
            workload=c.workload, trace=c.record.trace, script=c.record.script
        )
        for c in choices
        if c.record is not None
    }
