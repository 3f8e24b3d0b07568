"""Rewrite a traced program so that its products skip weights that are zero.

Answers "which products are smaller than they look". Weights that were pruned by blocks,
rows or columns, and are constants, are multiplied without these. It needs a licence:
0 times an infinity or a NaN is NaN, and what is skipped gives 0. Imports jax; must not
import iree.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any, Final, final

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
from jax import lax

from mlopt.frontend.rewriting.interpreter import Interpreter, retrace
from mlopt.frontend.rewriting.known_values import KnownValues
from mlopt.frontend.rewriting.zero_blocks import (
    Part,
    parts_of,
    runs_of,
    sources_of,
)

_LEFT: Final = 0
_RIGHT: Final = 1
# Products of fewer multiplications take no longer than what is saved of them.
_SMALLEST_PRODUCT: Final = 1 << 16
# Every part of a product is a kernel to be compiled and tuned, of a shape that no other
# layer has: half a second each. What a program has in all must not take minutes.
_MAX_PARTS: Final = 16
_MAX_PARTS_IN_ALL: Final = 96
# What is taken from an operand is set side by side from so many slices; more are a
# gather. 3 to 8 slices are up to 1.5 times as fast as that, and 250 of them take IREE
# 3.13 a minute to compile.
_MAX_SLICES: Final = 8


def prune(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with smaller products; the jaxpr itself where none is smaller.

    Rewrite:
        x @ w, where rows i and columns j of w are zero
        ->
        x[:, others than i] @ w[others than i, others than j], zeros for columns j

    Where blocks are zero in other rows for other columns, columns with about the same
    rows make a product of their own. Convolutions lose channels, and keep blocks. What
    is computed from constants alone is a constant too.
    """
    pruning = _Pruning()
    pruned = retrace(pruning, jaxpr)
    return pruned if pruning.has_pruned else jaxpr


@final
class _Pruning(Interpreter):
    """Binds every operation as it is, but for products by constants with zeros."""

    def __init__(self) -> None:
        self.has_pruned = False
        self._known = KnownValues()
        self._num_parts = 0

    def follow(self, equation: Any, operands: list[Any]) -> list[Any]:
        results = super().follow(equation, operands)
        self._known.add(equation, operands, results)
        return results

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        prune_one = _PRUNED.get(equation.primitive.name)
        if prune_one is None:
            return self.bind(equation, operands)
        left = _MAX_PARTS_IN_ALL - self._num_parts
        max_parts = max(1, min(left, _MAX_PARTS))
        found = prune_one(equation, operands, self._known, max_parts)
        if found is None:
            return self.bind(equation, operands)
        result, num_parts = found
        self._num_parts += num_parts if num_parts > 1 else 0
        self.has_pruned = True
        return [lax.reshape(result, equation.outvars[0].aval.shape)]


def _pruned_product(
    equation: Any, operands: Sequence[Any], known: KnownValues, max_parts: int
) -> tuple[jax.Array, int] | None:
    """A matrix product by its parts, and their number; None where it stays."""
    side = _constant_side(operands, known)
    summed, batch = equation.params["dimension_numbers"]
    if side is None or any(batch) or not _is_large(equation):
        return None
    # In whichever order they are listed: of the other operand they have to be adjacent.
    axes, weight_axes = zip(
        *sorted(zip(summed[1 - side], summed[side], strict=True)), strict=True
    )
    axis, *more = axes
    if more != list(range(axis + 1, axis + 1 + len(more))):
        return None  # merging them would copy the operand
    matrix = _as_matrix(known.value(operands[side]), weight_axes)
    parts = parts_of(matrix != 0, max_parts)
    if parts is None:
        return None
    other = operands[1 - side]
    before, after = other.shape[:axis], other.shape[axis + 1 + len(more) :]
    other = lax.reshape(other, (*before, len(matrix), *after))

    def multiply(part: Part) -> jax.Array:
        weights = matrix[np.ix_(part.rows, part.columns)]
        taken = _taken(other, part.rows, axis)
        pair = [taken, jnp.asarray(weights)]
        if side == _LEFT:
            pair = [jnp.asarray(weights.T), taken]
        contracted = ((axis,), (0,)) if side == _RIGHT else ((1,), (axis,))
        params = equation.params | {"dimension_numbers": (contracted, ((), ()))}
        return equation.primitive.bind(*pair, **params)

    free = *before, *after
    if side == _RIGHT:
        shape, result_axis = (*free, matrix.shape[1]), len(free)
    else:
        shape, result_axis = (matrix.shape[1], *free), 0
    result = _put_together(parts, multiply, shape, result_axis, equation)
    return result, len(parts)


def _pruned_convolution(
    equation: Any, operands: Sequence[Any], known: KnownValues, _: int
) -> tuple[jax.Array, int] | None:
    """A convolution without channels that are zero, in one part; None as above."""
    params = equation.params
    is_grouped = params["feature_group_count"] > 1 or params["batch_group_count"] > 1
    if is_grouped or _constant_side(operands, known) != _RIGHT:
        return None
    image, kernel = operands[0], np.asarray(known.value(operands[1]))
    numbers = params["dimension_numbers"]
    out_channels, in_channels, *pixels = numbers.rhs_spec
    has_channels = (kernel != 0).any(axis=tuple(pixels))
    is_kept = has_channels if in_channels < out_channels else has_channels.T
    parts = parts_of(is_kept, max_parts=1)
    if parts is None or not _is_large(equation):
        return None

    def convolve(part: Part) -> jax.Array:
        kept = kernel.take(part.rows, in_channels).take(part.columns, out_channels)
        taken = _taken(image, part.rows, numbers.lhs_spec[1])
        return equation.primitive.bind(taken, jnp.asarray(kept), **params)

    whole = equation.outvars[0].aval.shape
    axis = numbers.out_spec[1]
    return _put_together(parts, convolve, whole, axis, equation), len(parts)


_PRUNED: Final = {
    "dot_general": _pruned_product,
    "conv_general_dilated": _pruned_convolution,
}


def _put_together(
    parts: Sequence[Part],
    compute: Callable[[Part], jax.Array],
    shape: tuple[int, ...],
    axis: int,
    equation: Any,
) -> jax.Array:
    """The results of all parts along an axis, with zeros where there is no part."""
    if not parts:
        return jnp.zeros(shape, equation.outvars[0].aval.dtype)
    results = [compute(part) for part in parts]
    computed = results[0] if len(results) == 1 else lax.concatenate(results, axis)
    return _taken(computed, sources_of(parts, shape[axis]), axis)


def _taken(operand: jax.Array, indices: np.ndarray, axis: int) -> jax.Array:
    """Some of an operand along an axis, zeros for -1; itself where that is all."""
    runs = runs_of(indices)
    if runs == [(0, operand.shape[axis])]:
        return operand
    if len(runs) > _MAX_SLICES:
        return _gathered(operand, indices, axis)
    pieces = [_piece(operand, *run, axis) for run in runs]
    return pieces[0] if len(pieces) == 1 else lax.concatenate(pieces, axis)


def _piece(operand: jax.Array, start: int, length: int, axis: int) -> jax.Array:
    if start >= 0:
        return lax.slice_in_dim(operand, start, start + length, axis=axis)
    shape = (*operand.shape[:axis], length, *operand.shape[axis + 1 :])
    return jnp.zeros(shape, operand.dtype)


def _gathered(operand: jax.Array, indices: np.ndarray, axis: int) -> jax.Array:
    if indices.min() < 0:
        # A column of zeros behind the others.
        indices = np.where(indices < 0, operand.shape[axis], indices)
        widths = [(0, int(each == axis), 0) for each in range(operand.ndim)]
        operand = lax.pad(operand, jnp.zeros((), operand.dtype), widths)
    return jnp.take(operand, indices, axis=axis, mode="clip")


def _constant_side(operands: Sequence[Any], known: KnownValues) -> int | None:
    """Which operand is a constant; None where none is, or both are."""
    sides = [side for side in (_LEFT, _RIGHT) if known.has(operands[side])]
    return sides[0] if len(sides) == 1 else None


def _is_large(equation: Any) -> bool:
    """Whether a product has so many multiplications that skipping some can pay."""
    left, right = (atom.aval for atom in equation.invars)
    out = equation.outvars[0].aval
    if equation.primitive.name == "dot_general":
        summed = equation.params["dimension_numbers"][0][_RIGHT]
    else:
        _, *summed = equation.params["dimension_numbers"].rhs_spec
    length = math.prod(right.shape[axis] for axis in summed)
    return left.size > 0 and out.size * length >= _SMALLEST_PRODUCT


def _as_matrix(value: Any, summed: Sequence[int]) -> np.ndarray:
    """Dimensions that are summed first, the others last, each merged to one."""
    array = np.asarray(value)
    free = [axis for axis in range(array.ndim) if axis not in summed]
    length = math.prod(array.shape[axis] for axis in summed)
    return array.transpose(*summed, *free).reshape(length, -1)
