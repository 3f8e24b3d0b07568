"""The records: lines of experience, append-only, of a workload or of a program."""

from dataclasses import dataclass

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.objective import FASTEST
from mlopt.core.report import Verdict, WorkloadResult


@dataclass(frozen=True, slots=True, kw_only=True)
class TuningRecord:
    """What was tried on a workload and what it gave.

    Key: workload, target, compiler_version, space_version.

    Attributes:
        workload: structural hash; `kind` its WorkloadKind value.
        trace: the decisions; empty for the compiler's own choice.
        script: the schedule as transform-dialect text, replayable without mlopt.
        status: None when it ran correctly.
        detail: one sentence when it did not.
        latency_us, baseline_us: interleaved samples; empty on failure.
        speedup, speedup_low, speedup_high: with 95% interval; None on failure.
        is_final: True when re-measured from scratch against candidate 0 as a winner.
        seed: of the search; created_at: UTC, ISO 8601.
        provenance: free sentence: who or what produced it.
    """

    workload: str
    kind: str
    target: str
    compiler_version: str
    space_version: str
    mlopt_version: str
    trace: Trace
    script: str
    status: FailureStatus | None
    detail: str
    latency_us: tuple[float, ...]
    baseline_us: tuple[float, ...]
    speedup: float | None
    speedup_low: float | None
    speedup_high: float | None
    max_relative_error: float | None
    peak_memory_bytes: int | None
    peak_rss_bytes: int | None
    is_final: bool
    seed: int
    created_at: str
    provenance: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenSchedule:
    """What one workload of a program runs with, replayable without searching.

    Attributes:
        workload: structural hash.
        executables: its flow.executable symbols in the partition that the program
            record's `base_flags` give.
        space_version: of the space the trace was drawn from.
        script: the schedule as transform-dialect text; never empty.
    """

    workload: str
    executables: tuple[str, ...]
    space_version: str
    trace: Trace
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRecord:
    """What tuning a whole program ended in, enough to rebuild and to explain it.

    Key: program, target, compiler_version; the newest one counts.

    Attributes:
        program: `Program.digest`; `name` is for people.
        target: `Target.key`.
        base_name, base_flags: the option set everything was composed on.
        stock_best_name: the option set that was the best of the compiler's own.
        chosen: one for each workload that left candidate 0; empty is a result too.
        workloads: what the report said of each, in its order.
        default_us, stock_best_us, tuned_us: interleaved samples of one call.
        speedup_default, speedup_stock_best: of tuned over that baseline.
        objective: what it was tuned for, the `Goal` in words.
        trials: spent on the search; wall_s: what it took.
        seed: of the search; created_at: UTC, ISO 8601.
        provenance: free sentence: who or what produced it.
    """

    program: str
    name: str
    target: str
    compiler_version: str
    mlopt_version: str
    base_name: str
    base_flags: tuple[str, ...]
    stock_best_name: str
    chosen: tuple[ChosenSchedule, ...]
    workloads: tuple[WorkloadResult, ...]
    default_us: tuple[float, ...]
    stock_best_us: tuple[float, ...]
    tuned_us: tuple[float, ...]
    speedup_default: Interval
    speedup_stock_best: Interval
    verdict: Verdict
    max_relative_error: float
    trials: int
    wall_s: float
    seed: int
    created_at: str
    provenance: str
    objective: str = str(FASTEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadChoice:
    """What a compiled function uses for one workload, and on whose word.

    Attributes:
        workload: structural hash; `name` is for people.
        record: the tuning record the schedule is from; None is candidate 0.
    """

    workload: str
    name: str
    record: TuningRecord | None
