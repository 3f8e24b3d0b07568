"""Timing peers that disturb each other: in turns, on a machine that has come to rest.

The threads of NumPy's OpenBLAS go on polling for work after a product, on the cores
that the next peer needs: for 2^28 ticks of the clock, 110 ms of a 2.45 GHz EPYC, in
NumPy 2.4. IREE's and XLA's threads sleep at once. So each peer is watched once for how
long its threads linger, and a pause of that length follows each of its samples. Every
sample begins with untimed calls, which wake the peer's own threads again; then it
runs back to back, as NumPy does at its best. Peers may live in processes of their own
(`seats`). Standard library and `measure.sampling`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from mlopt.bench.plan import TurnPlan
from mlopt.measure import sampling

# Part of a sample that is run untimed before it.
_WARM_UP: Final = 0.25
# A pause is longer than what was seen, which may have been cut short by other load.
_MARGIN: Final = 1.25
_NUM_CALLS_BEFORE: Final = 3
_STEP_S: Final = 0.01
# Part of a step that a thread has to be busy to count: sleeping costs less.
_BUSY: Final = 0.1

_Sleep = Callable[[float], None]


class Contestant(Protocol):
    """One peer, in this process or in another."""

    def num_calls(self, min_sample_s: float) -> int:
        """Calls that a sample consists of, so that it takes so long at least."""
        ...

    def sample_us(self, num_calls: int) -> float:
        """Mean time of so many calls in a row, after some untimed ones."""
        ...

    def lingering_s(self, watch_s: float) -> float:
        """How long its process is busy after a call; at most `watch_s`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class InProcess:
    """A peer that is a function of this process."""

    call: sampling.Call
    clock: sampling.Clock = time.perf_counter
    cpu_clock: sampling.Clock = time.process_time
    sleep: _Sleep = time.sleep

    def num_calls(self, min_sample_s: float) -> int:
        shortest_us = sampling.shortest_us(self.call, clock=self.clock)
        return sampling.calls_per_sample(shortest_us, min_sample_s)

    def sample_us(self, num_calls: int) -> float:
        for _ in range(max(1, round(_WARM_UP * num_calls))):
            self.call()
        return sampling.sample_us(self.call, num_calls, clock=self.clock)

    def lingering_s(self, watch_s: float) -> float:
        return lingering_s(
            self.call,
            watch_s,
            clock=self.clock,
            cpu_clock=self.cpu_clock,
            sleep=self.sleep,
        )


def sample_in_turns(
    contestants: Mapping[str, Contestant],
    plan: TurnPlan,
    pauses_s: Mapping[str, float],
    *,
    sleep: _Sleep = time.sleep,
) -> dict[str, tuple[float, ...]]:
    """Microseconds of one call by peer: sample i of all was taken in turn i.

    The order rotates, ABC BCA CAB, so that nobody always follows the same peer.

    Args:
        pauses_s: quiet time after each sample, by peer.
    """
    counts = {n: peer.num_calls(plan.min_sample_s) for n, peer in contestants.items()}
    samples: dict[str, list[float]] = {name: [] for name in contestants}
    for name in _turns(list(contestants), plan.num_turns):
        samples[name].append(contestants[name].sample_us(counts[name]))
        if pauses_s[name]:
            sleep(pauses_s[name])
    return {name: tuple(values) for name, values in samples.items()}


def pauses_for(
    contestants: Mapping[str, Contestant],
    plan: TurnPlan,
    *,
    sleep: _Sleep = time.sleep,
) -> dict[str, float]:
    """The quiet time that each peer leaves its rivals to wait for, in seconds."""
    if not plan.watch_s:
        return dict.fromkeys(contestants, 0.0)
    pauses = {}
    for name, contestant in contestants.items():
        sleep(plan.watch_s)  # the last peer's threads, and those of a library's start
        pauses[name] = _MARGIN * contestant.lingering_s(plan.watch_s)
    return pauses


def lingering_s(
    call: sampling.Call,
    watch_s: float,
    *,
    clock: sampling.Clock,
    cpu_clock: sampling.Clock,
    sleep: _Sleep,
) -> float:
    """How long after a call this process still uses processor time, in seconds.

    At most `watch_s`; 0.0 when it sleeps at once.
    """
    for _ in range(_NUM_CALLS_BEFORE):
        call()
    start, before, last_busy = clock(), cpu_clock(), 0.0
    while (seconds := clock() - start) < watch_s:
        sleep(_STEP_S)
        used = cpu_clock() - before
        before += used
        if used > _BUSY * _STEP_S:
            last_busy = seconds + _STEP_S
    return last_busy


def _turns(names: Sequence[str], num_turns: int) -> Iterator[str]:
    for turn in range(num_turns):
        shift = turn % len(names)
        yield from (*names[shift:], *names[:shift])
