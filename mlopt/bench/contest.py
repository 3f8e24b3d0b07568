"""One program, compiled in several ways, timed beside its rivals in turns.

The parent's side: it builds the modules, hands them to a worker, and says whose turn it
is. What is compiled from JAX shares one process; other frameworks have their own. Must
not import iree.
"""

import dataclasses
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Final

from mlopt.bench.alternation import pauses_for, sample_in_turns
from mlopt.bench.peers.inviting import Guests, Invitation, invite
from mlopt.bench.plan import ContestSpec, ContestTimes, Seated, TurnPlan
from mlopt.bench.programs import Case
from mlopt.bench.seats import RemoteContestant, SeatLost
from mlopt.core.errors import CompileError, MeasureError
from mlopt.core.measurement import Failure
from mlopt.core.target import Target
from mlopt.driver.building import BuiltProgram, build_from_records
from mlopt.driver.forms.bases import DEFAULT
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested
from mlopt.isolation import Worker
from mlopt.targets.cpu_options import compile_flags

_JOB: Final = "mlopt.bench.jobs:seat_contest"
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
    invitation: Invitation | None = None,
) -> ContestTimes:
    """Time `default`, `stock-best`, `tuned` and the peer of a tuned program.

    Args:
        course: None is the target's device with all its cores.
        invitation: to other frameworks, which then take turns too.

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
        has_guests=invitation is not None,
    )
    times = _held(spec, plan, invitation)
    return times.with_twins({name: first[vmfb] for name, vmfb in modules.items()})


def quiet_environment(num_threads: int) -> dict[str, str]:
    """JAX on the CPU, and as many BLAS threads as candidates have."""
    return {
        "JAX_PLATFORMS": "cpu",
        "OPENBLAS_NUM_THREADS": str(num_threads),
        "OMP_NUM_THREADS": str(num_threads),
    }


def _held(
    spec: ContestSpec, plan: TurnPlan, invitation: Invitation | None
) -> ContestTimes:
    """Everybody takes a seat, then turns; processes end with it."""
    environment = quiet_environment(spec.num_threads)
    with ExitStack() as stack:
        worker = stack.enter_context(closing(Worker(name="bench", env=environment)))
        seated = worker.call(_JOB, spec, timeout_s=_TIMEOUT_S)
        assert isinstance(seated, Seated)
        hosts = {n: RemoteContestant(name=n, worker=worker) for n in seated.names}
        guests = Guests()
        if invitation is not None and seated.material is not None:
            guests = invite(
                invitation,
                seated.material,
                reduction_length=spec.reduction_length,
                num_threads=spec.num_threads,
                env=environment,
                stack=stack,
            )
        times = take_turns(hosts, guests, plan)
    errors = {**seated.max_relative_error, **guests.max_relative_error}
    return dataclasses.replace(times, max_relative_error=errors)


def take_turns(
    hosts: Mapping[str, RemoteContestant], guests: Guests, plan: TurnPlan
) -> ContestTimes:
    """Everybody's samples; a guest whose process fails is left out, all else anew.

    Raises:
        SeatLost: a host's process failed.
    """
    while True:
        everybody = {**hosts, **guests.contestants}
        try:
            pauses_s = pauses_for(everybody, plan)
            latency_us = sample_in_turns(everybody, plan, pauses_s)
            is_rushed = any(pauses_s.values()) and not guests.contestants
            rushed_us = _rushed(everybody, plan) if is_rushed else {}
            break
        except SeatLost as lost:
            if lost.name not in guests.contestants:
                raise
            guests.lose(lost.name, lost.sentence)
    return ContestTimes(
        latency_us=latency_us,
        max_relative_error={},
        pauses_s=pauses_s,
        rushed_us=rushed_us,
        absent=guests.absent,
    )


def _rushed(
    contestants: Mapping[str, RemoteContestant], plan: TurnPlan
) -> dict[str, tuple[float, ...]]:
    few = dataclasses.replace(plan, num_turns=max(1, plan.num_turns // 2))
    return sample_in_turns(contestants, few, dict.fromkeys(contestants, 0.0))


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
