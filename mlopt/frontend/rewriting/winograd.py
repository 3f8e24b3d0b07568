"""Rewrite a traced program so that convolutions by constants multiply less.

Answers "which convolutions are computed by Winograd's algorithm". It saves products and
pays with sums and with memory: transformed filters are larger, so only those that are
transformed once, because they are constants, are worth it. Imports jax; must not import
iree.
"""

import math
from collections.abc import Sequence
from typing import Any, Final, final

import jax
import jax.extend.core as jex
import numpy as np
from jax import lax

from mlopt.frontend.rewriting.interpreter import Interpreter, retrace
from mlopt.frontend.rewriting.known_values import KnownValues
from mlopt.frontend.rewriting.minimal_filtering import (
    FILTER_SIDE,
    TILE_SIDES,
    convolve_in_tiles,
)

_DTYPES: Final = frozenset({"float32", "float64"})
# Costs in products: to read an element of a filter from memory, and to transform an
# input or a result, per product it takes part in. From the tuned layers of a ResNet-18
# on two cores with AVX2: it puts Winograd at 0.49, 0.41, 0.58 and 0.84 of the direct
# convolution, where 0.51, 0.40, 0.42 and 0.82 was measured.
_READ: Final = 10
_TRANSFORM: Final = 30
# What promises less is within the error of these numbers.
_MAX_SHARE: Final = 0.9


def shorten_convolutions(jaxpr: jex.ClosedJaxpr) -> jex.ClosedJaxpr:
    """The same program with fewer products; the jaxpr itself where all must stay.

    Rewrite:
        y = conv(x, g), g 3x3 and constant
        ->
        u = (G g G^T) of each pair of channels      (now)
        v = (B^T d B) of each tile d of x
        y = (A^T m A) of each tile m of v @ u       (one batched product)

    A constant is what the program closes over, or computes from that alone. Strides,
    dilations, groups, other filters, integers and narrow floats stay, and so does what
    is too small to gain by it.
    """
    shortening = _Shortening()
    shortened = retrace(shortening, jaxpr)
    return shortened if shortening.has_shortened else jaxpr


@final
class _Shortening(Interpreter):
    """Binds every operation as it is, but for convolutions by constants."""

    def __init__(self) -> None:
        self.has_shortened = False
        self._known = KnownValues()

    def apply(self, equation: Any, operands: Sequence[Any]) -> list[Any]:
        side = _tile_side(equation)
        if side is not None and self._known.has(operands[1]):
            self.has_shortened = True
            kernel = np.asarray(self._known.value(operands[1]))
            return [_shortened(equation, operands[0], kernel, side)]
        results = self.bind(equation, operands)
        self._known.add(equation, operands, results)
        return results


def _shortened(equation: Any, x: Any, kernel: np.ndarray, side: int) -> jax.Array:
    """A convolution's result, in its own layout."""
    params = equation.params
    lhs, rhs, out = params["dimension_numbers"]
    turned = kernel.transpose(*rhs[2:], rhs[1], rhs[0])
    result = convolve_in_tiles(
        lax.transpose(x, _channels_last(lhs)),
        turned,
        side,
        params["padding"],
        params["precision"],
    )
    return lax.transpose(result, np.argsort(_channels_last(out)))


def _channels_last(dimensions: Sequence[int]) -> tuple[int, ...]:
    """Where batch, rows, columns and channels are, from batch, channels, others."""
    batch, channels, *space = dimensions
    return (batch, *space, channels)


def _tile_side(equation: Any) -> int | None:
    """The side of the tiles that take the least; None where the operation stays."""
    if not _is_plain_convolution(equation):
        return None
    costs = {side: _cost(equation, side) for side in TILE_SIDES}
    best = min(TILE_SIDES, key=costs.__getitem__)
    return best if costs[best] < _MAX_SHARE * _direct_cost(equation) else None


def _is_plain_convolution(equation: Any) -> bool:
    """Whether it has a filter of 3x3 and neither strides, dilations nor groups."""
    if equation.primitive.name != "conv_general_dilated":
        return False
    params = equation.params
    avals = [atom.aval for atom in (*equation.invars, *equation.outvars)]
    if any(str(aval.dtype) not in _DTYPES for aval in avals):
        return False
    steps = ("window_strides", "lhs_dilation", "rhs_dilation")
    factors = [factor for name in steps for factor in params[name]]
    groups = params["feature_group_count"], params["batch_group_count"]
    _, filter_shape, _ = _shapes(equation)
    is_square = filter_shape[2:] == (FILTER_SIDE, FILTER_SIDE)
    is_empty = any(0 in aval.shape for aval in avals)
    return is_square and {*factors, *groups} == {1} and not is_empty


def _shapes(equation: Any) -> list[tuple[int, ...]]:
    """Of input, filter and result, each as batch or out, channels, then space."""
    avals = [atom.aval for atom in (*equation.invars, *equation.outvars)]
    dimensions = equation.params["dimension_numbers"]
    return [
        tuple(aval.shape[axis] for axis in axes)
        for aval, axes in zip(avals, dimensions, strict=True)
    ]


def _cost(equation: Any, side: int) -> int:
    """Of the convolution in tiles, in products."""
    _, (num_out, num_in, *_), (batch, _, *space) = _shapes(equation)
    num_tiles = batch * math.prod(-(-extent // side) for extent in space)
    products = num_out * num_in * (num_tiles + _READ)
    sums = _TRANSFORM * num_tiles * (num_out + num_in)
    return (side + FILTER_SIDE - 1) ** 2 * (products + sums)


def _direct_cost(equation: Any) -> int:
    _, filter_shape, (batch, _, *space) = _shapes(equation)
    return math.prod(filter_shape) * (batch * math.prod(space) + _READ)
