"""How many traces of a space are legal, and which: in NumPy, whole columns at a time.

A choice is a row of indices into the knobs' values. Knobs are decided one after the
other, and a requirement cuts rows off as soon as all knobs that it reads are decided,
so that what is visited stays near what is legal. `Space.violation` says what is legal:
a requirement over many choices is asked about columns only if it gave random single
choices the same answers. Imports core and the search stage's encoding only.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Final

import numpy as np

from mlopt.core.candidate import Space, Value
from mlopt.core.errors import SpaceError
from mlopt.search.encoding import decisions_of

# Rows that are extended at once: the hundred columns of a large requirement take 25 MB.
_BLOCK_ROWS: Final = 1 << 15
# A requirement over no more choices than this is asked about each once, some 20 ms.
_TABLE_SIZE: Final = 1024
# Random choices that show what a requirement reads, and whether it takes columns.
_PROBE_ROWS: Final = 256
_INDEX: Final = np.int32


def legal(space: Space, indices: np.ndarray) -> np.ndarray:
    """Which choices are legal: (num_choices,) of bool; True = legal.

    Args:
        indices: (num_choices, num_knobs), into the knobs' values.
    """
    if len(indices) <= _TABLE_SIZE:
        choices = (decisions_of(space, row) for row in indices.tolist())
        return np.array([space.violation(c) is None for c in choices], dtype=bool)
    mask, judges = np.zeros(len(indices), dtype=bool), _judges(space)
    for start in range(0, len(indices), _BLOCK_ROWS):
        chosen = np.arange(start, min(start + _BLOCK_ROWS, len(indices)))
        for judge in judges:
            chosen = chosen[judge.holds(indices[chosen])]
        mask[chosen] = True
    return mask


def draw_legal(
    space: Space, num_choices: int, rng: np.random.Generator, *, max_drawn: int
) -> np.ndarray:
    """Draw legal choices uniformly, with repetition: (num_choices, num_knobs) of int32.

    Raises:
        SpaceError: `max_drawn` choices were drawn and too few of them legal.
    """
    sizes = [len(knob.values) for knob in space.knobs]
    found = np.zeros((0, len(sizes)), dtype=_INDEX)
    while len(found) < num_choices:
        # Two in three are illegal where spaces are tight; a batch is some 40 MB.
        num_drawn = min(max(3 * num_choices, _TABLE_SIZE), max_drawn, 1 << 20)
        if num_drawn <= 0:
            raise SpaceError(f"legal traces of space {space.name} are too rare to draw")
        rows = rng.integers(sizes, size=(num_drawn, len(sizes)), dtype=_INDEX)
        found = np.concatenate((found, rows[legal(space, rows)]))
        max_drawn -= num_drawn
    return found[:num_choices]


def count_legal(space: Space, *, max_rows: int | None = None) -> int:
    """The exact number of legal traces.

    Args:
        max_rows: how many partial choices may be visited; None is no limit.

    Raises:
        SpaceError: there are more than `max_rows`.
    """
    return sum(len(block) for block in legal_blocks(space, max_rows=max_rows))


def legal_blocks(space: Space, *, max_rows: int | None = None) -> Iterator[np.ndarray]:
    """All legal choices, in the order of their indices; as `count_legal` otherwise.

    Yields:
        (num_choices, num_knobs) of int32; memory stays under some 64 MB.
    """
    yield from _Walk(space, max_rows).below(np.zeros((1, 0), dtype=_INDEX))


class _Walk:
    """Extends blocks of partial choices knob by knob, depth first."""

    def __init__(self, space: Space, max_rows: int | None) -> None:
        self._space = space
        self._due: list[list[_Judge]] = [[] for _ in range(len(space.knobs) + 1)]
        for judge in _judges(space):
            self._due[judge.due].append(judge)
        self._left = math.inf if max_rows is None else max_rows

    def below(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        depth = rows.shape[1]
        rows = self._cut(rows)
        if not len(rows):
            return
        if depth == len(self._space.knobs):
            yield rows
            return
        num_values = len(self._space.knobs[depth].values)
        step = max(1, _BLOCK_ROWS // num_values)
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            column = np.tile(np.arange(num_values, dtype=_INDEX), len(part))
            longer = np.column_stack((np.repeat(part, num_values, axis=0), column))
            yield from self.below(longer)

    def _cut(self, rows: np.ndarray) -> np.ndarray:
        """Less the rows that a requirement which is due now refuses."""
        self._left -= len(rows)
        if self._left < 0:
            raise SpaceError(f"space {self._space.name} has too many choices")
        for judge in self._due[rows.shape[1]]:
            rows = rows[judge.holds(rows)]
            # What could not be judged yet is judged when everything is decided.
            if not judge.is_settled and judge not in self._due[-1]:
                self._due[-1].append(judge)
        return rows


class _Undecided(Exception):
    """What was read is not decided. No KeyError: `Mapping.get` would swallow that."""


class _Chosen(Mapping[str, Any]):
    """What `chosen` decides, an index or a column of them by knob; notes what is read.

    All names are there from the start: they tell nothing about decisions.
    """

    def __init__(self, names: Mapping[str, int], values: Any, chosen: Any) -> None:
        self._positions, self._values, self._chosen = names, values, chosen
        self.read: set[int] = set()

    def __getitem__(self, name: str) -> Any:
        position = self._positions[name]
        self.read.add(position)
        try:
            return self._values[position][self._chosen[position]]
        except LookupError:
            raise _Undecided from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    def __len__(self) -> int:
        return len(self._positions)


class _Judge:
    """Asks one requirement about many choices: by table, by columns or one by one.

    Attributes:
        due: how many knobs are decided when it can be asked, as far as is known.
        is_settled: False once an answer depended on more knobs than were decided.
    """

    def __init__(self, space: Space, holds: Any, probe: np.ndarray) -> None:
        self._holds = holds
        self._positions = {knob.name: i for i, knob in enumerate(space.knobs)}
        self._values = [knob.values for knob in space.knobs]
        self._choice = partial(_Chosen, self._positions, self._values)
        self._arrays = [_array(knob.values) for knob in space.knobs]
        self._read: list[int] = []
        self.is_settled = True
        self._takes_columns = self._agrees(probe)
        self.due = self._read[-1] + 1 if self._read else 0
        self._table = self._tabulated()

    def holds(self, rows: np.ndarray) -> np.ndarray:
        """For each row; True if it cannot be told yet, and `is_settled` is False."""
        if self._table is not None:
            found = self._table[tuple(rows[:, position] for position in self._read)]
            return np.broadcast_to(found, len(rows))
        answers = self._by_columns(rows) if self._takes_columns else None
        return self._one_by_one(rows) if answers is None else answers

    def _agrees(self, probe: np.ndarray) -> bool:
        """Whether columns give what single choices give; notes what those read."""
        answers, asked, read = [], [], set[int]()
        for row in probe.tolist():
            choice = self._choice(row)
            # An earlier requirement may keep rows away from this one that it takes ill.
            with suppress(Exception):
                answers.append(bool(self._holds(choice)))
                asked.append(row)
            read |= choice.read
        self._read = sorted(read)
        columns = self._by_columns(np.array(asked, dtype=_INDEX)) if asked else None
        return columns is not None and columns.tolist() == answers

    def _tabulated(self) -> np.ndarray | None:
        """The answer for every choice of the knobs that were read, if they are few."""
        shape = [len(self._values[position]) for position in self._read]
        if math.prod(shape) > _TABLE_SIZE:
            return None
        table = np.zeros(shape, dtype=bool)
        try:
            for index in np.ndindex(*shape):
                chosen = dict(zip(self._read, index, strict=True))
                table[index] = bool(self._holds(self._choice(chosen)))
        except Exception:
            return None
        return table

    def _by_columns(self, rows: np.ndarray) -> np.ndarray | None:
        """All rows at once; None where that fails, or gives one answer for all."""
        try:
            with np.errstate(divide="raise", invalid="raise"):
                choice = _Chosen(self._positions, self._arrays, rows.T)
                answer = np.asarray(self._holds(choice))
        except Exception:
            return None
        return answer.astype(bool) if answer.shape == (len(rows),) else None

    def _one_by_one(self, rows: np.ndarray) -> np.ndarray:
        answers = np.ones(len(rows), dtype=bool)
        for number, row in enumerate(rows.tolist()):
            try:
                answers[number] = bool(self._holds(self._choice(row)))
            except _Undecided:
                self.is_settled = False
        return answers


def _judges(space: Space) -> list[_Judge]:
    """One a requirement, in their order; the probe's seed is fixed."""
    sizes = [len(knob.values) for knob in space.knobs]
    rng = np.random.default_rng(0)
    probe = rng.integers(sizes, size=(_PROBE_ROWS, len(sizes)), dtype=_INDEX)
    return [_Judge(space, rule.holds, probe) for rule in space.requirements]


def _array(values: Sequence[Value]) -> np.ndarray:
    """Truths become integers, which add up as Python's do."""
    if all(isinstance(value, str) for value in values):
        return np.array(values)
    # Products of three such fit 64 bits; larger numbers stay Python's own.
    is_small = all(isinstance(v, int) and abs(v) < 1 << 20 for v in values)
    return np.array(values, dtype=np.int64 if is_small else object)
