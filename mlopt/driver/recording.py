"""Trials to records and back: what a search leaves behind and starts from."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

import mlopt
from mlopt.core.candidate import Candidate, Schedule
from mlopt.core.measurement import Failure, Interval, Timing, Trial
from mlopt.core.record import TuningRecord
from mlopt.core.target import Target
from mlopt.core.workload import Workload
from mlopt.driver.spaces import SpaceLibrary
from mlopt.measure.statistics import bootstrap_ratio_interval, quiet_ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What all records of one run share.

    Attributes:
        spaces: those that were searched.
    """

    target: Target
    spaces: SpaceLibrary
    seed: int
    provenance: str


def interval_of(timing: Timing, seed: int) -> Interval:
    """Speedup of a timed candidate over candidate 0, with its 95% interval."""
    return bootstrap_ratio_interval(
        timing.baseline_us, timing.latency_us, rng=np.random.default_rng(seed)
    )


def trial_of(candidate: Candidate, measurement: Timing | Failure) -> Trial:
    """A trial with the speedup a search ranks by, None where the candidate failed."""
    speedup = None
    if isinstance(measurement, Timing):
        speedup = quiet_ratio(measurement.baseline_us, measurement.latency_us)
    return Trial(candidate=candidate, measurement=measurement, speedup=speedup)


def record_of(
    trial: Trial,
    workload: Workload,
    schedule: Schedule | None,
    origin: Origin,
    *,
    is_final: bool,
) -> TuningRecord:
    """One line of experience; a failure keeps its sentence, not its diagnostics."""
    measurement = trial.measurement
    timing = measurement if isinstance(measurement, Timing) else None
    failure = measurement if isinstance(measurement, Failure) else None
    interval = interval_of(timing, origin.seed) if timing else None
    return TuningRecord(
        workload=workload.hash,
        kind=workload.kind.value,
        target=origin.target.key,
        compiler_version=origin.target.compiler_version,
        space_version=origin.spaces.of(trial.candidate.trace).key,
        mlopt_version=mlopt.__version__,
        trace=trial.candidate.trace,
        script=schedule.script if schedule else "",
        status=failure.status if failure else None,
        detail=failure.detail if failure else "",
        latency_us=timing.latency_us if timing else (),
        baseline_us=timing.baseline_us if timing else (),
        speedup=interval.value if interval else None,
        speedup_low=interval.low if interval else None,
        speedup_high=interval.high if interval else None,
        max_relative_error=timing.max_relative_error if timing else None,
        peak_memory_bytes=timing.peak_memory_bytes if timing else None,
        peak_rss_bytes=timing.peak_rss_bytes if timing else None,
        is_final=is_final,
        seed=origin.seed,
        created_at=now(),
        provenance=origin.provenance,
    )


def trials_of(records: Sequence[TuningRecord]) -> list[Trial]:
    """What earlier runs measured, as if it had just been measured."""
    return [_trial(record) for record in records if not record.is_final]


def now() -> str:
    """UTC, ISO 8601, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def _trial(record: TuningRecord) -> Trial:
    measurement: Timing | Failure
    if record.status is not None:
        measurement = Failure(status=record.status, detail=record.detail)
    else:
        measurement = Timing(
            latency_us=record.latency_us,
            baseline_us=record.baseline_us,
            calls_per_sample=1,
            max_relative_error=record.max_relative_error or 0.0,
            peak_memory_bytes=record.peak_memory_bytes,
            peak_rss_bytes=record.peak_rss_bytes or 0,
        )
    candidate = Candidate(workload=record.workload, trace=record.trace)
    return trial_of(candidate, measurement)
