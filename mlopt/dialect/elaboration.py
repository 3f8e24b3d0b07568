"""A template meets a workload on a target: a space, or the reason why there is none.

Everything that depends on shapes alone is computed once; what depends on decisions
becomes arithmetic that takes numbers and NumPy arrays alike. Imports core only.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import numpy as np

from mlopt.core.candidate import Decisions, Knob, Requirement, Space, Value
from mlopt.core.errors import InputError
from mlopt.core.template import Line, SpaceTemplate
from mlopt.search.spaces.values import dividing_sizes, nearest

# A number, a list of values on offer, or the name of a choice.
_Known: TypeAlias = Any
_Function: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a template may ask of a workload and its target.

    Attributes:
        extents: of the root's loops by role: "m", "n", "k", "batch".
        properties: by the names that `mlopt.property` takes.
    """

    extents: Mapping[str, int]
    properties: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Open:
    """A value that depends on decisions: the number of its line."""

    line: int


_PREDICATES: Final[Mapping[int, _Function]] = {
    0: np.equal,
    1: np.not_equal,
    2: np.less,
    3: np.less_equal,
    4: np.greater,
    5: np.greater_equal,
}
_ARITHMETIC: Final[Mapping[str, _Function]] = {
    "arith.addi": lambda a, b: a + b,
    "arith.subi": lambda a, b: a - b,
    "arith.muli": lambda a, b: a * b,
    "arith.divsi": lambda a, b: np.trunc(np.divide(a, b)).astype(np.int64),
    "arith.remsi": np.fmod,
    "arith.minsi": np.minimum,
    "arith.maxsi": np.maximum,
    "arith.andi": np.bitwise_and,
    "arith.ori": np.bitwise_or,
    "arith.xori": np.bitwise_xor,
    "arith.select": np.where,
    "arith.extui": lambda a: np.asarray(a).astype(np.int64),
}


def elaborate(template: SpaceTemplate, facts: Facts) -> Space | str:
    """The space for a workload, or the sentence of the match that fails.

    Raises:
        InputError: arithmetic that is not understood, a list that depends on a
            decision, or a fact that nobody knows.
    """
    known: list[_Known] = []
    knobs: list[Knob] = []
    requirements: list[Requirement] = []
    for number, line in enumerate(template.lines):
        operands = [known[i] for i in line.operands]
        match line.op:
            case "mlopt.match":
                if not _closed(line, operands)[0]:
                    return str(line.attributes["message"])
                known.append(None)
            case "mlopt.knob" | "mlopt.alternatives":
                knobs.append(_knob(line, operands))
                known.append(_Open(number))
            case "mlopt.require":
                requirements.append(_requirement(template, known, line))
                known.append(None)
            case _:
                is_open = any(isinstance(value, _Open) for value in operands)
                value = _Open(number) if is_open else _evaluate(line, operands, facts)
                known.append(value)
    return Space(
        name=template.name,
        version=template.version,
        knobs=tuple(knobs),
        requirements=tuple(requirements),
    )


def _evaluate(line: Line, operands: Sequence[Any], facts: Facts) -> _Known:
    """A line that no decision reaches."""
    attributes: Any = line.attributes
    match line.op:
        case "arith.constant":
            return attributes["value"]
        case "mlopt.extent":
            return _fact(facts.extents, attributes["loop"])
        case "mlopt.property":
            return _fact(facts.properties, attributes["name"])
        case "mlopt.list":
            return attributes["values"]
        case "mlopt.divisors":
            (extent,), low, high = operands, attributes["low"], attributes["high"]
            return dividing_sizes(extent, low=low, high=high)
        case "mlopt.multiples":
            values, number = operands
            return tuple(v for v in values if v % number == 0) or values
        case "mlopt.dividing":
            values, number = operands
            return tuple(v for v in values if number % v == 0) or values
        case "mlopt.at_most":
            values, bound = operands
            return tuple(v for v in values if v <= bound) or (bound,)
        case "mlopt.scaled":
            values, number = operands
            return tuple(v * number for v in values)
    return _compute(line, operands)


def _compute(line: Line, operands: Sequence[Any]) -> Any:
    if line.op == "arith.cmpi":
        predicate: Any = line.attributes["predicate"]
        if predicate not in _PREDICATES:
            raise InputError("comparisons are of signed integers here")
        return _PREDICATES[predicate](*operands)
    if line.op not in _ARITHMETIC:
        raise InputError(f"'{line.op}' cannot be computed in a space")
    return _ARITHMETIC[line.op](*operands)


def _closed(line: Line, operands: Sequence[_Known]) -> Sequence[Any]:
    if any(isinstance(value, _Open) for value in operands):
        raise InputError(f"an operand of '{line.op}' depends on a decision")
    return operands


def _knob(line: Line, operands: Sequence[_Known]) -> Knob:
    name = str(line.attributes["name"])
    if line.op == "mlopt.alternatives":
        labels: Any = line.attributes["labels"]
        default: Any = line.attributes["default"]
        return Knob(name=name, values=labels, default=default)
    values, wish = _closed(line, operands)
    unique: tuple[Value, ...] = tuple(dict.fromkeys(values))
    return Knob(name=name, values=unique, default=nearest(unique, wish))


def _requirement(
    template: SpaceTemplate, known: Sequence[_Known], line: Line
) -> Requirement:
    known = tuple(known)
    (condition,) = line.operands
    needed = _needed(template, known, condition)

    def holds(decisions: Decisions) -> Any:
        values = dict(enumerate(known))
        for number in needed:
            values[number] = _decided(template.lines[number], values, decisions)
        return values[condition]

    return Requirement(sentence=str(line.attributes["message"]), holds=holds)


def _needed(
    template: SpaceTemplate, known: Sequence[_Known], condition: int
) -> list[int]:
    """The open lines that a condition depends on, in their order."""
    waiting, found = [condition], set[int]()
    while waiting:
        number = waiting.pop()
        if isinstance(known[number], _Open) and number not in found:
            found.add(number)
            if template.lines[number].op not in ("mlopt.knob", "mlopt.alternatives"):
                waiting += template.lines[number].operands
    return sorted(found)


def _decided(line: Line, values: Mapping[int, Any], decisions: Decisions) -> Any:
    if line.op == "mlopt.knob":
        return decisions[str(line.attributes["name"])]
    if line.op == "mlopt.alternatives":
        taken = decisions[str(line.attributes["name"])]
        labels: Any = line.attributes["labels"]
        return sum(i * (taken == label) for i, label in enumerate(labels))
    return _compute(line, [values[i] for i in line.operands])


def _fact(facts: Mapping[str, int], name: str) -> int:
    if name not in facts:
        raise InputError(f"nobody knows the '{name}' of this workload")
    return facts[name]
