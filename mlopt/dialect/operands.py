"""Values of a space that is being written in Python: they compute as numbers do.

Every operation on one is an operation of the space, which its builder appends.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias

from mlopt.core.errors import SpaceError

_PREDICATES: Final = {"==": 0, "!=": 1, "<": 2, "<=": 3, ">": 4, ">=": 5}


class Appends(Protocol):
    """What an operand needs of its builder."""

    def operand(self, value: Any, type_: str) -> "Operand":
        """A value as it is; a Python number as a constant."""
        ...

    def add(self, op: str, operands: Any, type_: str, attributes: Any = None, /) -> Any:
        """Append an operation; its result."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """A value of a space under construction: a number, a truth, a list, a handle."""

    builder: Appends
    number: int
    type: str

    def __add__(self, other: "Number") -> "Operand":
        return self.arith("addi", other)

    def __sub__(self, other: "Number") -> "Operand":
        return self.arith("subi", other)

    def __mul__(self, other: "Number") -> "Operand":
        return self.arith("muli", other)

    def __floordiv__(self, other: "Number") -> "Operand":
        return self.arith("divsi", other)

    def __mod__(self, other: "Number") -> "Operand":
        return self.arith("remsi", other)

    def __and__(self, other: "Number") -> "Operand":
        return self.arith("andi", other)

    def __or__(self, other: "Number") -> "Operand":
        return self.arith("ori", other)

    def __invert__(self) -> "Operand":
        return self.arith("xori", True)

    def __eq__(self, other: object) -> "Operand":  # pyright: ignore
        return self._compare("==", other)

    def __ne__(self, other: object) -> "Operand":  # pyright: ignore
        return self._compare("!=", other)

    def __lt__(self, other: "Number") -> "Operand":
        return self._compare("<", other)

    def __le__(self, other: "Number") -> "Operand":
        return self._compare("<=", other)

    def __gt__(self, other: "Number") -> "Operand":
        return self._compare(">", other)

    def __ge__(self, other: "Number") -> "Operand":
        return self._compare(">=", other)

    def __bool__(self) -> bool:
        raise SpaceError(
            "a value of a space is not known yet: combine conditions by & and |"
        )

    def arith(self, op: str, other: "Number") -> "Operand":
        """An operation of the arith dialect on this value and another."""
        right = self.builder.operand(other, self.type)
        return self.builder.add(f"arith.{op}", (self, right), self.type)

    def _compare(self, sign: str, other: Any) -> "Operand":
        right = self.builder.operand(other, self.type)
        attributes = {"predicate": _PREDICATES[sign]}
        return self.builder.add("arith.cmpi", (self, right), "i1", attributes)


Number: TypeAlias = Operand | int
