"""Which values of a program are the same in every call, and what they are.

Answers "what is this operand, if it is made of constants alone". Imports jax; must not
import iree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, final

import jax
from jax.core import Tracer

from mlopt.frontend.reference import on_cpu


@final
@dataclass(frozen=True, slots=True)
class KnownValues:
    """Values of a program that is being retraced, computed when they are asked for.

    What an interpreter binds stays in the program: only who asks has the value.
    """

    # By the identity of a tracer, which is kept alive here: the operation that gave
    # it, its operands, and the position among its results.
    _origins: dict[int, tuple[Any, Any, Sequence[Any], int]] = field(
        default_factory=dict
    )
    _values: dict[int, Any] = field(default_factory=dict)

    def add(
        self, equation: Any, operands: Sequence[Any], results: Sequence[Any]
    ) -> None:
        """Learn of an operation."""
        if equation.effects or not all(map(self.has, operands)):
            return
        for position, result in enumerate(results):
            origin = result, equation, operands, position
            self._origins.setdefault(id(result), origin)

    def has(self, value: Any) -> bool:
        """Whether it depends on no argument of the program."""
        return not isinstance(value, Tracer) or id(value) in self._origins

    def value(self, value: Any) -> Any:
        """What it is: an array on the CPU. It must be known."""
        if not isinstance(value, Tracer):
            return value
        if id(value) not in self._values:
            _, equation, operands, position = self._origins[id(value)]
            results = _evaluated(equation, [self.value(each) for each in operands])
            self._values[id(value)] = results[position]
        return self._values[id(value)]


def _evaluated(equation: Any, operands: Sequence[Any]) -> list[Any]:
    params = equation.primitive.get_bind_params(equation.params)
    with jax.ensure_compile_time_eval(), on_cpu():
        results = equation.primitive.bind(*operands, **params)
    return list(results) if equation.primitive.multiple_results else [results]
