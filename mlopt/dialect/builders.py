"""Spaces written in Python: a decorated function becomes a template.

    @space(kind="contraction")
    def mine(s):
        m = s.extent("m")
        tile = s.knob("tile", s.divisors(m, low=8, high=64), default=32)
        s.require(tile * tile <= 4096, "a tile must fit a page")

Every operation of the dialect is a method of the builder; numbers compute as they do
in Python, and become arith operations. The same is what a file of the dialect says:
`printing.space_text` prints it. Needs no compiler.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from mlopt.core.errors import SpaceError
from mlopt.core.template import Attribute, Line, SpaceTemplate
from mlopt.dialect.constraints import AnyOf, Base, Constraint, Is, Operation
from mlopt.dialect.definition import OPERATIONS
from mlopt.dialect.operands import Number, Operand

_BY_NAME: Final = {operation.name: operation for operation in OPERATIONS}


class SpaceBuilder:
    """One method for each operation: operands first, attributes by name.

    `s.extent(loop="m")`, `s.divisors(m, low=8, high=64)`; operations with one attribute
    take it by position too, after the operands. Regions are `with` blocks.
    """

    def __init__(self) -> None:
        self._blocks: list[list[Line]] = [[]]
        self._num_values = 0

    @property
    def lines(self) -> tuple[Line, ...]:
        """What was said so far."""
        return tuple(self._blocks[0])

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in _BY_NAME or _BY_NAME[name].regions:
            raise AttributeError(f"the mlopt dialect has no operation '{name}'")
        return lambda *values, **attributes: self._call(
            _BY_NAME[name], values, attributes
        )

    def knob(self, name: str, values: Any, default: Number) -> Operand:
        """A named choice: `values` is a list on offer, or the values themselves."""
        if not isinstance(values, Operand):
            values = self._call(_BY_NAME["list"], (), {"values": tuple(values)})
        operands = (values, self.operand(default, "i64"))
        return self.add("mlopt.knob", operands, "i64", {"name": name})

    def require(self, condition: Operand, message: str) -> None:
        """Decisions for which the condition does not hold are illegal."""
        self.add("mlopt.require", (condition,), "", {"message": message})

    def match(self, condition: Operand, message: str) -> None:
        """The workload must be so for the space to be offered."""
        self.add("mlopt.match", (condition,), "", {"message": message})

    def advise(self, expert: str, **wishes: Number) -> None:
        """What an expert would choose, by knob."""
        values = tuple(self.operand(wish, "i64") for wish in wishes.values())
        self.add("mlopt.advise", values, "", {"expert": expert, "knobs": tuple(wishes)})

    def choose(self, name: str, labels: Sequence[str], default: str) -> Operand:
        """A named choice among words; compare the result with a label's position."""
        ways = tuple(
            Line(op="mlopt.alternative", attributes={"label": label})
            for label in labels
        )
        return self.add(
            "mlopt.alternatives", (), "i64", {"name": name, "default": default}, ways
        )

    def select(self, condition: Operand, yes: Number, no: Number) -> Operand:
        """One number or the other."""
        both = (self.operand(yes, "i64"), self.operand(no, "i64"))
        return self.add("arith.select", (condition, *both), "i64")

    def minimum(self, one: Number, other: Number) -> Operand:
        """The smaller of two numbers."""
        return self.operand(one, "i64").arith("minsi", other)

    def maximum(self, one: Number, other: Number) -> Operand:
        """The larger of two numbers."""
        return self.operand(one, "i64").arith("maxsi", other)

    @contextmanager
    def when(self, condition: Operand) -> Iterator[None]:
        """Steps that are taken where the condition holds."""
        self._blocks.append([])
        yield
        lines = tuple(self._blocks.pop())
        self.add("mlopt.when", (condition,), "", {}, lines)

    @contextmanager
    def per_loop(self, iterators: str, num_results: int) -> Iterator[list[Operand]]:
        """What is said inside, for each loop of a kind; end it with `s.collect(...)`.

        Gives a list that holds the sizes after the block.
        """
        self._blocks.append([])
        results: list[Operand] = []
        yield results
        lines = tuple(self._blocks.pop())
        results += [self._new("!mlopt.sizes") for _ in range(num_results)]
        self._append("mlopt.per_loop", (), results, {"iterators": iterators}, lines)

    def operand(self, value: Any, type_: str) -> Operand:
        """A value as it is; a Python number as a constant."""
        if isinstance(value, Operand):
            return value
        if isinstance(value, bool) or type_ == "i1":
            return self.add("arith.constant", (), "i1", {"value": bool(value)})
        if not isinstance(value, int):
            raise SpaceError(f"{value!r} is no number of a space")
        return self.add("arith.constant", (), "i64", {"value": value})

    def add(
        self,
        op: str,
        operands: Sequence[Operand],
        type_: str,
        attributes: dict[str, Attribute] | None = None,
        lines: tuple[Line, ...] = (),
    ) -> Any:
        """Append an operation with one result, or with none where its type is ""."""
        results = [self._new(type_)] if type_ else []
        self._append(op, operands, results, attributes or {}, lines)
        return results[0] if results else None

    def _call(
        self, operation: Operation, values: Sequence[Any], attributes: dict[str, Any]
    ) -> Any:
        slots = operation.operands
        num_variadic = sum(slot.is_variadic for slot in slots)
        num_operands = len(slots) if not num_variadic else len(values)
        given = dict(attributes)
        wanted = [name for name, _ in operation.attributes]
        if len(wanted) == 1 and len(values) > num_operands:
            given[wanted[0]] = values[num_operands]
        has_extra = len(values) > num_operands + (len(wanted) == 1)
        if len(values) < num_operands or has_extra or set(given) != set(wanted):
            raise SpaceError(_usage(operation))
        given = {n: tuple(v) if isinstance(v, list) else v for n, v in given.items()}
        _check_words(operation, given)
        kinds = [slot for slot in slots for _ in range(1)]
        operands = [
            self.operand(value, _type(kinds[min(i, len(kinds) - 1)].constraint))
            for i, value in enumerate(values[:num_operands])
        ]
        results = [self._new(_type(slot.constraint)) for slot in operation.results]
        self._append(operation.full_name, operands, results, given, ())
        if len(results) == 1:
            return results[0]
        return tuple(results) or None

    def _append(
        self,
        op: str,
        operands: Sequence[Operand],
        results: Sequence[Operand],
        attributes: dict[str, Attribute],
        lines: tuple[Line, ...],
    ) -> None:
        self._blocks[-1].append(
            Line(
                op=op,
                operands=tuple(operand.number for operand in operands),
                results=tuple(result.number for result in results),
                attributes=attributes,
                lines=lines,
            )
        )

    def _new(self, type_: str) -> Operand:
        self._num_values += 1
        return Operand(self, self._num_values - 1, type_)


def space(
    *, kind: str, target: str = "llvm-cpu", version: str = "1", name: str | None = None
) -> Callable[[Callable[[SpaceBuilder], None]], SpaceTemplate]:
    """Make a template of a function that says what a space holds.

    Args:
        kind: of workload: "contraction", "convolution", "reduction", "elementwise",
            or "any".
        name: the function's where None.

    Raises:
        SpaceError: an operation used in a wrong way.
    """

    def decorate(function: Callable[[SpaceBuilder], None]) -> SpaceTemplate:
        builder = SpaceBuilder()
        function(builder)
        return SpaceTemplate(
            name=name or function.__name__,
            kind=kind,
            target=target,
            version=version,
            lines=builder.lines,
        )

    return decorate


def _usage(operation: Operation) -> str:
    operands = [f"{s.name}{'...' if s.is_variadic else ''}" for s in operation.operands]
    attributes = [f"{name}=" for name, _ in operation.attributes]
    return f"{operation.name}({', '.join(operands + attributes)}) is how it is called"


def _check_words(operation: Operation, attributes: dict[str, Any]) -> None:
    """An attribute that is one of several words is one of them."""
    for name, constraint in operation.attributes:
        options = constraint.options if isinstance(constraint, AnyOf) else ()
        words = [o.text.strip('"') for o in options if isinstance(o, Is)]
        if words and attributes[name] not in words:
            raise SpaceError(
                f"{operation.name}: {name} is one of {', '.join(words)}, "
                f"not {attributes[name]!r}"
            )


def _type(constraint: Constraint) -> str:
    match constraint:
        case Is(text):
            return text
        case Base(name):
            return name
    raise SpaceError("a type that is not known")
