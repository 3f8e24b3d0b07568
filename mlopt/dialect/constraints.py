"""What an operation of the dialect must look like, as values.

The vocabulary of IRDL, as far as `dialects/mlopt.irdl.mlir` uses it; `definition.py`
is written in it. Standard library only.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Is:
    """Exactly one type or attribute, in MLIR's own text: `i64`, `"panel"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Base:
    """Any type or attribute of one kind: "#builtin.string", "!mlopt.values"."""

    name: str


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several."""

    options: tuple["Constraint", ...]


Constraint: TypeAlias = Is | Base | AnyOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """An operand or a result; a variadic one stands for any number of values."""

    name: str
    constraint: Constraint
    is_variadic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region; `num_blocks` is None where any number will do."""

    name: str
    num_blocks: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation.

    Attributes:
        name: without the dialect's.
        text: its documentation: paragraphs, then an example between ``` lines; ""
            in `definition.py`.
        attributes: by name; all of them are mandatory.
    """

    name: str
    text: str = ""
    operands: tuple[Slot, ...] = ()
    results: tuple[Slot, ...] = ()
    attributes: tuple[tuple[str, Constraint], ...] = ()
    regions: tuple[Region, ...] = ()

    @property
    def full_name(self) -> str:
        """As it stands in IR."""
        return f"mlopt.{self.name}"

    @property
    def summary(self) -> str:
        """The documentation without its example."""
        return self.text.partition("```")[0].strip()

    @property
    def example(self) -> str:
        """MLIR text of the example; "" without one."""
        _, _, rest = self.text.partition("```mlir\n")
        return rest.partition("```")[0]
