"""A space with fewer values for its knobs: so few traces that all can be measured.

Answers "which part of a space stands for the whole". Values are left out evenly, those
of the default and of expert traces never, so that what is known to be good stays in.
Imports core and the search stage only.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from mlopt.core.candidate import Knob, Space, Trace, Value
from mlopt.core.errors import SpaceError
from mlopt.search.counting import count_legal
from mlopt.search.encoding import encode

# A walk through a thinned space visits partial choices too, some of them in vain.
_ROWS_PER_TRACE: Final = 64


def thin(space: Space, kept: Sequence[Trace], most: int) -> Space:
    """Leave out values, evenly, until no more than `most` traces are legal.

    Args:
        kept: traces of the space whose values all stay.

    Returns:
        The same knobs in the same order and the same requirements, so a trace of the
        result is one of `space`, and legal in both or neither.

    Raises:
        SpaceError: the kept values alone make more, or a trace is not of this space.
    """
    fixed = _fixed(space, kept)
    positions = {knob.name: list(range(len(knob.values))) for knob in space.knobs}
    while True:
        thinned = _with(space, positions)
        if _counts_at_most(thinned, most):
            return thinned
        name, position = _next_to_leave(space, positions, fixed)
        positions[name].remove(position)


def _fixed(space: Space, kept: Sequence[Trace]) -> dict[str, set[int]]:
    """By knob the positions of values that stay."""
    defaults = tuple((knob.name, knob.default) for knob in space.knobs)
    staying = [Trace(space=space.name, decisions=defaults), *kept]
    fixed: dict[str, set[int]] = {knob.name: set() for knob in space.knobs}
    for trace in staying:
        for knob, index in zip(space.knobs, encode(space, trace), strict=True):
            fixed[knob.name].add(index)
    return fixed


def _with(space: Space, positions: Mapping[str, Sequence[int]]) -> Space:
    def values(knob: Knob) -> tuple[Value, ...]:
        return tuple(knob.values[position] for position in positions[knob.name])

    knobs = (dataclasses.replace(knob, values=values(knob)) for knob in space.knobs)
    return dataclasses.replace(space, knobs=tuple(knobs))


def _counts_at_most(space: Space, most: int) -> bool:
    try:
        return count_legal(space, max_rows=most * _ROWS_PER_TRACE) <= most
    except SpaceError:
        return False


def _next_to_leave(
    space: Space,
    positions: Mapping[str, Sequence[int]],
    fixed: Mapping[str, set[int]],
) -> tuple[str, int]:
    """A value of the knob with the most: the one that its neighbours stand in for best.

    The ends of a range stay longest.
    """
    movable = {
        knob.name: [p for p in positions[knob.name] if p not in fixed[knob.name]]
        for knob in space.knobs
    }
    name = max(movable, key=lambda name: (len(movable[name]), len(positions[name])))
    if not movable[name]:
        raise SpaceError(
            f"the values of space {space.name} that have to stay make too many traces"
        )

    def gap(position: int) -> tuple[bool, int]:
        around = positions[name]
        place = around.index(position)
        if place in (0, len(around) - 1):
            return True, position
        return False, around[place + 1] - around[place - 1]

    return name, min(movable[name], key=gap)
