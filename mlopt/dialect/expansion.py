"""A template meets the loops of a workload: what stands there for each loop is written
out, and what stands in regions becomes a straight line.

Afterwards only choices, requirements, advice, steps and arithmetic are left. Imports
core only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from mlopt.core.errors import InputError
from mlopt.core.template import Attribute, Line, SpaceTemplate, at
from mlopt.dialect.facts import Facts

# The value of each loop that has one, by the loop's position.
Sizes: TypeAlias = Mapping[int, int]

CHOICES: Final = ("mlopt.knob", "mlopt.alternatives")
_ROLES: Final = ("m", "n", "k", "batch")


class Unfit(Exception):
    """The space is not for this workload; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One operation that may be executed.

    Attributes:
        operands: values; where one of them is of type `!mlopt.sizes`, it is `sizes`,
            and None stands at its place.
        guards: it is executed where each of these values equals the number.
        loop: position of the loop it was written out for.
    """

    op: str
    operands: tuple[int | None, ...] = ()
    results: tuple[int, ...] = ()
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    sizes: Sizes | None = None
    guards: tuple[tuple[int, int], ...] = ()
    place: str = ""


def expand(template: SpaceTemplate, facts: Facts) -> tuple[Instruction, ...]:
    """The instructions of a space for one workload, in its order.

    Raises:
        Unfit: it needs loops that the workload does not have.
        InputError: a type where another one is needed.
    """
    expansion = _Expansion(facts)
    expansion.lines(template.lines)
    return tuple(expansion.instructions)


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where a line stands: the loop it is written out for, and what must hold."""

    loop: int | None = None
    guards: tuple[tuple[int, int], ...] = ()


class _Expansion:
    """Values of the template become values of the instructions, or `Sizes`."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._values: dict[int, int | Sizes] = {}
        self._collected: list[tuple[int, ...]] = []
        self._num_values = 0
        self.instructions: list[Instruction] = []

    def lines(self, lines: Sequence[Line], scope: _Scope = _Scope()) -> None:
        for line in lines:
            self._line(line, scope)

    def _line(self, line: Line, scope: _Scope) -> None:
        match line.op:
            case "mlopt.per_loop":
                self._per_loop(line, scope)
            case "mlopt.collect":
                self._collected.append(
                    tuple(self._number(v, line) for v in line.operands)
                )
            case "mlopt.loop":
                self._loop_fact(line, scope)
            case "mlopt.by_loop" | "mlopt.by_role" | "mlopt.join":
                self._values[line.results[0]] = self._sizes_of(line)
            case "mlopt.product":
                sizes = self._sizes(line.operands[0], line)
                self._values[line.results[0]] = self._product(list(sizes.values()))
            case "mlopt.fused_vector":
                self._values[line.results[0]] = self._fused_vector(line)
            case "mlopt.when":
                guard = (self._number(line.operands[0], line), 1)
                self.lines(line.lines, _Scope(scope.loop, (*scope.guards, guard)))
            case "mlopt.alternatives":
                self._alternatives(line, scope)
            case _:
                self._emit(line, line.attributes, scope)

    def _per_loop(self, line: Line, scope: _Scope) -> None:
        wanted = line.attributes["iterators"]
        gathered: dict[int, tuple[int, ...]] = {}
        for position, loop in enumerate(self._facts.loops):
            kind = "parallel" if loop["is_parallel"] else "reduction"
            if wanted not in ("all", kind):
                continue
            self.lines(line.lines, _Scope(position, scope.guards))
            gathered[position] = self._collected.pop()
        for index, result in enumerate(line.results):
            self._values[result] = {p: values[index] for p, values in gathered.items()}

    def _loop_fact(self, line: Line, scope: _Scope) -> None:
        if scope.loop is None:
            raise InputError(at(line.place, "there is no loop here"))
        value = self._facts.loops[scope.loop][str(line.attributes["property"])]
        self._values[line.results[0]] = self._constant(value)

    def _alternatives(self, line: Line, scope: _Scope) -> None:
        labels = tuple(str(way.attributes["label"]) for way in line.lines)
        attributes = {**line.attributes, "labels": labels}
        self._emit(line, attributes, scope)
        taken = self._number(line.results[0], line)
        for index, way in enumerate(line.lines):
            self.lines(way.lines, _Scope(scope.loop, (*scope.guards, (taken, index))))

    def _emit(
        self, line: Line, attributes: Mapping[str, Attribute], scope: _Scope
    ) -> None:
        """The line as an instruction; in a loop, choices are named after it too."""
        operands = [self._values[value] for value in line.operands]
        sizes = [value for value in operands if not isinstance(value, int)]
        for result in line.results:
            self._values[result] = self._new()
        self.instructions.append(
            Instruction(
                op=line.op,
                operands=tuple(v if isinstance(v, int) else None for v in operands),
                results=tuple(self._number(v, line) for v in line.results),
                attributes=_named(line.op, attributes, scope.loop),
                sizes=sizes[0] if sizes else None,
                guards=scope.guards,
                place=line.place,
            )
        )

    def _sizes_of(self, line: Line) -> Sizes:
        if line.op == "mlopt.join":
            first, second = (self._sizes(value, line) for value in line.operands)
            return {**second, **first}
        numbers = [self._number(value, line) for value in line.operands]
        if line.op == "mlopt.by_loop":
            num_loops = len(self._facts.loops)
            if len(numbers) != num_loops:
                raise Unfit(f"{len(numbers)} sizes for {num_loops} loops")
            return dict(enumerate(numbers))
        if not self._facts.roles:
            raise Unfit("the workload is no plain contraction")
        return {
            position: number
            for role, number in zip(_ROLES, numbers, strict=True)
            for position in self._facts.roles[role]
        }

    def _fused_vector(self, line: Line) -> int:
        sizes = self._sizes(line.operands[0], line)
        inner = self._number(line.operands[1], line)
        largest = self._constant(0)
        for loops in self._facts.fused:
            known = [sizes[loop] for loop in loops if loop in sizes]
            elements = self._product([*known, inner])
            largest = self._compute("arith.maxsi", largest, elements)
        return largest

    def _product(self, values: Sequence[int]) -> int:
        if not values:
            return self._constant(1)
        product, *rest = values
        for value in rest:
            product = self._compute("arith.muli", product, value)
        return product

    def _compute(self, op: str, *operands: int) -> int:
        result = self._new()
        self.instructions.append(
            Instruction(op=op, operands=operands, results=(result,))
        )
        return result

    def _constant(self, value: int) -> int:
        result = self._new()
        self.instructions.append(
            Instruction(
                op="arith.constant", results=(result,), attributes={"value": value}
            )
        )
        return result

    def _new(self) -> int:
        self._num_values += 1
        return self._num_values - 1

    def _number(self, value: int, line: Line) -> int:
        found = self._values[value]
        if not isinstance(found, int):
            raise InputError(at(line.place, "sizes where a number is needed"))
        return found

    def _sizes(self, value: int, line: Line) -> Sizes:
        found = self._values[value]
        if isinstance(found, int):
            raise InputError(at(line.place, "a number where sizes are needed"))
        return found


def _named(
    op: str, attributes: Mapping[str, Attribute], loop: int | None
) -> Mapping[str, Attribute]:
    """In a loop, the choice `vec` is `vec3` for the loop at position 3."""
    if loop is None:
        return attributes
    if op in CHOICES:
        return {**attributes, "name": f"{attributes['name']}{loop}"}
    if op == "mlopt.advise" and isinstance(knobs := attributes["knobs"], tuple):
        return {**attributes, "knobs": tuple(f"{knob}{loop}" for knob in knobs)}
    return attributes
