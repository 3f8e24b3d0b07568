"""Search the workloads of one program: ask, compile, measure, record, tell.

A search is anytime: every finished trial is in the database before the next one
starts, so an interruption loses at most the trial in flight.
"""

import dataclasses
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.candidate import Candidate
from mlopt.core.errors import MloptError
from mlopt.core.measurement import (
    Failure,
    FailureStatus,
    Measurement,
    Timing,
    Trial,
)
from mlopt.core.workload import DispatchTime, Workload
from mlopt.driver.alone import hold, screening_plan
from mlopt.driver.recording import Origin, record_of, trial_of, trials_of
from mlopt.driver.workbench import Built, Workbench
from mlopt.measure.plan import MachineLimits, MeasurePlan
from mlopt.records import Database
from mlopt.report.progress import Progress
from mlopt.search.allocation import Allocation
from mlopt.search.space import spaces_for
from mlopt.search.strategies import Strategy, make_strategy

# Below this share of the program's time nothing a search finds would be noticed.
_MIN_SHARE = 0.002


@dataclass(slots=True, kw_only=True)
class Subject:
    """One workload under search: its strategy, its trials, its code so far.

    Attributes:
        built: what this run compiled, by candidate.
        num_earlier: how many of the trials an earlier run on this program spent.
    """

    workload: Workload
    time: DispatchTime
    strategy: Strategy
    trials: list[Trial] = field(default_factory=list)
    built: dict[str, Built] = field(default_factory=dict)
    baseline_us: float | None = None
    num_earlier: int = 0

    @property
    def best_speedup(self) -> float:
        """Of the trials so far; 1.0, the compiler's own choice, before the first."""
        return max((t.speedup for t in self.trials if t.speedup), default=1.0)


@dataclass(slots=True, kw_only=True)
class Search:
    """One run over several workloads."""

    workbench: Workbench
    database: Database
    progress: Progress
    origin: Origin
    strategy: str
    subjects: dict[str, Subject] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def add(self, workloads: Sequence[Workload], times: Sequence[DispatchTime]) -> None:
        """Enter the workloads that can be scheduled and that take any time."""
        share = {time.workload: time for time in times}
        for workload in workloads:
            when = share.get(workload.hash)
            if when is None or when.share < _MIN_SHARE:
                continue
            templates = self.origin.spaces.templates
            offer = spaces_for(workload, self.workbench.target, templates)
            if not offer.spaces:
                self.notes += left_alone(workload, when)
                continue
            seed = [self.origin.seed, int(workload.hash, 16)]
            strategy = make_strategy(
                self.strategy, offer.spaces, offer.seeds, np.random.default_rng(seed)
            )
            self.subjects[workload.hash] = Subject(
                workload=workload,
                time=when,
                strategy=strategy,
            )
            self._resume(self.subjects[workload.hash])

    def run(self, budget: Budget) -> int:
        """Spend a budget; the number of new trials.

        What an earlier run on the same program spent counts: after an interruption
        the same command does the rest.
        """
        allocation = Allocation(budget=self._left_of(budget))
        limits = self.workbench.limits
        for subject in self.subjects.values():
            allocation.add(
                subject.workload.hash,
                share=min(1.0, subject.time.share),
                potential=potential(subject, limits),
                earlier=subject.trials,
            )
        start = time.monotonic()
        while batch := allocation.next_batch(
            defaults.BATCH_TRIALS, seconds=time.monotonic() - start
        ):
            subject = self.subjects[batch.workload]
            self.progress.workload(subject.workload.name)
            trials = self._run_batch(subject, batch.num_trials)
            allocation.update(batch.workload, trials)
        return allocation.num_trials

    def prepare(self, subject: Subject) -> bool:
        """Load candidate 0 of a workload into the measuring worker; False if it fails.

        A workload whose own baseline cannot be run alone is left to the compiler.
        """
        if subject.baseline_us is not None:
            return True
        workload = subject.workload
        try:
            facts = hold(workload, self.workbench, self.origin.seed)
        except MloptError as error:
            note = f"{workload.name} is left alone: {error}"
            if note not in self.notes:
                self.notes.append(note)
            return False
        subject.baseline_us = facts.latency_us
        return True

    def measure(
        self,
        subject: Subject,
        built: Built,
        plan: MeasurePlan,
        *,
        may_repeat: bool = False,
    ) -> Trial:
        """Measure one compiled candidate against candidate 0.

        Args:
            may_repeat: whether code that was measured before is measured again.
        """
        candidate = Candidate(
            workload=subject.workload.hash, trace=built.schedule.trace
        )

        def attempt(plan: MeasurePlan, may_repeat: bool) -> Measurement:
            return self.workbench.measurer.measure(
                subject.workload.hash,
                built.path,
                plan,
                name=candidate.id,
                may_repeat=may_repeat,
            )

        measurement = attempt(plan, may_repeat)
        if _is_wrong(measurement) and self.workbench.refresh_limits():
            plan = dataclasses.replace(plan, limits=self.workbench.limits)
            measurement = attempt(plan, True)
        return trial_of(candidate, measurement)

    def record(self, subject: Subject, trial: Trial, *, is_final: bool) -> None:
        """Make a trial durable."""
        built = subject.built.get(trial.candidate.id)
        schedule = built.schedule if built else None
        self.database.append(
            [
                record_of(
                    trial, subject.workload, schedule, self.origin, is_final=is_final
                )
            ]
        )

    def _run_batch(self, subject: Subject, num_trials: int) -> list[Trial]:
        if not self.prepare(subject):
            return []
        traces = subject.strategy.ask(num_trials)
        outcomes = self.workbench.compile_candidates(subject.workload, traces)
        trials = []
        for trace, outcome in zip(traces, outcomes, strict=True):
            candidate = Candidate(workload=subject.workload.hash, trace=trace)
            if isinstance(outcome, Failure):
                trial = trial_of(candidate, outcome)
            else:
                subject.built[candidate.id] = outcome
                trial = self.measure(subject, outcome, self._screening(subject))
            self.record(subject, trial, is_final=False)
            self.progress.trial(_status(trial), trial.speedup)
            subject.trials.append(trial)
            trials.append(trial)
        subject.strategy.tell(trials)
        return trials

    def _left_of(self, budget: Budget) -> Budget:
        if budget.trials is None:
            return budget
        spent = sum(subject.num_earlier for subject in self.subjects.values())
        return dataclasses.replace(budget, trials=max(0, budget.trials - spent))

    def _screening(self, subject: Subject) -> MeasurePlan:
        """A short measurement that ends early when the candidate cannot win."""
        return screening_plan(
            subject.workload,
            self.workbench,
            self.origin.seed,
            race_against=subject.best_speedup,
        )

    def _resume(self, subject: Subject) -> None:
        target = self.workbench.target
        records = self.database.trials(
            subject.workload.hash,
            target.key,
            target.compiler_version,
            self.origin.spaces.keys,
        )
        earlier = trials_of(records)
        subject.trials.extend(earlier)
        subject.num_earlier = sum(
            r.provenance == self.origin.provenance and not r.is_final for r in records
        )
        subject.strategy.tell(earlier)


def left_alone(workload: Workload, time: DispatchTime) -> tuple[str, ...]:
    """A sentence about a kernel without a space, if its time is worth one."""
    if time.share < defaults.NOTED_SHARE:
        return ()
    return (
        f"{workload.name} takes {time.share:.1%} of the time and is left to the "
        f"compiler: no space is offered for it (kind: {workload.kind})",
    )


def potential(subject: Subject, limits: MachineLimits) -> float:
    """Upper bound on a workload's speedup: its time over its roofline's."""
    workload = subject.workload
    fits = workload.num_bytes <= limits.cache_bytes
    bytes_per_s = limits.cached_bytes_per_s if fits else limits.bytes_per_s
    arithmetic_s = workload.flops / limits.flops_per_s
    roof_s = max(arithmetic_s, workload.num_bytes / bytes_per_s)
    if roof_s <= 0.0:
        return math.inf
    return max(1.0, subject.time.latency_us * 1e-6 / roof_s)


def count_failures(trials: Sequence[Trial]) -> tuple[tuple[FailureStatus, int], ...]:
    """How many trials ended in each kind of failure."""
    counts: dict[FailureStatus, int] = {}
    for trial in trials:
        if isinstance(trial.measurement, Failure):
            status = trial.measurement.status
            counts[status] = counts.get(status, 0) + 1
    return tuple(sorted(counts.items()))


def _is_wrong(measurement: Measurement) -> bool:
    return (
        isinstance(measurement, Failure)
        and measurement.status is FailureStatus.WRONG_RESULT
    )


def _status(trial: Trial) -> FailureStatus | None:
    if isinstance(trial.measurement, Timing):
        return None
    return trial.measurement.status
