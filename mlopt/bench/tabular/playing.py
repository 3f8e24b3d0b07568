"""Let a strategy search in a table: as `mlopt tune` does, without compiling anything.

Answers "what had it found after how many trials". Imports neither JAX nor IREE.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt import defaults
from mlopt.bench.tabular.table import Key, Result, TabledWorkload, trial_of
from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Trial
from mlopt.search.encoding import encode
from mlopt.search.strategies import make_strategy

_REPEATED: Final = Result(status=FailureStatus.DUPLICATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Play:
    """One search.

    Attributes:
        best: the highest speedup after each trial, never below 1.0: the compiler's own
            choice is there before the first.
        failures: how many of the trials had no time, by status.
    """

    best: np.ndarray
    failures: Mapping[FailureStatus, int]

    def after(self, num_trials: int) -> float:
        """The highest speedup after so many trials, or after the last there was."""
        return float(self.best[min(num_trials, len(self.best)) - 1])

    def trials_to(self, speedup: float) -> int | None:
        """How many trials it took to find something as fast; None where it did not."""
        reached = np.flatnonzero(self.best >= speedup)
        return int(reached[0]) + 1 if reached.size else None


def play(
    strategy: str,
    tabled: TabledWorkload,
    *,
    num_trials: int,
    seed: int,
    with_experts: bool = True,
    until: float | None = None,
) -> Play:
    """Search one workload of a table.

    Args:
        strategy: by its name in `STRATEGIES`.
        with_experts: whether it begins with the traces that the spaces advise.
        until: a speedup at which to stop.

    Raises:
        InputError: there is no such strategy.
    """
    rng = np.random.default_rng([seed, int(tabled.workload.hash, 16)])
    experts = tabled.experts if with_experts else ()
    searching = make_strategy(strategy, tabled.spaces, experts, rng)
    seen: set[str] = set()
    best, highest = [], 1.0
    failures: Counter[FailureStatus] = Counter()
    while len(best) < num_trials and (until is None or highest < until):
        wanted = min(defaults.BATCH_TRIALS, num_trials - len(best))
        traces = searching.ask(wanted)
        if not traces:
            break
        trials = [_told(tabled, trace, seen) for trace in traces]
        searching.tell(trials)
        for trial in trials:
            highest = max(highest, trial.speedup or 0.0)
            best.append(highest)
            status = getattr(trial.measurement, "status", None)
            if status is not None:
                failures[status] += 1
    return Play(best=np.array(best or [1.0]), failures=failures)


def _told(tabled: TabledWorkload, trace: Trace, seen: set[str]) -> Trial:
    """The trial of a trace; code that this search has met already is a duplicate."""
    space = next(s for s in tabled.spaces if s.name == trace.space)
    key: Key = (space.name, encode(space, trace))
    result = tabled.results[key]
    if result.code and result.code in seen:
        return trial_of(tabled, trace, _REPEATED)
    seen.add(result.code)
    return trial_of(tabled, trace, result)
