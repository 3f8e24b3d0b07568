"""In which order are programs called and timed? Knows neither files nor devices.

A program is a function without arguments that returns when its work is done. Imports
NumPy and its neighbours `plan` and `statistics`, never the runtime.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from mlopt.measure.plan import MeasurePlan
from mlopt.measure.statistics import bootstrap_ratio_interval

Call: TypeAlias = Callable[[], object]
Clock: TypeAlias = Callable[[], float]  # seconds

# Fewest of several tries: a disturbance only ever adds time.
_NUM_PROBES = 3
_MAX_CALLS_PER_SAMPLE = 100_000


def sample_us(call: Call, num_calls: int, *, clock: Clock = time.perf_counter) -> float:
    """Mean time of one of `num_calls` calls in a row, in microseconds."""
    start = clock()
    for _ in range(num_calls):
        call()
    return (clock() - start) / num_calls * 1e6


def shortest_us(call: Call, *, clock: Clock = time.perf_counter) -> float:
    """Shortest of three single calls, in microseconds."""
    return min(sample_us(call, 1, clock=clock) for _ in range(_NUM_PROBES))


def calls_per_sample(latency_us: float, min_sample_s: float) -> int:
    """Fewest calls that together take at least `min_sample_s`; at least 1."""
    calls = math.ceil(min_sample_s * 1e6 / max(latency_us, 1e-3))
    return min(max(calls, 1), _MAX_CALLS_PER_SAMPLE)


@dataclass(slots=True, kw_only=True)
class Pairs:
    """Samples in microseconds, pair by pair; grows while measuring."""

    baseline_us: list[float] = field(default_factory=list)
    candidate_us: list[float] = field(default_factory=list)


def sample_pairs(
    baseline: Call,
    candidate: Call,
    num_calls: int,
    plan: MeasurePlan,
    *,
    clock: Clock = time.perf_counter,
) -> Pairs:
    """Take interleaved samples in rounds: AB BA AB ...; stop early if hopeless.

    The order within a pair alternates, so that neither program always runs in the
    caches and at the clock frequency that the other one left behind.
    """
    pairs = Pairs()
    for round_index in range(plan.num_rounds):
        for _ in range(plan.pairs_per_round):
            _append_pair(pairs, baseline, candidate, num_calls, clock)
        if round_index == 0 and is_hopeless(pairs, plan):
            break
    return pairs


def is_hopeless(pairs: Pairs, plan: MeasurePlan) -> bool:
    """Whether the best believable speedup is far below the one to beat."""
    if plan.race_against is None:
        return False
    interval = bootstrap_ratio_interval(
        pairs.baseline_us, pairs.candidate_us, rng=np.random.default_rng(plan.seed)
    )
    return interval.high < plan.race_margin * plan.race_against


def sample_in_turns(
    calls: Mapping[str, Call],
    num_turns: int,
    min_sample_s: float,
    *,
    clock: Clock = time.perf_counter,
) -> dict[str, list[float]]:
    """Take one sample of each program a turn: ABC BCA CAB ..., in microseconds.

    Every sample takes at least `min_sample_s`, however fast the program is.
    """
    num_calls = {
        name: calls_per_sample(shortest_us(call, clock=clock), min_sample_s)
        for name, call in calls.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for names in _rotations(list(calls), num_turns):
        for name in names:
            sample = sample_us(calls[name], num_calls[name], clock=clock)
            samples[name].append(sample)
    return samples


def _append_pair(
    pairs: Pairs, baseline: Call, candidate: Call, num_calls: int, clock: Clock
) -> None:
    is_baseline_first = len(pairs.baseline_us) % 2 == 0
    if is_baseline_first:
        pairs.baseline_us.append(sample_us(baseline, num_calls, clock=clock))
    pairs.candidate_us.append(sample_us(candidate, num_calls, clock=clock))
    if not is_baseline_first:
        pairs.baseline_us.append(sample_us(baseline, num_calls, clock=clock))


def _rotations(names: list[str], num_turns: int) -> Iterator[list[str]]:
    for turn in range(num_turns):
        shift = turn % max(len(names), 1)
        yield names[shift:] + names[:shift]
