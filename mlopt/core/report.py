"""What a finished tuning run has to say: the nouns that reports and records share.

Filled by the driver alone; nothing here computes, so a report can never claim more
than was measured. Must not import jax, iree or any part of mlopt outside core.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.target import Target


class Verdict(enum.StrEnum):
    """What may be claimed of a whole program. There is nothing in between."""

    FASTER = "faster"
    NO_SIGNIFICANT_GAIN = "no_significant_gain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Time of one call of a program, as measured.

    Attributes:
        median_us: over `samples` samples.
        ci95: ends of the 95% confidence interval of the median, in microseconds.
        peak_memory_bytes: device allocations at their highest; None when unknown.
    """

    median_us: float
    ci95: tuple[float, float]
    samples: int
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadResult:
    """One workload of a tuned program: its weight, its time, what became of it.

    Attributes:
        hash: structural; `kind` its WorkloadKind value.
        share: of the program's summed dispatch time under its base, 0 to 1.
        num_calls: calls in one run of the program.
        before_us: one call with candidate 0; None where it could not be timed.
        after_us: one call with the chosen candidate; equal to before_us when that is
            candidate 0.
        speedup: of the chosen over candidate 0; None when candidate 0 was kept.
        trace: the chosen decisions; empty for the compiler's own choice.
        changed: one sentence for people; empty when nothing changed.
        trials: candidates tried; `failures` counts those without a time.
    """

    hash: str
    name: str
    kind: str
    share: float
    num_calls: int
    before_us: float | None
    after_us: float | None
    speedup: Interval | None
    trace: Trace
    changed: str
    trials: int
    failures: tuple[tuple[FailureStatus, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramResult:
    """What tuning one program gave; the table and the JSON say this and no more.

    Attributes:
        versions: package name -> version, in the order they are shown.
        baselines: "default" and "stock_best", both always there.
        stock_best_name: which of the compiler's own option sets stock_best is.
        base_name: which option set the tuned program was built on.
        licence: what the tuned program does to the numbers, in words.
        goal: what it was tuned for.
        speedup: baseline / tuned by the same two names, above 1 is faster.
        max_relative_error: of the tuned program against the reference.
        trials: over all workloads; `failures` counts those without a time.
        workloads: largest share first.
        schedule_path: where the replayable schedule was written; None if nowhere.
        notes: sentences a reader must know, such as drift of the baseline.
    """

    name: str
    target: Target
    versions: Mapping[str, str]
    baselines: Mapping[str, Latency]
    tuned: Latency
    speedup: Mapping[str, Interval]
    verdict: Verdict
    max_relative_error: float
    trials: int
    failures: tuple[tuple[FailureStatus, int], ...]
    workloads: tuple[WorkloadResult, ...]
    wall_s: float
    schedule_path: str | None
    stock_best_name: str
    base_name: str
    licence: str
    seed: int
    notes: tuple[str, ...] = ()
    goal: Goal = FASTEST
