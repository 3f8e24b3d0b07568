"""Rewrite a traced program so that its matrix products multiply 8-bit integers.

Answers "what is this program in int8". A matrix product of float32 gets operands
rounded to 127 steps either side of zero, sums in int32, and is scaled back in float32:

    x[m, k], w[k, n]
    ->
    s[m] = max_k |x[m, k]| / 127, t[n] = max_k |w[k, n]| / 127
    y[m, n] = s[m] t[n] sum_k round(x[m, k] / s[m]) round(w[k, n] / t[n])

Scales are computed where the operand is: of a constant by the compiler, once, and of
anything else in each call. So no input can exceed a scale that was chosen for others,
and nothing but the program says what its scales are. What loops repeat, products with
batch dimensions, convolutions and small products stay. Imports jax; must not import
iree.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, final

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
from jax import lax

from mlopt import defaults
from mlopt.frontend.rewriting.interpreter import Interpreter, retrace

_STEPS: Final = np.float32(127)
# Less than this has no reciprocal in float32 that 127 times fits: it counts as zero.
_SMALLEST: Final = np.float32(1e-30)


def quantize(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with int8 products; its inputs and outputs stay.

    A row or column with a NaN or an infinity gives NaN or infinities, as before.
    """
    return retrace(_Quantizing(), jaxpr)


@final
class _Quantizing(Interpreter):
    """Binds every operation as it is, but for large contractions of float32."""

    enters_loops = False

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        if not _is_quantized(equation):
            return self.bind(equation, operands)
        (left_axes, right_axes), _ = equation.params["dimension_numbers"]
        left, right = operands
        product = quantized_product(
            _as_matrix(left, left_axes), _as_matrix(right, right_axes).T
        )
        return [lax.reshape(product, equation.outvars[0].aval.shape)]


def quantized_product(x: jax.Array, w: jax.Array) -> jax.Array:
    """(m, k) float32 times (k, n) float32, in int8: (m, n) float32."""
    rows, row_largest = _quantized(x, axis=1)
    columns, column_largest = _quantized(w, axis=0)
    sums = lax.dot_general(
        rows, columns, (((1,), (0,)), ((), ())), preferred_element_type=jnp.int32
    )
    # In this order nothing overflows that the sum of products would not.
    shares = sums.astype(jnp.float32) * (1 / (_STEPS * _STEPS))
    return shares * row_largest * column_largest


def _quantized(matrix: jax.Array, axis: int) -> tuple[jax.Array, jax.Array]:
    """Its int8 values, and what 127 stands for, once along the axis that is summed."""
    largest = jnp.max(jnp.abs(matrix), axis=axis, keepdims=True)
    is_zero = largest < _SMALLEST
    factors = jnp.where(is_zero, np.float32(0), _STEPS / largest)
    return jnp.round(matrix * factors).astype(jnp.int8), largest


def _as_matrix(operand: jax.Array, summed: Sequence[int]) -> jax.Array:
    """Free dimensions first, those that are summed last, each merged to one."""
    free = [axis for axis in range(operand.ndim) if axis not in summed]
    length = math.prod(operand.shape[axis] for axis in summed)
    return lax.transpose(operand, (*free, *summed)).reshape(-1, length)


def _is_quantized(equation: Any) -> bool:
    if equation.primitive.name != "dot_general":
        return False
    (summed, _), (batch, _) = equation.params["dimension_numbers"]
    avals = [atom.aval for atom in (*equation.invars, *equation.outvars)]
    if batch or any(str(aval.dtype) != "float32" for aval in avals):
        return False
    length = math.prod(avals[0].shape[axis] for axis in summed)
    is_summable = defaults.INT8_SHORTEST_SUM <= length <= defaults.INT8_LONGEST_SUM
    size = math.prod(avals[-1].shape) * length
    return is_summable and size >= defaults.INT8_SMALLEST_PRODUCT
