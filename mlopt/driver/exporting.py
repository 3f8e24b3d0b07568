"""Ship a schedule: files by which a stock `iree-compile` repeats what mlopt built."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mlopt.core.candidate import Schedule
from mlopt.core.decided import Decided
from mlopt.core.errors import InputError, MloptError
from mlopt.core.measurement import Interval
from mlopt.core.workload import Workload
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.jobs_api import JOBS, library_file
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.targets.cpu_options import compile_flags

SPEC: Final = "schedule.mlir"
DECISIONS: Final = "decisions.mlir"
FLAGS: Final = "flags.txt"
PROGRAM: Final = "program.mlirbc"
# With a spec IREE 3.13 deadlocks now and then (10 of 120 compilations of two kernels on
# two cores, none of 60 without threads); the code is the same.
_ONE_THREAD: Final = "--mlir-disable-threading"
_DESCRIBING: Final = "mlopt.driver.opt.scheduling.describing"


def export_schedule(
    loaded: LoadedProgram,
    workbench: Workbench,
    recipe: Recipe,
    folder: Path | None,
    *,
    decisions: str = "",
) -> None:
    """Write the spec, the libraries it refers to, the flags and the program.

    Run from inside the folder, because scripted schedules name their library files
    relative to it:
        iree-compile $(cat flags.txt) program.mlirbc -o program.vmfb

    Args:
        folder: None writes nothing.
        decisions: the same in the mlopt dialect, for `mlopt-opt`; "" where no
            schedule was chosen.

    Raises:
        InputError: the folder cannot be written.
    """
    if folder is None:
        return
    pairs = _pairs(recipe)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / PROGRAM).write_bytes(loaded.module(recipe.base))
        (folder / FLAGS).write_text(_flag_line(workbench, recipe), encoding="utf-8")
        (folder / SPEC).write_text(_spec(workbench, recipe, pairs), encoding="utf-8")
        if decisions:
            (folder / DECISIONS).write_text(decisions, encoding="utf-8")
        for _, schedule in pairs:
            name = library_file(schedule)
            if name is not None:
                (folder / name).write_text(schedule.script, encoding="utf-8")
    except OSError as error:
        raise InputError(
            f"the schedule cannot be written to {folder}: {error.strerror}"
        ) from error


def describe_decisions(
    workbench: Workbench,
    recipe: Recipe,
    speedups: Mapping[str, Interval],
    provenance: str,
) -> str:
    """The chosen schedules in the mlopt dialect; "" where none was chosen.

    Schedules of spaces that are not there any more (an earlier version's, a user's)
    are left out.
    """
    known = {template.name for template in workbench.spaces.templates}
    decided = [
        Decided(
            workload=workload,
            trace=schedule.trace,
            template=workbench.spaces.of(schedule.trace),
            speedup=speedups[workload.hash].value if workload.hash in speedups else 1.0,
            provenance=provenance,
        )
        for workload, schedule in _pairs(recipe)
        if schedule.trace.space in known
    ]
    if not decided:
        return ""
    return str(workbench.call(f"{_DESCRIBING}:describe", decided, workbench.target))


def _pairs(recipe: Recipe) -> list[tuple[Workload, Schedule]]:
    if recipe.partition is None:
        return []
    return [
        (w, recipe.schedules[w.hash])
        for w in recipe.partition.workloads
        if w.hash in recipe.schedules
    ]


def _spec(
    workbench: Workbench, recipe: Recipe, pairs: list[tuple[Workload, Schedule]]
) -> str:
    if not pairs or recipe.partition is None:
        # A valid module without sequences: the option set alone is the schedule.
        return "module attributes {transform.with_named_sequence} {\n}\n"
    text = workbench.call(
        f"{JOBS}:build_replay", recipe.partition.flow, _flags(workbench, recipe), pairs
    )
    if not isinstance(text, str):
        raise MloptError("the schedule could not be exported")
    return text


def _flag_line(workbench: Workbench, recipe: Recipe) -> str:
    flags = list(_flags(workbench, recipe))
    if recipe.schedules:
        flags += [f"--iree-codegen-tuning-spec-path={SPEC}", _ONE_THREAD]
    return shlex.join(flags) + "\n"


def _flags(workbench: Workbench, recipe: Recipe) -> tuple[str, ...]:
    return compile_flags(
        workbench.target.compile_flags,
        recipe.base,
        is_scheduled=bool(recipe.schedules),
    )
