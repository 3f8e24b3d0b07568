"""Rewrite a traced program so that its contractions multiply narrower numbers.

Answers "what is this program in bfloat16". Matrix products of float32 get operands
rounded to bfloat16 and sum in float32, as the CPU's and the GPU's own instructions do;
everything else stays. So do products with batch dimensions, such as attention's, whose
bfloat16 tiles IREE 3.13 packs into vectors that it then refuses, and convolutions,
which it computes in bfloat16 at two thirds of the speed. Imports jax; must not import
iree.
"""

from collections.abc import Sequence
from typing import Any

import jax.extend.core as jex
import jax.numpy as jnp
from jax import lax

from mlopt.frontend.rewriting.interpreter import Interpreter, retrace


def narrow(
    jaxpr: jex.ClosedJaxpr, dtype: Any = jnp.bfloat16, *, enters_loops: bool = True
) -> jex.ClosedJaxpr:
    """The same program with narrower products; its inputs and outputs stay.

    Args:
        dtype: of the operands, a JAX dtype.
        enters_loops: whether what `scan` and `while` repeat is narrowed too.
    """
    return retrace(_Narrowing(dtype, enters_loops=enters_loops), jaxpr)


class _Narrowing(Interpreter):
    """Binds every operation as it is, but for contractions of float32."""

    def __init__(self, dtype: Any, *, enters_loops: bool) -> None:
        self._dtype = dtype
        self.enters_loops = enters_loops

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        if not _is_narrowed(equation):
            return self.bind(equation, operands)
        left, right = (lax.convert_element_type(x, self._dtype) for x in operands)
        product = lax.dot_general(
            left,
            right,
            equation.params["dimension_numbers"],
            preferred_element_type=jnp.float32,
        )
        return [product]


def _is_narrowed(equation: Any) -> bool:
    if equation.primitive.name != "dot_general":
        return False
    _, (batch, _) = equation.params["dimension_numbers"]
    avals = [atom.aval for atom in (*equation.invars, *equation.outvars)]
    return not batch and all(str(aval.dtype) == "float32" for aval in avals)
