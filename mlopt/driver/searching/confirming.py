"""The winner of each workload, measured again from scratch against candidate 0.

The best of many noisy measurements is biased upward. So the best of a search meet in
turns first, which tells them apart better than a measurement each; then the fastest
is measured against candidate 0 for as long as a claim needs. Only what survives
becomes a final record.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlopt import defaults
from mlopt.core.candidate import Candidate, Schedule
from mlopt.core.errors import MloptError
from mlopt.core.measurement import Interval, Timing, Trial
from mlopt.driver.alone import work_of
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.recording import interval_of
from mlopt.driver.searching.search import Search, Subject
from mlopt.driver.workbench import Built
from mlopt.measure.plan import Contender, MeasurePlan
from mlopt.measure.statistics import fastest_in_turns
from mlopt.search.rivals import rivals_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """A schedule that is surely faster than candidate 0, with the speedup to claim.

    Attributes:
        rivals: hardly slower ones that are cut into other workgroups, the fastest
            first; not confirmed.
    """

    schedule: Schedule
    speedup: Interval
    rivals: tuple[Schedule, ...] = ()


def confirm_all(search: Search) -> dict[str, Winner]:
    """Confirm the finalists of every workload; by workload hash, winners only."""
    winners = {}
    for key, subject in search.subjects.items():
        winner = confirm(search, subject)
        if winner is not None:
            winners[key] = winner
    return winners


def confirm(search: Search, subject: Subject) -> Winner | None:
    """The fastest finalist that is confirmed; None keeps the compiler's own choice."""
    finalists = _finalists(subject)
    if not finalists or not search.prepare(subject):
        return None
    for built in _ranking(search, subject, _compiled(search, subject, finalists))[
        : defaults.NUM_CONFIRMED
    ]:
        speedup = _measured(search, subject, built)
        if speedup is not None and speedup.low > 1.0:
            return Winner(
                schedule=built.schedule,
                speedup=speedup,
                rivals=_rivals(search, subject, built),
            )
    return None


def confirm_settled(
    search: Search,
    rivals: Mapping[str, Sequence[Schedule]],
    settled: Mapping[str, Schedule],
) -> dict[str, Interval]:
    """Speedups over candidate 0 of the rivals that a program took; by workload hash.

    They are kept like those of winners, which they need not be when they run alone.
    """
    speedups = {}
    for key, schedule in settled.items():
        if schedule not in rivals.get(key, ()):
            continue
        subject = search.subjects[key]
        built = subject.built[Candidate(workload=key, trace=schedule.trace).id]
        speedup = _measured(search, subject, built)
        if speedup is not None:
            speedups[key] = speedup
    return speedups


def _finalists(subject: Subject) -> list[Trial]:
    timed = [t for t in subject.trials if t.speedup and t.speedup >= defaults.MIN_GAIN]
    timed.sort(key=lambda t: (-(t.speedup or 0.0), t.candidate.id))
    return timed[: defaults.NUM_FINALISTS]


def _compiled(
    search: Search, subject: Subject, finalists: Sequence[Trial]
) -> list[Built]:
    """The code of the finalists; what an earlier run measured is compiled again."""
    missing = [t.candidate for t in finalists if t.candidate.id not in subject.built]
    outcomes = search.workbench.compile_candidates(
        subject.workload, [candidate.trace for candidate in missing]
    )
    for candidate, outcome in zip(missing, outcomes, strict=True):
        if isinstance(outcome, Built):
            subject.built[candidate.id] = outcome
    found = (subject.built.get(trial.candidate.id) for trial in finalists)
    return [built for built in found if built is not None]


def _ranking(
    search: Search, subject: Subject, compiled: Sequence[Built]
) -> Sequence[Built]:
    """The finalists from the fastest to the slowest, those that fail now left out."""
    if len(compiled) < 2:
        return compiled
    by_path = {built.path: built for built in compiled}
    contenders = {path: Contender(path=path) for path in by_path}
    try:
        comparison = compare_in_turns(
            search.workbench, subject.workload.hash, contenders, defaults.FINALIST_TURNS
        )
    except MloptError:
        return compiled  # in the order of their trials; each is measured alone next
    return [by_path[path] for path in fastest_in_turns(comparison.latency_us)]


def _rivals(search: Search, subject: Subject, winner: Built) -> tuple[Schedule, ...]:
    trials = rivals_of(winner.schedule.trace, subject.trials)
    return tuple(built.schedule for built in _compiled(search, subject, trials))


def _measured(search: Search, subject: Subject, built: Built) -> Interval | None:
    """The speedup over candidate 0 that may be claimed, on record; None if it fails."""
    plan = MeasurePlan(
        num_rounds=defaults.CONFIRM_ROUNDS,
        pairs_per_round=defaults.CONFIRM_PAIRS,
        seed=search.origin.seed,
        work=work_of(subject.workload),
        limits=search.workbench.limits,
    )
    trial = search.measure(subject, built, plan, may_repeat=True)
    search.record(subject, trial, is_final=True)
    if not isinstance(trial.measurement, Timing):
        return None
    return interval_of(trial.measurement, search.origin.seed)
