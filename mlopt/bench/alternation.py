"""Timing peers that disturb each other: in turns, each given a quiet machine first.

OpenBLAS's threads go on polling for work for about 30 ms after a product (2^26 ticks
of the clock, see its OPENBLAS_THREAD_TIMEOUT), on the cores that the next peer needs.
Alternated without a pause that makes a tuned kernel look PLACEHOLDER slower. So
every sample is preceded by a pause in which all threads fall asleep, and by untimed
calls that wake the peer's own again; then it runs back to back, as NumPy does at its
best. The standard library only, and `measure.sampling` for one sample.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.measure import sampling

# Part of a sample that is run untimed before it.
_WARM_UP: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnPlan:
    """How peers take turns.

    Attributes:
        num_turns: samples of each peer.
        min_sample_s: a peer is called again and again until this is over.
        pause_s: quiet time before each sample; 0.0 for peers without threads.
    """

    num_turns: int
    min_sample_s: float
    pause_s: float


def sample_in_turns(
    calls: Mapping[str, sampling.Call],
    plan: TurnPlan,
    *,
    clock: sampling.Clock = time.perf_counter,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, list[float]]:
    """Microseconds of one call by peer: sample i of all was taken in turn i.

    The order rotates, ABC BCA CAB, so that nobody always follows the same peer.
    """
    counts = {
        name: sampling.calls_per_sample(
            sampling.shortest_us(call, clock=clock), plan.min_sample_s
        )
        for name, call in calls.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for name in _turns(list(calls), plan.num_turns):
        if plan.pause_s:
            sleep(plan.pause_s)
        for _ in range(max(1, round(_WARM_UP * counts[name]))):
            calls[name]()
        sample = sampling.sample_us(calls[name], counts[name], clock=clock)
        samples[name].append(sample)
    return samples


def _turns(names: Sequence[str], num_turns: int) -> Iterator[str]:
    for turn in range(num_turns):
        shift = turn % len(names)
        yield from (*names[shift:], *names[:shift])
