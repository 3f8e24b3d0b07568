"""How many traces of a space are legal, and which: in NumPy, whole columns at a time.

A choice is a row of indices into the knobs' values. Knobs are decided one after the
other, and a requirement cuts rows off as soon as all knobs that it reads are decided,
so that what is visited stays near what is legal. Imports core and the search stage's
encoding only.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np

from mlopt.core.candidate import Requirement, Space, Value
from mlopt.core.errors import SpaceError

# Rows that are extended at once: a block of ten knobs takes some 20 MB.
_BLOCK_ROWS: Final = 1 << 18
# More indices in one row than this would not fit int32 times the knobs of any space.
_INDEX: Final = np.int32


def legal(space: Space, indices: np.ndarray) -> np.ndarray:
    """Which choices are legal.

    Args:
        indices: (num_choices, num_knobs), into the knobs' values.

    Returns:
        (num_choices,) of bool; True = legal.
    """
    columns = _columns(space, indices)
    mask = np.ones(len(indices), dtype=bool)
    for requirement in space.requirements:
        mask &= _holds(requirement, columns, len(indices))
    return mask


def count_legal(space: Space, *, max_rows: int | None = None) -> int:
    """The exact number of legal traces.

    Args:
        max_rows: how many partial choices may be visited; None is no limit.

    Raises:
        SpaceError: `max_rows` was reached.
    """
    return sum(len(block) for block in legal_blocks(space, max_rows=max_rows))


def legal_blocks(space: Space, *, max_rows: int | None = None) -> Iterator[np.ndarray]:
    """All legal choices, in the order of their indices, block by block.

    Yields:
        (num_choices, num_knobs) of int32; memory stays at some 100 MB.

    Raises:
        SpaceError: `max_rows` was reached.
    """
    walk = _Walk(space, max_rows)
    yield from walk.below(np.zeros((1, 0), dtype=_INDEX))


class _Walk:
    """Extends blocks of partial choices knob by knob, depth first."""

    def __init__(self, space: Space, max_rows: int | None) -> None:
        self._space = space
        self._values = [_array(knob.values) for knob in space.knobs]
        self._due = _due(space)
        self._left = max_rows

    def below(self, rows: np.ndarray) -> Iterator[np.ndarray]:
        depth = rows.shape[1]
        rows = self._cut(rows)
        if depth == len(self._values) or not len(rows):
            if len(rows):
                yield rows
            return
        num_values = len(self._values[depth])
        step = max(1, _BLOCK_ROWS // num_values)
        for start in range(0, len(rows), step):
            part = rows[start : start + step]
            column = np.tile(np.arange(num_values, dtype=_INDEX), len(part))
            longer = np.column_stack((np.repeat(part, num_values, axis=0), column))
            yield from self.below(longer)

    def _cut(self, rows: np.ndarray) -> np.ndarray:
        """Less the rows that a requirement which is due now refuses."""
        if self._left is not None:
            self._left -= len(rows)
            if self._left < 0:
                raise SpaceError(f"space {self._space.name} has too many choices")
        for requirement in self._due[rows.shape[1]]:
            columns = {
                knob.name: values[rows[:, position]]
                for position, (knob, values) in enumerate(
                    zip(self._space.knobs, self._values, strict=True)
                )
                if position < rows.shape[1]
            }
            rows = rows[_holds(requirement, columns, len(rows))]
        return rows


def _columns(space: Space, indices: np.ndarray) -> dict[str, np.ndarray]:
    return {
        knob.name: _array(knob.values)[indices[:, position]]
        for position, knob in enumerate(space.knobs)
    }


def _array(values: Sequence[Value]) -> np.ndarray:
    return np.array(values)


def _holds(
    requirement: Requirement, columns: Mapping[str, np.ndarray], num_rows: int
) -> np.ndarray:
    """Asked of all rows at once; of one after the other where it takes no arrays."""
    try:
        answer: Any = requirement.holds(columns)
        return np.broadcast_to(np.asarray(answer, dtype=bool), num_rows)
    except (ValueError, TypeError):
        # `and` and `all` have no meaning for arrays.
        names = list(columns)
        rows = zip(*(columns[name].tolist() for name in names), strict=True)
        answers = (requirement.holds(dict(zip(names, r, strict=True))) for r in rows)
        return np.fromiter(answers, dtype=bool, count=num_rows)


def _due(space: Space) -> list[list[Requirement]]:
    """By number of knobs decided, the requirements that can be judged then."""
    due: list[list[Requirement]] = [[] for _ in range(len(space.knobs) + 1)]
    positions = {knob.name: position for position, knob in enumerate(space.knobs)}
    for requirement in space.requirements:
        read = _Reads({knob.name: _array(knob.values[:1]) for knob in space.knobs})
        _holds_once(requirement, read)
        last = max((positions[name] for name in read.names), default=-1)
        # What takes no arrays may read more for other decisions: it waits for all.
        due[last + 1 if read.is_complete else len(space.knobs)].append(requirement)
    return due


class _Reads(Mapping[str, np.ndarray]):
    """Columns that remember which of them were read."""

    def __init__(self, columns: Mapping[str, np.ndarray]) -> None:
        self._columns = columns
        self.names: set[str] = set()
        self.is_complete = True

    def __getitem__(self, name: str) -> np.ndarray:
        self.names.add(name)
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        self.is_complete = False
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


class _Strict(np.ndarray):
    """An array that is no truth, not even one of a single element."""

    def __bool__(self) -> bool:
        raise ValueError("an array is no truth")


def _holds_once(requirement: Requirement, read: _Reads) -> None:
    strict = _Reads({name: read[name].view(_Strict) for name in read})
    read.names.clear()
    read.is_complete = True
    try:
        requirement.holds(strict)
    except (ValueError, TypeError):
        read.is_complete = False
    read.names |= strict.names
    read.is_complete = read.is_complete and strict.is_complete
