"""The TuningRecord: one line of experience, append-only."""

from dataclasses import dataclass

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus


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
