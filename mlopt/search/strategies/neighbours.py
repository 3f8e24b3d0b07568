"""How will a choice do, judging by the measured choices most like it?

A kernel-weighted mean (Nadaraya, Watson, 1964) over at most a few hundred trials:
no training, and it says something sensible from the second trial on.
Imports core and the search stage's encoding only.
"""

from collections.abc import Sequence

import numpy as np

from mlopt.core.candidate import Space
from mlopt.search.encoding import Indices, is_ordered

# A failure is put this far below the worst success, in log speedup (a factor of 2):
# far enough to avoid, near enough that one failure does not close a region.
FAILURE_PENALTY = 0.7
# h: one unordered knob that differs leaves a weight of exp(-2), about an eighth.
BANDWIDTH = 0.7


class Neighbours:
    """The trials of one space, and estimates from them.

    An estimate is the mean of log speedups, weighted by exp(-(distance / h)^2). The
    distance is Euclidean: an unordered knob that differs counts 1, an ordered one the
    part of its range between the two values.
    """

    def __init__(self, space: Space) -> None:
        self._is_ordered = np.array([is_ordered(knob) for knob in space.knobs])
        self._spans = np.array(
            [max(1, len(knob.values) - 1) for knob in space.knobs], dtype=np.float64
        )
        self._points: list[Indices] = []
        self._fitness: list[float | None] = []
        # The two lists as arrays, until the next trial.
        self._arrays: tuple[np.ndarray, np.ndarray] | None = None

    def add(self, indices: Indices, fitness: float | None) -> None:
        """Take in one trial: its log speedup, or None for a failure."""
        self._points.append(indices)
        self._fitness.append(fitness)
        self._arrays = None

    def estimate(self, indices: Sequence[int]) -> float:
        """Expected log speedup of a choice; 0.0 when nothing is known yet."""
        if not self._points:
            return 0.0
        if self._arrays is None:
            self._arrays = np.array(self._points), self._values()
        points, values = self._arrays
        gaps = np.abs(points - np.array(indices))
        steps = np.where(self._is_ordered, gaps / self._spans, gaps > 0)
        exponents = np.square(steps / BANDWIDTH).sum(axis=1)
        # The nearest is subtracted so that far-away choices do not divide 0 by 0.
        weights = np.exp(exponents.min() - exponents)
        return float(weights @ values / weights.sum())

    def _values(self) -> np.ndarray:
        worst = min((f for f in self._fitness if f is not None), default=0.0)
        failed = min(worst, 0.0) - FAILURE_PENALTY
        return np.array([failed if f is None else f for f in self._fitness])
