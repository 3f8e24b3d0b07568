"""How is a trace written as numbers? One index per knob, in the space's order.

Strategies work on indices: they are cheap to mutate and to compare, and they tell
`1` from `True`, which Python's own equality does not. Imports core only.
"""

from collections.abc import Sequence
from typing import TypeAlias

from mlopt.core.candidate import Knob, Space, Trace, Value
from mlopt.core.errors import SpaceError

# Position of each knob's value among `knob.values`, knob by knob.
Indices: TypeAlias = tuple[int, ...]


def encode(space: Space, trace: Trace) -> Indices:
    """Turn a trace into indices; legality is not asked about.

    Returns:
        One index per knob of `space`: `knob.values[index]` is what was decided.

    Raises:
        SpaceError: the trace belongs to another space, its knobs are not the
            space's in the space's order, or a value is not among a knob's values.
    """
    if trace.space != space.name:
        raise SpaceError(f"a trace of {trace.space} was read as one of {space.name}")
    names = [name for name, _ in trace.decisions]
    expected = [knob.name for knob in space.knobs]
    if names != expected:
        raise SpaceError(
            f"a trace of space {space.name} decides {names}, not {expected}; "
            "it was probably written for another version of the space"
        )
    pairs = zip(space.knobs, trace.decisions, strict=True)
    return tuple(_index_of(space, knob, value) for knob, (_, value) in pairs)


def decode(space: Space, indices: Sequence[int]) -> Trace:
    """Turn indices into the trace they stand for: the inverse of `encode`.

    Raises:
        SpaceError: not one index per knob, or an index outside a knob's values.
    """
    if len(indices) != len(space.knobs):
        raise SpaceError(
            f"space {space.name} has {len(space.knobs)} knobs, not {len(indices)}"
        )
    for knob, index in zip(space.knobs, indices, strict=True):
        if not 0 <= index < len(knob.values):
            raise SpaceError(
                f"knob {knob.name} of space {space.name} has no value number {index}"
            )
    return Trace(
        space=space.name, decisions=tuple(decisions_of(space, indices).items())
    )


def decisions_of(space: Space, indices: Sequence[int]) -> dict[str, Value]:
    """The decisions behind `indices`, which the caller vouches for: no checks."""
    return {
        knob.name: knob.values[index]
        for knob, index in zip(space.knobs, indices, strict=True)
    }


def is_ordered(knob: Knob) -> bool:
    """Whether the knob's values are integers, listed in an order that means something.

    Neighbouring values then behave alike; values of other kinds just differ.
    """
    return all(type(value) is int for value in knob.values)


def _index_of(space: Space, knob: Knob, value: Value) -> int:
    for index, known in enumerate(knob.values):
        if type(known) is type(value) and known == value:
            return index
    raise SpaceError(
        f"knob {knob.name} of space {space.name} has no value {value!r}; "
        f"its values are {knob.values}"
    )
