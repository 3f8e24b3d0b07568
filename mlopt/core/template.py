"""Spaces before they meet a workload: what a file in the mlopt dialect says.

A template is the file's operations as plain values, which need no compiler. For a
workload and a target `dialect.elaboration` makes a `Space` of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

# Of integers, booleans and words; lists of them.
Attribute: TypeAlias = int | str | tuple[int | bool, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One operation.

    Attributes:
        op: its full name, "mlopt.knob" or "arith.muli".
        operands, results: numbers of values; each is the result of one line.
        attributes: an `arith.constant` has "value".
        lines: those of its region, less the terminator; operations that can stand in
            a space have at most one region.
        place: "file:line:column", for sentences.
    """

    op: str
    operands: tuple[int, ...] = ()
    results: tuple[int, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    lines: tuple["Line", ...] = ()
    place: str = ""


def at(place: str, sentence: object) -> str:
    """A sentence about a line; what was written in Python has no place."""
    return f"{place}: error: {sentence}" if place else str(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceTemplate:
    """An `mlopt.space`.

    Attributes:
        kind: of workload it is for, or "any"; target: `Target.kind`.
        version: raised whenever a knob changes its meaning.
    """

    name: str
    kind: str
    target: str
    version: str
    lines: tuple[Line, ...]

    @property
    def key(self) -> str:
        """What records of its traces are filed under."""
        return f"{self.name}@{self.version}"
