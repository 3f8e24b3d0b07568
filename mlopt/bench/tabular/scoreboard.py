"""Strategies compared on a table: equal budgets, many seeds, intervals.

Answers "which strategy finds a fast schedule soonest". Imports neither JAX nor IREE.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from mlopt.bench.tabular.playing import Play, play
from mlopt.bench.tabular.table import Table, TabledWorkload
from mlopt.core.measurement import Interval

BUDGETS: Final = (8, 16, 32, 64, 128)
# What counts as found: this part of the best speedup there is.
FOUND: Final = 0.95
_NUM_RESAMPLES: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one strategy did. Intervals are over seeds, on these workloads.

    Attributes:
        shares: by budget: of the best speedup of each table, geometric mean.
        trials_to_found: until `FOUND` of the best, mean; all traces count where it
            was not found before.
        failed: part of the trials of the largest budget that had no time.
    """

    strategy: str
    shares: Mapping[int, Interval]
    trials_to_found: Interval
    failed: float


def standing(
    strategy: str,
    table: Table,
    seeds: Sequence[int],
    *,
    with_experts: bool = True,
    told: Callable[[], None] = lambda: None,
) -> Standing:
    """Let a strategy search every workload with every seed.

    Args:
        told: is called after each search.

    Raises:
        InputError: there is no such strategy.
    """
    shares = np.zeros((len(BUDGETS), len(table.workloads), len(seeds)))
    needed = np.zeros((len(table.workloads), len(seeds)))
    failed = np.zeros((len(table.workloads), len(seeds)))
    for i, tabled in enumerate(table.workloads):
        for j, seed in enumerate(seeds):
            played = _played(strategy, tabled, seed, with_experts=with_experts)
            for k, budget in enumerate(BUDGETS):
                shares[k, i, j] = played.short.after(budget) / tabled.best
            needed[i, j] = played.needed
            failed[i, j] = sum(played.short.failures.values()) / len(played.short.best)
            told()
    by_seed = np.exp(np.log(shares).mean(axis=1))
    return Standing(
        strategy=strategy,
        shares={
            budget: _interval(by_seed[k], _geometric_mean)
            for k, budget in enumerate(BUDGETS)
        },
        trials_to_found=_interval(needed.mean(axis=0), np.mean),
        failed=float(failed.mean()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Played:
    """A search of the largest budget, and how long one takes that goes on."""

    short: Play
    needed: int


def _played(
    strategy: str, tabled: TabledWorkload, seed: int, *, with_experts: bool
) -> _Played:
    enough = FOUND * tabled.best
    number = len(tabled.results)

    def search(num_trials: int, until: float | None) -> Play:
        return play(
            strategy,
            tabled,
            num_trials=num_trials,
            seed=seed,
            with_experts=with_experts,
            until=until,
        )

    short = search(min(BUDGETS[-1], number), None)
    needed = short.trials_to(enough)
    if needed is None:
        needed = search(number, enough).trials_to(enough) or number
    return _Played(short=short, needed=needed)


def _interval(by_seed: np.ndarray, mean: Callable[[np.ndarray], float]) -> Interval:
    """Mean with the percentile bootstrap over seeds; the seed of that is fixed."""
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(by_seed), size=(_NUM_RESAMPLES, len(by_seed)))
    means = [float(mean(by_seed[draw])) for draw in draws]
    low, high = np.quantile(means, (0.025, 0.975))
    return Interval(value=float(mean(by_seed)), low=float(low), high=float(high))


def _geometric_mean(values: np.ndarray) -> float:
    return float(np.exp(np.log(values).mean()))
