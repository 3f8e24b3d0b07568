"""Convolutions with filters of 3x3 by Winograd's minimal filtering algorithms F(m, 3).

Answers "how is a tile of m x m results computed with few products". A result tile Y of
an input tile d of (m + 2) x (m + 2) and a filter g is

    Y = A^T [(G g G^T) * (B^T d B)] A

where * is elementwise: (m + 2)^2 products in place of 9 m^2 (S. Winograd, "Arithmetic
Complexity of Computations", 1980; A. Lavin, S. Gray, CVPR 2016). Over many tiles and
channels the products are one batch of matrix products. Imports jax; must not import
iree.
"""

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

FILTER_SIDE: Final = 3
# Finite points of interpolation, by the side of a tile of results; infinity is one
# more. Those of a larger tile are as near to each other and to 1 as they can be and
# exact in binary: over 64 channels the largest relative error in float32 is 5e-6, with
# the usual 0, +-1, +-2 it is 2e-5, with 0, +-1, +-1/2 too. A tile of 2 has 1e-6.
_POINTS: Final = {2: (0.0, 1.0, -1.0), 4: (0.0, 0.75, -0.75, 1.25, -1.25)}
TILE_SIDES: Final = tuple(_POINTS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transforms:
    """The matrices of F(m, 3), with n = m + 2, in float64.

    Attributes:
        results: A^T, (m, n); filters: G, (n, 3); inputs: B^T, (n, n).
    """

    results: np.ndarray
    filters: np.ndarray
    inputs: np.ndarray


@functools.cache
def transforms(side: int) -> Transforms:
    """By the side m of a tile of results, one of `TILE_SIDES`.

    From the Toom-Cook algorithm, transposed: G evaluates a filter, as a polynomial, at
    n - 1 points and at infinity, and B^T has the polynomials that are zero at all of
    the points but one.
    """
    points = _POINTS[side]
    num_points = len(points)
    results = np.zeros((side, num_points + 1))
    filters = np.zeros((num_points + 1, FILTER_SIDE))
    inputs = np.zeros((num_points + 1, num_points + 1))
    for row, point in enumerate(points):
        others = [*points[:row], *points[row + 1 :]]
        scale = np.prod([point - other for other in others])
        results[:, row] = point ** np.arange(side)
        filters[row] = point ** np.arange(FILTER_SIDE) / scale
        inputs[row, :num_points] = np.poly(others)[::-1]
    results[-1, -1] = filters[-1, -1] = 1
    inputs[-1] = np.poly(points)[::-1]
    return Transforms(results=results, filters=filters, inputs=inputs)


def transformed_filter(kernel: np.ndarray, side: int) -> np.ndarray:
    """G g G^T for each pair of channels, rounded once.

    Args:
        kernel: (3, 3, in, out).

    Returns:
        ((m + 2)^2, in, out), in the kernel's dtype.
    """
    matrix = transforms(side).filters
    wide = kernel.astype(np.float64)
    rows = np.tensordot(matrix, wide, (1, 0))
    both = np.tensordot(matrix, rows, (1, 1))  # (n of columns, n of rows, in, out)
    turned = both.transpose(1, 0, 2, 3).reshape(-1, *kernel.shape[2:])
    return turned.astype(kernel.dtype)


def convolve_in_tiles(
    x: jax.Array,
    kernel: np.ndarray,
    side: int,
    padding: Sequence[tuple[int, int]],
    precision: Any = None,
) -> jax.Array:
    """A convolution of stride 1 by F(side x side, 3x3).

    Every transform is a sum of slices times coefficients along a new axis: no copies,
    and one elementwise kernel each, whose innermost loop is over channels.

    Args:
        x: (batch, height, width, in).
        kernel: (3, 3, in, out), of the same dtype.
        padding: zeros before and after the rows, and the columns; may be negative.
        precision: of the products, as in `lax.dot_general`.

    Returns:
        (batch, height', width', out).
    """
    batch, num_in, num_out = x.shape[0], *kernel.shape[2:]
    height, width = (
        extent + sum(pads) - FILTER_SIDE + 1
        for extent, pads in zip(x.shape[1:3], padding, strict=True)
    )
    grid = -(-height // side), -(-width // side)
    tiles = _transformed_input(_padded(x, padding, side, grid), side)
    left = tiles.reshape(-1, batch * grid[0] * grid[1], num_in)
    right = transformed_filter(kernel, side)
    dims = (((2,), (1,)), ((0,), (0,)))
    products = lax.dot_general(left, right, dims, precision=precision)
    points = side + FILTER_SIDE - 1
    whole = _results(products.reshape(points, points, batch, *grid, num_out), side)
    return whole[:, :height, :width]


def _padded(
    x: jax.Array,
    padding: Sequence[tuple[int, int]],
    side: int,
    grid: tuple[int, int],
) -> jax.Array:
    """With one tile more than the results have, which the last ones reach into."""
    config = [(0, 0, 0)]
    for extent, (before, _), tiles in zip(x.shape[1:3], padding, grid, strict=True):
        config.append((before, (tiles + 1) * side - before - extent, 0))
    return lax.pad(x, np.zeros((), x.dtype), [*config, (0, 0, 0)])


def _transformed_input(x: jax.Array, side: int) -> jax.Array:
    """B^T d B of all tiles d: (n, n, batch, tiles high, tiles wide, in)."""
    batch, height, width, channels = x.shape
    high, wide = height // side - 1, width // side - 1
    matrix = transforms(side).inputs
    points = len(matrix)
    rows = x.reshape(batch, high + 1, side, width, channels)
    slices = [rows[:, k // side :][:, :high, k % side] for k in range(points)]
    x = _combined(slices, matrix, axis=0)
    columns = x.reshape(points, batch, high, wide + 1, side, channels)
    slices = [
        columns[:, :, :, k // side :][..., :wide, k % side, :] for k in range(points)
    ]
    return _combined(slices, matrix, axis=1)


def _results(products: jax.Array, side: int) -> jax.Array:
    """A^T M A of all tiles M: (batch, rows, columns, out).

    Args:
        products: (n, n, batch, tiles high, tiles wide, out).
    """
    _, _, batch, high, wide, channels = products.shape
    matrix = transforms(side).results
    rows = _combined(list(products), matrix, axis=3)
    both = _combined(list(rows), matrix, axis=4)
    return both.reshape(batch, high * side, wide * side, channels)


def _combined(parts: Sequence[jax.Array], matrix: np.ndarray, axis: int) -> jax.Array:
    """Sum over k of matrix[i, k] parts[k], with i along a new axis."""
    shape = [1] * (parts[0].ndim + 1)
    shape[axis] = len(matrix)
    terms = [
        column.astype(part.dtype).reshape(shape) * jnp.expand_dims(part, axis)
        for column, part in zip(matrix.T, parts, strict=True)
    ]
    return functools.reduce(operator.add, terms)
