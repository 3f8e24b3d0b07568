"""Measurements, failures and trials: what comes back from a device."""

import enum
from dataclasses import dataclass
from typing import TypeAlias

from mlopt.core.candidate import Candidate


class FailureStatus(enum.StrEnum):
    """Why a candidate has no time. A closed set: recorded and learnt from."""

    COMPILE_ERROR = "compile_error"
    COMPILE_TIMEOUT = "compile_timeout"
    COMPILE_CRASH = "compile_crash"
    ILLEGAL_SCHEDULE = "illegal_schedule"
    RUN_TIMEOUT = "run_timeout"
    RUN_CRASH = "run_crash"
    WRONG_RESULT = "wrong_result"
    TOO_SLOW = "too_slow"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A status and one sentence; `diagnostics` keeps the rest for --verbose."""

    status: FailureStatus
    detail: str
    diagnostics: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Interleaved samples of a candidate and its baseline, pair by pair.

    Attributes:
        latency_us: the candidate's samples, each a mean over `calls_per_sample`.
        baseline_us: the baseline's, taken alternately: sample i beside sample i.
        peak_memory_bytes: device allocations at their highest, from IREE's
            allocator statistics; None where the allocator keeps none.
        peak_rss_bytes: of the process that ran it.
        max_relative_error: against the reference, over all seeds and outputs.
    """

    latency_us: tuple[float, ...]
    baseline_us: tuple[float, ...]
    calls_per_sample: int
    max_relative_error: float
    peak_memory_bytes: int | None
    peak_rss_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A point estimate with the ends of its 95% confidence interval."""

    value: float
    low: float
    high: float

    @property
    def contains_one(self) -> bool:
        """Whether "no difference" is among the believable ratios."""
        return self.low <= 1.0 <= self.high


# Samples or a failure, never both.
Measurement: TypeAlias = Timing | Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One candidate and what became of it; what a strategy is told.

    Attributes:
        speedup: over the baseline, above 1 is faster, as robust to disturbances as
            few samples allow: to rank by, not to claim. None on failure.
    """

    candidate: Candidate
    measurement: Measurement
    speedup: float | None
