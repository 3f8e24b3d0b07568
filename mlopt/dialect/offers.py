"""Numbers and lists of values that depend on the workload and the target alone.

Imports core only.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from mlopt.core.candidate import Value
from mlopt.dialect.arithmetic import function_of
from mlopt.dialect.expansion import Instruction, Unfit
from mlopt.dialect.facts import Facts
from mlopt.dialect.values import dividing_sizes, tile_sizes


def evaluate(line: Instruction, operands: Sequence[Any], facts: Facts) -> Any:
    """The value of a line whose operands are known.

    Raises:
        Unfit: a fact that the workload does not have.
        InputError: an operation that is not understood.
    """
    attributes: Any = line.attributes
    match line.op:
        case "arith.constant":
            return attributes["value"]
        case "mlopt.extent":
            return _fact(facts.extents, attributes["loop"], "loop")
        case "mlopt.property":
            return _fact(facts.properties, attributes["name"], "property")
        case "mlopt.list":
            return attributes["values"]
        case "mlopt.divisors":
            low, high = attributes["low"], attributes["high"]
            return dividing_sizes(operands[0], low=low, high=high)
    if line.op in _LISTS:
        return _LISTS[line.op](*operands)
    return function_of(line.op, attributes)(*operands)


def _those(values: Sequence[Value], good: Callable[[Any], bool]) -> Sequence[Value]:
    """What is good; all of it where nothing is."""
    return tuple(value for value in values if good(value)) or values


_LISTS: Final[Mapping[str, Callable[..., Any]]] = {
    "mlopt.tiles": lambda extent, low, high: tile_sizes(extent, low=low, high=high),
    "mlopt.prepend": lambda number, values: (number, *values),
    "mlopt.multiples": lambda values, number: _those(
        values, lambda value: number and value % number == 0
    ),
    "mlopt.dividing": lambda values, number: _those(
        values, lambda value: value and number % value == 0
    ),
    "mlopt.at_most": lambda values, bound: (
        tuple(value for value in values if value <= bound) or (bound,)
    ),
    "mlopt.scaled": lambda values, number: tuple(value * number for value in values),
}


def number_of(line: Instruction, value: Value) -> int:
    """A decision as the number that arithmetic sees: of an alternative its position."""
    if isinstance(value, str):
        labels: Any = line.attributes["labels"]
        return labels.index(value)
    return int(value)


def _fact(facts: Mapping[str, int], name: str, what: str) -> int:
    if name not in facts:
        raise Unfit(f"the workload has no {what} '{name}'")
    return facts[name]
