"""Products of signed bytes as products of unsigned with signed bytes, exactly.

Answers "how does a product of int8 come to the instruction that the CPU has". AVX-512
multiplies four bytes a lane and adds them up in one instruction, VPDPBUSD, if those of
the left operand are unsigned; signed ones are widened to 16 bits and take twice as
long. StableHLO says the product, but JAX widens operands of two types, and IREE 3.13
takes a widened unsigned operand of a product for a signed one: so this is done on
linalg. Imports iree's compiler; must not import jax.
"""

from collections.abc import Sequence
from typing import Any, Final

from iree.compiler import ir
from iree.compiler.dialects import arith, linalg, tensor, util

from mlopt import defaults
from mlopt.dialect.walking import nested
from mlopt.frontend.structured import generic, indexing_map

_HALF: Final = 128
_TILED: Final = "iree.opt.data_tiling"


def make_left_unsigned(module: Any) -> None:
    """Rewrite every product of int8 matrices that sums in int32, in place.

    Rewrite:
        c + a b
        ->
        barrier(c + barrier(a + 128) b) - 128 sum_k b[k, n], with a + 128 unsigned

    The outer barrier keeps the correction a kernel of its own: IREE 3.13 cannot give a
    vector the layout of the product's tiles. The inner one does so for what rounds the
    operand, which is slow where it also writes the rows of a tile, 29 at a time. The
    products are marked for data tiling, which then leaves all others alone: IREE 3.13
    has no kernel by instruction for batched ones and those of a vector.
    """
    products = [op for op in nested(module.operation) if _is_product(op)]
    for product in products:
        with ir.InsertionPoint(product), product.location:
            result = _shifted(*product.operands)
        product.results[0].replace_all_uses_with(result)
        product.erase()


def _is_product(operation: Any) -> bool:
    if operation.name != "linalg.matmul":
        return False
    left, right, result = (value.type for value in operation.operands)
    if [str(t.element_type) for t in (left, right, result)] != ["i8", "i8", "i32"]:
        return False
    if min(result.shape) == 1:  # IREE 3.13 refuses its tiles of one row
        return False
    plain = [indexing_map("mnk", own) for own in ("mk", "kn", "mn")]
    is_plain = list(operation.attributes["indexing_maps"]) == plain
    return is_plain and left.shape[1] <= defaults.INT8_LONGEST_SUM


def _shifted(left: Any, right: Any, init: Any) -> Any:
    i32 = ir.IntegerType.get_signless(32)
    unsigned = _barred(
        generic(
            [left],
            _empty(left.type.shape, left.type.element_type),
            ("mk", "mk"),
            lambda a, _: arith.xori(a, _constant(a.type, -_HALF)),
        )
    )
    product = generic(
        [unsigned, right],
        init,
        ("mk", "kn", "mn"),
        lambda a, b, c: arith.addi(
            c, arith.muli(arith.extui(i32, a), arith.extsi(i32, b))
        ),
    )
    product.owner.attributes[_TILED] = ir.UnitAttr.get()
    return generic(
        [_barred(product), _column_sums(right)],
        _empty(init.type.shape, i32),
        ("mn", "n", "mn"),
        lambda c, s, _: arith.subi(c, arith.muli(s, _constant(i32, _HALF))),
    )


def _column_sums(matrix: Any) -> Any:
    i32 = ir.IntegerType.get_signless(32)
    zero = linalg.fill(_constant(i32, 0), outs=[_empty([matrix.type.shape[1]], i32)])
    return generic(
        [matrix],
        zero,
        ("kn", "n"),
        lambda b, c: arith.addi(c, arith.extsi(i32, b)),
    )


def _barred(value: Any) -> Any:
    """A value that is computed in another kernel than what reads it."""
    return util.optimization_barrier([value.type], [value])


def _empty(shape: Sequence[int], element: Any) -> Any:
    return tensor.empty(list(shape), element)


def _constant(element: Any, value: int) -> Any:
    return arith.constant(element, ir.IntegerAttr.get(element, value))
