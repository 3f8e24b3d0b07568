"""The winner of each workload, measured again from scratch against candidate 0.

The best of many noisy measurements is biased upward: only what survives a second,
longer, interleaved measurement becomes a final record.
"""

from dataclasses import dataclass

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.measurement import Failure, Interval, Timing, Trial
from mlopt.driver.recording import interval_of
from mlopt.driver.searching import Search, Subject, work_of
from mlopt.driver.workbench import Built
from mlopt.measure.plan import MeasurePlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A schedule that is surely faster than candidate 0.

    Attributes:
        speedup: what may be claimed; rank: what winners are compared by.
    """

    schedule: Schedule
    speedup: Interval
    rank: float


def confirm_all(search: Search) -> dict[str, Winner]:
    """Confirm the finalists of every workload; by workload hash, winners only."""
    winners = {}
    for key, subject in search.subjects.items():
        winner = confirm(search, subject)
        if winner is not None:
            winners[key] = winner
    return winners


def confirm(search: Search, subject: Subject) -> Winner | None:
    """The fastest confirmed finalist, or None to keep the compiler's own choice."""
    finalists = _finalists(subject)
    if not finalists or not search.prepare(subject):
        return None
    traces = [trial.candidate.trace for trial in finalists]
    best: Winner | None = None
    for built in search.workbench.compile_candidates(subject.workload, traces):
        if isinstance(built, Failure):
            continue
        winner = _confirm_one(search, subject, built)
        if winner and (best is None or winner.rank > best.rank):
            best = winner
    return best


def _finalists(subject: Subject) -> list[Trial]:
    timed = [t for t in subject.trials if t.speedup and t.speedup >= defaults.MIN_GAIN]
    timed.sort(key=lambda t: (-(t.speedup or 0.0), t.candidate.id))
    return timed[: defaults.NUM_FINALISTS]


def _confirm_one(search: Search, subject: Subject, built: Built) -> Winner | None:
    plan = MeasurePlan(
        num_rounds=defaults.CONFIRM_ROUNDS,
        pairs_per_round=defaults.CONFIRM_PAIRS,
        seed=search.origin.seed,
        work=work_of(subject.workload),
        limits=search.workbench.limits,
    )
    trial = search.measure(subject, built, plan, may_repeat=True)
    subject.schedules[trial.candidate.id] = built.schedule
    search.record(subject, trial, is_final=True)
    if not isinstance(trial.measurement, Timing):
        return None
    speedup = interval_of(trial.measurement, search.origin.seed)
    if speedup.low <= 1.0:
        return None
    return Winner(schedule=built.schedule, speedup=speedup, rank=trial.speedup or 0.0)
