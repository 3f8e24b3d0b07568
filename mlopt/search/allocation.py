"""Which workload gets the next trials? The one whose gain is expected largest.

In units of the program's time before tuning, one workload has this much to give:

    gap  = share * max(0, 1 / best - 1 / potential)
    rate = recovered + OPTIMISM / (1 + stale / window)
    expected gain = gap * rate

`best` is its best speedup so far (1 at first), `potential` the bound a roofline
sets. `gap` is thus share * (1 - 1 / potential) before the first improvement.
`recovered` is the part of the gap that the last `window` trials closed, and `stale`
the number of trials since the last improvement. Imports core only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from mlopt.core.budget import Budget
from mlopt.core.errors import InputError
from mlopt.core.measurement import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocationOptions:
    """What can be set about the allocation.

    Attributes:
        min_share: workloads with a larger share of the program's time get their
            first trials before expected gains are compared.
        min_trials: how many first trials; fewer when they would take more than half
            of the budget, but at least one.
        window: trials over which recent improvement is judged.
        patience: a workload near its roofline ends after so many trials without
            improvement.
        near_roofline: part of its potential that counts as near.
        give_up: any workload ends after so many trials without improvement.
        optimism: part of the gap that a fresh window is expected to close.
        min_improvement: a best that grows by less than this factor is noise.
    """

    min_share: float = 0.02
    min_trials: int = 8
    window: int = 8
    patience: int = 24
    near_roofline: float = 0.95
    give_up: int = 96
    optimism: float = 0.25
    min_improvement: float = 1.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one workload has come.

    Attributes:
        share: of the program's time before tuning, 0 to 1.
        potential: upper bound on the speedup, at least 1; infinite when unknown.
        best: best speedup after each trial, never falling and never below 1.
        is_exhausted: its strategy has nothing left to ask.
    """

    workload: str
    share: float
    potential: float
    best: tuple[float, ...] = ()
    is_exhausted: bool = False

    @property
    def best_speedup(self) -> float:
        """Best so far; 1.0, the compiler's own choice, before the first."""
        return self.best[-1] if self.best else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Allotment:
    """The next batch: which workload, and how many trials it may take."""

    workload: str
    num_trials: int


def gap(progress: Progress) -> float:
    """Part of the program's time that the workload could still save."""
    return progress.share * _headroom(progress.best_speedup, progress.potential)


def num_stale(progress: Progress, options: AllocationOptions) -> int:
    """Trials since the last improvement; all of them when there was none."""
    reference = progress.best_speedup / options.min_improvement
    return sum(1 for best in (1.0, *progress.best) if best >= reference) - 1


def expected_gain(progress: Progress, options: AllocationOptions) -> float:
    """What the next trials are worth; the formula is the module's docstring."""
    recent = progress.best[-options.window - 1 :]
    before = recent[0] if len(progress.best) > options.window else 1.0
    headroom = _headroom(before, progress.potential)
    closed = 1.0 / before - 1.0 / progress.best_speedup
    recovered = min(1.0, closed / headroom) if headroom > 0 else 0.0
    freshness = 1.0 / (1.0 + num_stale(progress, options) / options.window)
    return gap(progress) * (recovered + options.optimism * freshness)


def is_finished(progress: Progress, options: AllocationOptions) -> bool:
    """Whether more trials of the workload are not worth their time."""
    stale = num_stale(progress, options)
    part = progress.best_speedup / progress.potential
    is_near = part >= options.near_roofline and stale >= options.patience
    return progress.is_exhausted or is_near or stale >= options.give_up


@dataclass(slots=True, kw_only=True)
class Allocation:
    """Hands the budget of one search to its workloads, batch by batch.

    Deterministic: the same calls give the same batches. `next_batch` changes
    nothing; what was spent is learnt from `update`.

    Attributes:
        num_trials: spent so far, failures included.
    """

    budget: Budget
    options: AllocationOptions = field(default_factory=AllocationOptions)
    num_trials: int = field(default=0, init=False)
    _progress: dict[str, Progress] = field(default_factory=dict, init=False)

    def add(
        self,
        workload: str,
        *,
        share: float,
        potential: float = math.inf,
        earlier: Sequence[Trial] = (),
    ) -> None:
        """Enter a workload.

        Args:
            workload: its hash.
            share: of the program's time, all its calls together, 0 to 1.
            potential: upper bound on its speedup: its time over its roofline's;
                raised to 1 when lower. Infinite when nothing is known.
            earlier: trials of a previous search; they count as progress, but not
                against this budget.

        Raises:
            InputError: entered twice, or a share that is not between 0 and 1.
        """
        if workload in self._progress:
            raise InputError(f"workload {workload} was entered twice")
        if not 0.0 <= share <= 1.0:
            raise InputError(f"workload {workload} has share {share}, not 0 to 1")
        progress = Progress(
            workload=workload, share=share, potential=max(1.0, potential)
        )
        self._progress[workload] = _advanced(progress, earlier)

    def next_batch(self, num_trials: int, *, seconds: float = 0.0) -> Allotment | None:
        """Which workload is next; None when the budget or every workload is spent.

        Args:
            num_trials: the most that one batch should take.
            seconds: wall time of the search so far.
        """
        if self.budget.is_spent(trials=self.num_trials, seconds=seconds):
            return None
        is_open = [
            p for p in self._progress.values() if not is_finished(p, self.options)
        ]
        if not is_open:
            return None
        if self.budget.trials is not None:
            num_trials = min(num_trials, self.budget.trials - self.num_trials)
        first = self._first_trials()
        waiting = [p for p in is_open if self._is_large(p) and len(p.best) < first]
        if waiting:
            largest = max(waiting, key=gap)
            num_trials = min(num_trials, first - len(largest.best))
            return Allotment(workload=largest.workload, num_trials=num_trials)
        best = max(is_open, key=lambda p: expected_gain(p, self.options))
        return Allotment(workload=best.workload, num_trials=num_trials)

    def update(self, workload: str, trials: Sequence[Trial]) -> None:
        """Take in the trials of a batch, failures included.

        An empty batch says that the workload's strategy has nothing left to ask.
        """
        progress = self._progress[workload]
        self.num_trials += len(trials)
        self._progress[workload] = replace(
            _advanced(progress, trials), is_exhausted=not trials
        )

    @property
    def progress(self) -> tuple[Progress, ...]:
        """Of every workload, in the order they were entered."""
        return tuple(self._progress.values())

    def _is_large(self, progress: Progress) -> bool:
        return progress.share > self.options.min_share

    def _first_trials(self) -> int:
        """How many first trials each large workload gets."""
        if self.budget.trials is None:
            return self.options.min_trials
        num_large = sum(self._is_large(p) for p in self._progress.values())
        fair = self.budget.trials // (2 * max(1, num_large))
        return min(self.options.min_trials, max(1, fair))


def _headroom(best: float, potential: float) -> float:
    return max(0.0, 1.0 / best - 1.0 / potential)


def _advanced(progress: Progress, trials: Sequence[Trial]) -> Progress:
    best = list(progress.best)
    for trial in trials:
        previous = best[-1] if best else 1.0
        best.append(max(previous, trial.speedup or 0.0))
    return replace(progress, best=tuple(best))
