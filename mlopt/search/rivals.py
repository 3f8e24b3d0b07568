"""Which candidates may be faster than the fastest, once they are in a program?

Those that are cut into workgroups otherwise: alone a kernel's threads are awake and its
operands in the caches, in a program neither need be so.
"""

from collections.abc import Sequence
from typing import Final

from mlopt import defaults
from mlopt.core.candidate import Trace, Value
from mlopt.core.measurement import Trial

# What the names of knobs that cut a kernel into workgroups begin with, in every space.
_DISTRIBUTION: Final = "dist"


def rivals_of(winner: Trace, trials: Sequence[Trial]) -> list[Trial]:
    """The best trial of each other distribution over workgroups, the fastest first.

    Args:
        trials: of one workload; those that are much slower than the best are none.
    """
    timed = [(trial.speedup, trial) for trial in trials if trial.speedup]
    timed.sort(key=lambda pair: (-pair[0], pair[1].candidate.id))
    best: dict[object, Trial] = {}
    for speedup, trial in timed:
        if speedup >= defaults.RIVAL_PART * timed[0][0]:
            best.setdefault(_distribution(trial.candidate.trace), trial)
    best.pop(_distribution(winner), None)
    return list(best.values())[: defaults.NUM_RIVALS]


def _distribution(trace: Trace) -> tuple[tuple[str, Value], ...]:
    return tuple(pair for pair in trace.decisions if pair[0].startswith(_DISTRIBUTION))
