"""Rewrite a traced program so that what constants alone decide is a constant.

Answers "what of this program is known when it is traced". The compiler folds too, but
what is made of constants on linalg (`frontend/prepacking.py`) has to see them before.
Only moves are folded, which make no new numbers: arithmetic stays what the compiler
makes of it. Imports jax; must not import iree.
"""

from collections.abc import Sequence
from typing import Any, Final

import jax
import jax.extend.core as jex
from jax.core import Tracer

from mlopt.frontend.rewriting.interpreter import Interpreter, retrace

_MOVES: Final = frozenset(
    {"broadcast_in_dim", "concatenate", "reshape", "slice", "squeeze", "transpose"}
)


def fold(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with moved constants as constants; its outputs stay."""
    return retrace(_Folding(), jaxpr)


class _Folding(Interpreter):
    enters_loops = False

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        is_move = equation.primitive.name in _MOVES
        if not is_move or any(isinstance(x, Tracer) for x in operands):
            return self.bind(equation, operands)
        with jax.ensure_compile_time_eval():
            return self.bind(equation, operands)
