"""Spaces before they meet a workload: what a file in the mlopt dialect says.

A template is a straight line of operations over numbers, one a line of the file. For a
workload and a target `search.elaboration` makes a `Space` of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

# Of integers, booleans and words; lists of the first two.
Attribute: TypeAlias = int | str | tuple[int | bool, ...] | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One operation.

    Attributes:
        op: its full name, "mlopt.knob" or "arith.muli".
        operands: numbers of earlier lines; an operation has one result at most.
        attributes: an `arith.constant` has "value", an `mlopt.alternatives` "labels".
    """

    op: str
    operands: tuple[int, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceTemplate:
    """An `mlopt.space`; its steps, which work on handles, are left out.

    Attributes:
        kind: of workload it is for, or "any"; target: `Target.kind`.
        lowering: names what turns its decisions into a schedule.
    """

    name: str
    kind: str
    target: str
    lowering: str
    version: str
    lines: tuple[Line, ...]
