"""Structured operations on tensors, built with the MLIR bindings.

Answers "how is a `linalg.generic` written in the letters of einsum". Imports iree's
compiler; must not import jax.
"""

from collections.abc import Callable, Sequence
from typing import Any

from iree.compiler import ir
from iree.compiler.dialects import linalg


def generic(
    inputs: Sequence[Any],
    init: Any,
    dimensions: Sequence[str],
    body: Callable[..., Any],
) -> Any:
    """A `linalg.generic`; its result.

    Args:
        dimensions: of each operand, the last one that of the result: one letter each,
            as in einsum. What the result lacks is summed.
    """
    kept = dimensions[-1]
    loops = kept + "".join(sorted(set("".join(dimensions)) - set(kept)))
    kinds = ["parallel" if loop in kept else "reduction" for loop in loops]
    operation = linalg.GenericOp(
        [init.type],
        inputs,
        [init],
        ir.ArrayAttr.get([indexing_map(loops, own) for own in dimensions]),
        ir.ArrayAttr.get(
            [ir.Attribute.parse(f"#linalg.iterator_type<{kind}>") for kind in kinds]
        ),
    )
    elements = [value.type.element_type for value in (*inputs, init)]
    block = operation.regions[0].blocks.append(*elements)
    with ir.InsertionPoint(block):
        linalg.YieldOp([body(*block.arguments)])
    return operation.results[0]


def indexing_map(loops: str, dimensions: str) -> Any:
    """The loops that index an operand, as an affine map; loops are letters."""
    positions = [ir.AffineDimExpr.get(loops.index(d)) for d in dimensions]
    return ir.AffineMapAttr.get(ir.AffineMap.get(len(loops), 0, positions))
