"""Constant matrices laid out as the register tiles of their products read them.

Answers "how do weights lie in memory that no call can change". A product of few rows
reads each column of its right-hand side a few times only, from lines that lie a row
apart: copying a panel of columns side by side, which a schedule does in every call,
then costs a tenth of the product and more. Of a constant the compiler can do it, once.
It is done on linalg, because StableHLO has no form of this product that IREE's import
does not turn back into the plain one. Imports iree's compiler; must not import jax.
"""

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from iree.compiler import ir
from iree.compiler.dialects import arith, tensor

from mlopt.dialect.walking import nested
from mlopt.frontend.structured import generic, indexing_map

# Panels are as wide as a register tile: two vectors, or one where two do not divide.
_VECTORS: Final = (2, 1)
# Dimensions of the operands, and with the columns in panels.
_PLAIN: Final = {
    "linalg.matmul": ("mk", "kn", "mn"),
    "linalg.batch_matmul": ("bmk", "bkn", "bmn"),
}
_PANELED: Final = {
    "linalg.matmul": ("mk", "pkn", "mpn"),
    "linalg.batch_matmul": ("bmk", "bpkn", "bmpn"),
}
_RESHAPES: Final = frozenset({"tensor.collapse_shape", "tensor.expand_shape"})


def prepack(module: Any, lanes: int) -> None:
    """Lay the constant right-hand sides of float32 products out in panels, in place.

    Rewrite:
        c[m, n] + a[m, k] b[k, n]
        ->
        c[m, p, n'] + a[m, k] b'[p, k, n'], with b'[p, k, n'] = b[k, p width + n']

    A constant that something else reads too stays: it would be kept twice.

    Args:
        lanes: float32 elements in a vector register.
    """
    for product in list(_products(module)):
        right = product.operands[1]
        width = _panel_width(right.type.shape[-1], lanes)
        if width is None or not _is_read_by_products_alone(right):
            continue
        if (values := _values_of(right)) is None:
            continue
        with ir.InsertionPoint(product), product.location:
            panels = ir.DenseFPElementsAttr.get(in_panels(values, width))
            # Equal constants are one, wherever they are written.
            result = _paneled(product, arith.constant(panels.type, panels))
        product.results[0].replace_all_uses_with(result)
        product.erase()


def in_panels(matrix: np.ndarray, width: int) -> np.ndarray:
    """(.., k, n) -> (.., n / width, k, width), contiguous."""
    *batch, k, n = matrix.shape
    split = matrix.reshape(*batch, k, n // width, width)
    return np.ascontiguousarray(np.moveaxis(split, -3, -2))


def _products(module: Any) -> Iterator[Any]:
    """Plain products of float32, of two rows or more, whose columns fill panels."""
    for operation in nested(module.operation):
        plain = _PLAIN.get(operation.name)
        if plain is None:
            continue
        types = [value.type for value in operation.operands]
        if any(str(t.element_type) != "f32" or not t.has_static_shape for t in types):
            continue
        loops = "".join(sorted(set("".join(plain)), key="bmnk".index))
        maps = [indexing_map(loops, own) for own in plain]
        is_plain = list(operation.attributes["indexing_maps"]) == maps
        if is_plain and types[2].shape[-2] > 1:
            yield operation


def _panel_width(num_columns: int, lanes: int) -> int | None:
    widths = (vectors * lanes for vectors in _VECTORS)
    fitting = (w for w in widths if num_columns % w == 0 and num_columns > w)
    return next(fitting, None)


def _is_read_by_products_alone(value: Any) -> bool:
    """Whether all that reads a constant, reshaped or not, multiplies by it plainly."""
    if not _products_read(value):
        return False
    operation = value.owner
    while not isinstance(operation, ir.Block) and operation.name in _RESHAPES:
        source = operation.operands[0]
        if len(list(source.uses)) > 1:
            return False
        operation = source.owner
    return True


def _products_read(value: Any) -> bool:
    return all(
        use.owner.name in _PLAIN and use.operand_number == 1 for use in value.uses
    )


def _values_of(value: Any) -> np.ndarray | None:
    """A constant's elements in the shape of `value`; None of what is none."""
    operation = value.owner
    while not isinstance(operation, ir.Block) and operation.name in _RESHAPES:
        operation = operation.operands[0].owner
    if isinstance(operation, ir.Block) or operation.name != "arith.constant":
        return None
    try:
        elements = ir.DenseFPElementsAttr(operation.attributes["value"])
    except ValueError:  # kept as a resource, whose elements the bindings do not show
        return None
    return np.array(elements).reshape(value.type.shape)


def _paneled(product: Any, panels: Any) -> Any:
    """The same product of a right-hand side in panels, in the shape that it had."""
    left, _, init = product.operands
    *rows, _ = init.type.shape
    num_panels, _, width = panels.type.shape[-3:]
    shape = [*rows, num_panels, width]
    groups = [*([axis] for axis in range(len(rows))), [len(rows), len(rows) + 1]]
    kind = ir.RankedTensorType.get(shape, init.type.element_type)
    start = tensor.expand_shape(kind, init, groups, [], shape)
    result = generic(
        [left, panels],
        start,
        _PANELED[product.name],
        lambda a, b, c: arith.addf(c, arith.mulf(a, b)),
    )
    return tensor.collapse_shape(init.type, result, groups)
