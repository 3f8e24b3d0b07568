"""Which changes to the fastest traces so far make them faster still? Evolution.

Parents are picked by tournament among the fastest measured traces; children are
mutated or crossed, and of several children the one whose measured neighbours did
best is asked. A share of asks stays random, and every space gets a first few.
Made for 8 to 64 trials of a workload. Imports core and the search stage only.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import final

import numpy as np

from mlopt.core.candidate import Space, Trace
from mlopt.core.measurement import FailureStatus, Trial
from mlopt.search.encoding import decode
from mlopt.search.sampling import crossover, mutate, sample
from mlopt.search.strategies.base import Key, Strategy
from mlopt.search.strategies.neighbours import Neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class EvolutionOptions:
    """What can be set about evolution.

    The defaults were chosen on synthetic landscapes at 8 to 64 trials, where greed
    pays: a small population and a hard tournament beat the textbook's larger ones.

    Attributes:
        num_explored: traces every space gets before its best ones become parents.
        population: how many of the fastest traces may become parents.
        tournament: how many parents are compared; 1 picks any of the population.
        random_probability: share of asks that ignore everything learnt.
        crossover_probability: share of children with two parents.
        num_children: children weighed against one another for each ask.
    """

    num_explored: int = 4
    population: int = 5
    tournament: int = 4
    random_probability: float = 0.1
    crossover_probability: float = 0.3
    num_children: int = 3


@final
class EvolutionStrategy(Strategy):
    """Evolves the fastest traces; a failure counts against its neighbourhood."""

    def __init__(
        self,
        spaces: Sequence[Space],
        seeds: Sequence[Trace],
        rng: np.random.Generator,
        options: EvolutionOptions | None = None,
    ) -> None:
        super().__init__(spaces, seeds, rng)
        self.options = options or EvolutionOptions()
        # Logarithm of the speedup, by trace.
        self._fitness: dict[Key, float] = {}
        self._neighbours = {space.name: Neighbours(space) for space in spaces}

    def _learn(self, key: Key, trial: Trial) -> None:
        name, indices = key
        if trial.speedup is not None and trial.speedup > 0:
            self._fitness[key] = math.log(trial.speedup)
            self._neighbours[name].add(indices, self._fitness[key])
        elif not _is_duplicate(trial):
            self._neighbours[name].add(indices, None)

    def _propose(self) -> Trace:
        space = min(self.open_spaces, key=self.num_asked)
        if self.num_asked(space) < self.options.num_explored:
            return sample(space, self.rng)
        parents = self._parents()
        if not parents or self.rng.random() < self.options.random_probability:
            return sample(self._random_space(), self.rng)
        children = [self._child(parents) for _ in range(self.options.num_children)]
        return max(children, key=self._promise)

    def _parents(self) -> list[Key]:
        """The fastest traces of open spaces, fastest first."""
        is_open = {space.name for space in self.open_spaces}
        keys = [key for key in self._fitness if key[0] in is_open]
        return nlargest(self.options.population, keys, key=self._fitness.__getitem__)

    def _child(self, parents: Sequence[Key]) -> Trace:
        name, indices = self._winner(parents)
        space = self.spaces[name]
        child = decode(space, indices)
        mates = [key for key in parents if key[0] == name]
        if len(mates) > 1 and self.rng.random() < self.options.crossover_probability:
            mate = decode(space, self._winner(mates)[1])
            child = crossover(space, child, mate, self.rng)
        return mutate(space, child, self.rng, 1 + int(self.rng.integers(2)))

    def _winner(self, parents: Sequence[Key]) -> Key:
        """The fastest of a few drawn with replacement; `parents` are sorted."""
        drawn = self.rng.integers(len(parents), size=self.options.tournament)
        return parents[int(drawn.min())]

    def _promise(self, trace: Trace) -> float:
        name, indices = self.key(trace)
        if (name, indices) in self._asked:
            return -math.inf
        return self._neighbours[name].estimate(indices)

    def _random_space(self) -> Space:
        spaces = self.open_spaces
        return spaces[int(self.rng.integers(len(spaces)))]


def _is_duplicate(trial: Trial) -> bool:
    """Whether it only compiled to what another trace had: no fault of its own."""
    status = getattr(trial.measurement, "status", None)
    return status is FailureStatus.DUPLICATE
