"""What runs inside worker processes: stages wired together next to the compiler.

Every function takes and returns plain data. Imported by workers only, since it pulls
in the compiler.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from mlopt.compile import session
from mlopt.core.candidate import Schedule, Trace
from mlopt.core.errors import CompileError, ScheduleError
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Partition, Workload
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import facts_of
from mlopt.driver.jobs_api import Compiled, library_file
from mlopt.schedules import emit
from mlopt.schedules.replay import Match, replay_spec
from mlopt.workloads.partition import partition


def partition_program(
    module: bytes,
    flags: Sequence[str],
    extra_flags: Sequence[str],
    as_default: bool = False,
) -> Partition:
    """Compile a program to the flow phase and describe its kernels.

    Args:
        flags: the target's.
        extra_flags: of the option set, recorded in the partition.
        as_default: describe the kernels as if the option set were the default one,
            so that they are recognised there.
    """
    every = tuple(dict.fromkeys((*flags, *extra_flags)))
    flow = session.to_flow(module, every)
    return partition(flow, () if as_default else extra_flags)


def compile_program(module: bytes, flags: Sequence[str]) -> bytes:
    """Compile a whole program as the compiler alone would."""
    return session.compile_program(module, tuple(flags))


def compile_candidate(
    workload: Workload,
    trace: Trace,
    template: SpaceTemplate,
    target: Target,
    flags: Sequence[str],
) -> Compiled | Failure:
    """Emit a trace's schedule and compile the workload with it.

    A candidate that the emitter or the compiler refuses is a value, not an error.
    """
    try:
        schedule = emit_schedule(workload, trace, template, target)
        vmfb = compile_scheduled(workload.module, flags, _for_all(workload, schedule))
    except ScheduleError as error:
        return Failure(status=FailureStatus.ILLEGAL_SCHEDULE, detail=str(error))
    except CompileError as error:
        return Failure(
            status=FailureStatus.COMPILE_ERROR,
            detail=str(error),
            diagnostics=error.diagnostics,
        )
    return Compiled(schedule=schedule, vmfb=vmfb)


def emit_schedule(
    workload: Workload, trace: Trace, template: SpaceTemplate, target: Target
) -> Schedule:
    """Emit without compiling.

    Raises:
        ScheduleError: the space is not for this workload, or the trace not for it.
    """
    return emit.emit(workload, trace, plan_of(workload, template, target))


def plan_of(workload: Workload, template: SpaceTemplate, target: Target) -> Elaborated:
    """A space for a workload.

    Raises:
        ScheduleError: it is not for this workload.
    """
    plan = elaborate(template, facts_of(workload, target))
    if isinstance(plan, str):
        raise ScheduleError(f"space {template.name} is not for {workload.name}: {plan}")
    return plan


def compile_scheduled(
    flow: bytes | str, flags: Sequence[str], schedules: Mapping[str, Schedule]
) -> bytes:
    """Compile a flow-phase module with schedules on some of its executables.

    Args:
        schedules: by executable symbol.
    """
    scripts = {symbol: s.script for symbol, s in schedules.items() if s.script}
    with _library_folder(schedules.values()):
        return session.flow_to_vmfb(flow, tuple(flags), scripts)


def build_replay(
    flow: bytes | str,
    flags: Sequence[str],
    matches: Sequence[tuple[Workload, Schedule]],
) -> str:
    """The tuning spec by which a stock compiler repeats the schedules."""
    scripts = {w.executables[0]: s.script for w, s in matches if s.script}
    scheduled = session.to_configuration(flow, tuple(flags), scripts)
    return replay_spec(scheduled, [Match(workload=w, schedule=s) for w, s in matches])


def _for_all(workload: Workload, schedule: Schedule) -> dict[str, Schedule]:
    # The standalone module holds the first of the workload's executables only.
    return {workload.executables[0]: schedule} if schedule.script else {}


@contextlib.contextmanager
def _library_folder(schedules: Iterable[Schedule]) -> Iterator[None]:
    """Stand in a folder that holds the library files scripted schedules refer to.

    IREE opens them by their relative name during code generation.
    """
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="mlopt-") as folder:
        for schedule in schedules:
            name = library_file(schedule)
            if name is not None:
                Path(folder, name).write_text(schedule.script, encoding="utf-8")
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)
