"""One program, compiled in several ways, timed beside its peer in one process.

The parent's side: it builds the modules and hands them to a worker. Must not import
iree.
"""

from contextlib import closing
from dataclasses import dataclass
from typing import Final

from mlopt.bench.plan import ContestSpec, ContestTimes, TurnPlan
from mlopt.bench.programs import Case
from mlopt.core.errors import CompileError, MeasureError
from mlopt.core.measurement import Failure
from mlopt.core.target import Target
from mlopt.driver.bases import DEFAULT
from mlopt.driver.building import BuiltProgram, build_from_records
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested
from mlopt.isolation import Worker
from mlopt.targets.cpu_options import compile_flags

_JOB: Final = "mlopt.bench.jobs:time_contest"
_TIMEOUT_S: Final = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Where a contest is held: on what device, with how many threads."""

    device_uri: str
    num_threads: int


# The calling thread does all the work and nobody is woken: the kernels alone.
ONE_THREAD: Final = Course(device_uri="local-sync", num_threads=1)


def hold_contest(
    case: Case,
    ingested: Ingested,
    target: Target,
    db: str,
    plan: TurnPlan,
    *,
    course: Course | None = None,
) -> ContestTimes:
    """Time `default`, `stock-best`, `tuned` and the peer of a tuned program.

    Args:
        course: None is the target's device with all its cores.

    Raises:
        MloptError: a module cannot be built, or gives wrong results.
    """
    built = build_from_records(ingested, target=target, db=db, licence=case.licence)
    assert ingested.example_inputs is not None
    course = course or Course(
        device_uri=target.device_uri, num_threads=target.num_cores
    )
    modules = _modules(built, target)
    # Equal code is one program: timed twice, it would seem to differ.
    first = {vmfb: name for name, vmfb in reversed(modules.items())}
    spec = ContestSpec(
        source=case.source,
        modules={name: vmfb for vmfb, name in first.items()},
        entry=built.program.entry,
        inputs=ingested.example_inputs,
        peer=case.peer,
        reduction_length=case.reduction_length,
        constants=case.constants,
        accuracy=0.0 if case.licence is None else case.licence.accuracy,
        device_uri=course.device_uri,
        num_threads=course.num_threads,
        plan=plan,
    )
    environment = quiet_environment(course.num_threads)
    with closing(Worker(name="bench", env=environment)) as worker:
        times = worker.call(_JOB, spec, timeout_s=_TIMEOUT_S)
    assert isinstance(times, ContestTimes)
    return times.with_twins({name: first[vmfb] for name, vmfb in modules.items()})


def quiet_environment(num_threads: int) -> dict[str, str]:
    """JAX on the CPU, and as many BLAS threads as candidates have."""
    return {
        "JAX_PLATFORMS": "cpu",
        "OPENBLAS_NUM_THREADS": str(num_threads),
        "OMP_NUM_THREADS": str(num_threads),
    }


def _modules(built: BuiltProgram, target: Target) -> dict[str, bytes]:
    """The option sets as the compiler makes them, and what mlopt made."""
    record = built.record
    if record is None:
        raise MeasureError(f"{built.program.name} has no record to compare with")
    sets = {"default": DEFAULT, "stock-best": record.stock_best_name}
    jobs = {
        name: (
            "compile_program",
            (built.program.module, compile_flags(target.compile_flags, base)),
        )
        for name, base in sets.items()
    }
    modules = {}
    with Workbench(target) as workbench:
        for name, path in workbench.compile_programs(jobs).items():
            if isinstance(path, Failure):
                raise CompileError(path.detail, diagnostics=path.diagnostics)
            modules[name] = workbench.read(path)
    if not built.scripts:
        # No schedule won: tuned may be one of these, and equal code is timed once.
        for name, base in sets.items():
            if base == record.base_name:
                return {**modules, "tuned": modules[name]}
    return {**modules, "tuned": built.vmfb}
