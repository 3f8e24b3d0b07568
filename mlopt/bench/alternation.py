"""Timing peers that disturb each other: in turns, on a machine that has come to rest.

The threads of NumPy's OpenBLAS go on polling for work after a product, on the cores
that the next peer needs: for 2^28 ticks of the clock, 110 ms of a 2.45 GHz EPYC, in
NumPy 2.4. IREE's and XLA's threads sleep at once. So each peer is watched once for how
long its threads linger, and a pause of that length follows each of its samples. Every
sample begins with untimed calls, which wake the peer's own threads again; then it
runs back to back, as NumPy does at its best. Standard library and `measure.sampling`.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

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


def sample_in_turns(
    calls: Mapping[str, sampling.Call],
    plan: TurnPlan,
    pauses_s: Mapping[str, float],
    *,
    clock: sampling.Clock = time.perf_counter,
    sleep: _Sleep = time.sleep,
) -> dict[str, list[float]]:
    """Microseconds of one call by peer: sample i of all was taken in turn i.

    The order rotates, ABC BCA CAB, so that nobody always follows the same peer.

    Args:
        pauses_s: quiet time after each sample, by peer.
    """
    counts = {
        name: sampling.calls_per_sample(
            sampling.shortest_us(call, clock=clock), plan.min_sample_s
        )
        for name, call in calls.items()
    }
    samples: dict[str, list[float]] = {name: [] for name in calls}
    for name in _turns(list(calls), plan.num_turns):
        for _ in range(max(1, round(_WARM_UP * counts[name]))):
            calls[name]()
        sample = sampling.sample_us(calls[name], counts[name], clock=clock)
        samples[name].append(sample)
        if pauses_s[name]:
            sleep(pauses_s[name])
    return samples


def pauses_for(
    calls: Mapping[str, sampling.Call],
    plan: TurnPlan,
    *,
    clock: sampling.Clock = time.perf_counter,
    cpu_clock: sampling.Clock = time.process_time,
    sleep: _Sleep = time.sleep,
) -> dict[str, float]:
    """The quiet time that each peer leaves its rivals to wait for, in seconds."""
    if not plan.watch_s:
        return dict.fromkeys(calls, 0.0)
    pauses = {}
    for name, call in calls.items():
        sleep(plan.watch_s)  # the last peer's threads, and those of a library's start
        seen = lingering_s(
            call, plan.watch_s, clock=clock, cpu_clock=cpu_clock, sleep=sleep
        )
        pauses[name] = _MARGIN * seen
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
