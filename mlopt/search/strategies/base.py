"""What is a strategy? Something that is asked for traces and told what became of them.

The base class keeps the promises all strategies share: seeds first, every trace
legal, none asked twice, an end when the spaces are exhausted. A subclass only
proposes. Imports core and the search stage only.
"""

import abc
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TypeAlias

import numpy as np

from mlopt.core.candidate import Space, Trace
from mlopt.core.errors import SpaceError
from mlopt.core.measurement import Trial
from mlopt.search.encoding import Indices, decode, encode
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.repair import repair

# A space's name and the indices of a choice in it: equal for equal traces only.
Key: TypeAlias = tuple[str, Indices]

# A strategy that proposes nothing new this often in a row has run out of ideas.
MAX_PROPOSALS = 16
# Partial choices visited to find what is left of a space: about two seconds.
MAX_NODES = 100_000

_log = logging.getLogger(__name__)


class Strategy(abc.ABC):
    """Searches one workload over alternative spaces, by `ask` and `tell`.

    Same spaces, seeds and generator state, and the same trials told at the same
    moments: the same traces asked.

    Args:
        spaces: alternatives for the one workload; trials of all are comparable.
        seeds: asked first, in this order: defaults, expert traces, the traces of
            earlier records. An illegal one is repaired; the compiler's own choice,
            a repeated one, or one that no space can read is left out.
        rng: the only source of randomness; owned by the strategy from here on.

    Raises:
        SpaceError: no space, or two spaces of one name.
    """

    def __init__(
        self,
        spaces: Sequence[Space],
        seeds: Sequence[Trace],
        rng: np.random.Generator,
    ) -> None:
        self.spaces = {space.name: space for space in spaces}
        if not spaces or len(self.spaces) != len(spaces):
            names = [space.name for space in spaces]
            raise SpaceError(f"a strategy needs spaces of different names, not {names}")
        self.rng = rng
        self._asked: set[Key] = set()
        self._num_asked: Counter[str] = Counter()
        self._seeds = self._readable(seeds)
        self._unvisited: dict[str, Iterator[Trace]] = {
            space.name: enumerate_legal(space, rng=rng, max_nodes=MAX_NODES)
            for space in spaces
            # Its only trace would be the compiler's own choice.
            if space.knobs
        }

    def ask(self, num_traces: int) -> list[Trace]:
        """Return up to `num_traces` legal traces, none of them asked or told before.

        Fewer, or none, mean that every space is exhausted.
        """
        asked: list[Trace] = []
        while len(asked) < num_traces:
            trace = self._next_seed() or self._next_proposal() or self._next_unvisited()
            if trace is None:
                break
            self._mark_asked(self.key(trace))
            asked.append(trace)
        return asked

    def tell(self, trials: Sequence[Trial]) -> None:
        """Learn what became of candidates, in the order given.

        Trials of traces never asked (earlier records) are learnt from as well, and
        those traces are not asked any more. Trials of the compiler's own choice and
        of traces that no space can read are ignored.
        """
        for trial in trials:
            key = self._read(trial.candidate.trace)
            if key is not None:
                self._mark_asked(key)
                self._learn(key, trial)

    def key(self, trace: Trace) -> Key:
        """The identity of a trace of one of the spaces."""
        return trace.space, encode(self.spaces[trace.space], trace)

    @property
    def open_spaces(self) -> list[Space]:
        """The spaces not known to be exhausted."""
        return [self.spaces[name] for name in self._unvisited]

    def num_asked(self, space: Space) -> int:
        """How many traces of `space` were asked or told so far."""
        return self._num_asked[space.name]

    @abc.abstractmethod
    def _propose(self) -> Trace:
        """Return a legal trace of an open space; it need not be a new one.

        Raises:
            SpaceError: the space it turned to has no legal trace.
        """

    @abc.abstractmethod
    def _learn(self, key: Key, trial: Trial) -> None:
        """Take in one trial; `key` is its trace."""

    def _mark_asked(self, key: Key) -> None:
        if key not in self._asked:
            self._asked.add(key)
            self._num_asked[key[0]] += 1

    def _next_seed(self) -> Trace | None:
        while self._seeds:
            trace = self._seeds.pop(0)
            if self.key(trace) not in self._asked:
                return trace
        return None

    def _next_proposal(self) -> Trace | None:
        for _ in range(MAX_PROPOSALS):
            if not self._unvisited:
                return None
            try:
                trace = self._propose()
            except SpaceError as error:
                _log.debug("nothing proposed: %s", error)
                return None
            if self.key(trace) not in self._asked:
                return trace
        return None

    def _next_unvisited(self) -> Trace | None:
        """A new trace by enumeration; closes the spaces that have none left."""
        for name in list(self._unvisited):
            trace = self._next_unvisited_in(name)
            if trace is not None:
                return trace
            del self._unvisited[name]
        return None

    def _next_unvisited_in(self, name: str) -> Trace | None:
        try:
            for trace in self._unvisited[name]:
                if self.key(trace) not in self._asked:
                    return trace
        except SpaceError as error:
            _log.debug("space %s is given up: %s", name, error)
        return None

    def _readable(self, seeds: Sequence[Trace]) -> list[Trace]:
        """The seeds that a space can read, made legal."""
        readable = []
        for seed in seeds:
            key = self._read(seed)
            if key is None:
                continue
            space = self.spaces[key[0]]
            repaired = repair(space, key[1], self.rng)
            if repaired is not None:
                readable.append(decode(space, repaired))
        return readable

    def _read(self, trace: Trace) -> Key | None:
        if trace.is_default or trace.space not in self.spaces:
            return None
        try:
            return self.key(trace)
        except SpaceError as error:
            _log.warning("a trace was left out: %s", error)
            return None
