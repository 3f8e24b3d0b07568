"""Recognise a kernel by its structure, in transform IR.

The check is a list of facts about a dispatch function that all must hold: its
structured ops in order, with their attributes and operand types, who feeds whom, the
ops of their bodies, and the constants they use. The names of functions, the buffers
they are bound to and the program around them play no part. What is not checked is
which operands of equal type a body op takes first. Must not import another stage.
"""

from collections.abc import Iterator, Sequence

from iree.compiler import ir
from iree.compiler.dialects import transform
from iree.compiler.dialects.transform import structured

from mlopt.schedules import script

# What a schedule writes onto ops; no part of the structure.
ANNOTATIONS = ("compilation_info", "lowering_config", "mlopt.op")

_DIALECTS = ("linalg.", "iree_linalg_ext.")
_NOT_STRUCTURED = ("linalg.yield", "linalg.index", "iree_linalg_ext.yield")
# Follows from the operands, whose types are compared.
_DERIVED_ATTRIBUTES = ("operandSegmentSizes",)
_EQUAL = 0
_AT_LEAST = 4  # of MatchCmpIPredicate: eq, ne, lt, le, gt, ge


def structured_ops(func: ir.Operation) -> list[ir.Operation]:
    """The ops of a dispatch function that have loops, in program order."""
    return [
        op
        for op in nested(func)
        if op.name.startswith(_DIALECTS) and op.name not in _NOT_STRUCTURED
    ]


def nested(op: ir.Operation) -> Iterator[ir.Operation]:
    """The ops inside `op`, inner ones first: the order in which transforms match."""
    for region in op.regions:
        for block in region.blocks:
            for child in block.operations:
                yield from nested(child.operation)
                yield child.operation
