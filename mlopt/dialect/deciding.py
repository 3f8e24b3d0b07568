"""Values that depend on decisions: arithmetic from knobs to a condition.

Takes numbers, and NumPy arrays in place of them: one element for each trace. Imports
core only.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, Self

import numpy as np

from mlopt.core.candidate import Decisions
from mlopt.dialect.arithmetic import function_of
from mlopt.dialect.expansion import CHOICES, Instruction

# A value, its function, and the values it is computed from.
_Operation = tuple[int, Callable[..., Any], tuple[int, ...]]
_ARITH: Final = "arith."


class Formula:
    """Instructions that compute, ready to be executed many times.

    Called with decisions it says whether its condition holds, where it is reached;
    True = legal.
    """

    def __init__(
        self, instructions: Iterable[Instruction], known: Mapping[int, Any]
    ) -> None:
        self._known = known
        self._condition: int | None = None
        self._guards: tuple[tuple[int, int], ...] = ()
        self._choices = []
        self._operations: list[_Operation] = []
        for line in instructions:
            if line.results and line.results[0] not in known:
                self._add(line)

    @classmethod
    def of(
        cls,
        condition: int,
        guards: tuple[tuple[int, int], ...],
        instructions: Sequence[Instruction],
        known: Mapping[int, Any],
    ) -> Self:
        """What a condition needs, and no more."""
        wanted = (condition, *(value for value, _ in guards))
        needed = _needed(wanted, instructions, known)
        reads = {v for line in needed for v in line.operands if v is not None}
        reads |= set(wanted)
        formula = cls(needed, {v: known[v] for v in reads if v in known})
        formula._condition, formula._guards = condition, guards
        return formula

    def __call__(self, decisions: Decisions) -> Any:
        assert self._condition is not None
        values = self.evaluate_all(decisions)
        holds = values[self._condition]
        for value, number in self._guards:
            holds = holds | (values[value] != number)
        return holds

    def evaluate_all(self, decisions: Decisions) -> dict[int, Any]:
        """Every value, by its number."""
        values: dict[Any, Any] = dict(self._known)
        for result, name, labels in self._choices:
            values[result] = _numeric(decisions[name], labels)
        for result, function, operands in self._operations:
            values[result] = function(*[values[operand] for operand in operands])
        return values

    def _add(self, line: Instruction) -> None:
        if line.op in CHOICES:
            name, labels = line.attributes["name"], line.attributes.get("labels")
            self._choices.append((line.results[0], name, labels))
        elif line.op.startswith(_ARITH):
            function = function_of(line.op, line.attributes)
            operands = tuple(v for v in line.operands if v is not None)
            self._operations.append((line.results[0], function, operands))


def _needed(
    wanted: Sequence[int], instructions: Sequence[Instruction], known: Mapping[int, Any]
) -> list[Instruction]:
    """The instructions that some values depend on, in their order."""
    makers = {value: line for line in instructions for value in line.results}
    waiting, found = list(wanted), set[int]()
    while waiting:
        value = waiting.pop()
        if value not in known and value not in found:
            found.add(value)
            maker = makers[value]
            if maker.op not in CHOICES:
                waiting += [v for v in maker.operands if v is not None]
    return [line for line in instructions if found.intersection(line.results)]


def _numeric(decision: Any, labels: Any) -> Any:
    """Decisions as numbers: of words their position, of truths 0 and 1."""
    if isinstance(decision, np.ndarray):
        if labels is None:
            return decision.astype(np.int64)
        return sum(i * (decision == label) for i, label in enumerate(labels))
    return int(decision) if labels is None else labels.index(decision)
