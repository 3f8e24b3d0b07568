"""Arithmetic and traffic of a workload, from its structure alone.

The counts are those of the textbook algorithm, so a rate computed from them can be
compared with the machine's limits. Imports neither jax nor iree.
"""

import math
from collections.abc import Sequence

from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, StructuredOp, WorkloadKind


def flops_of(op: StructuredOp, kind: WorkloadKind) -> int:
    """Floating-point operations of one execution; 2 per multiply-accumulate.

    Elementwise and reduction ops count one operation per loop point: bodies differ,
    but such ops are bound by memory, where the count does not matter.
    """
    if any(extent < 0 for extent in op.extents):
        return 0
    points = math.prod(op.extents)
    is_mac = kind in (WorkloadKind.CONTRACTION, WorkloadKind.CONVOLUTION)
    return 2 * points if is_mac else points


def traffic_of(bindings: Sequence[TensorSpec]) -> int:
    """Bytes of every binding read or written once."""
    return sum(spec.num_bytes for spec in bindings)


def reduction_length(ops: Sequence[StructuredOp]) -> int:
    """Longest chain of additions into one element; scales rounding tolerance."""
    longest = 1
    for op in ops:
        extents = [
            extent
            for extent, iterator in zip(op.extents, op.iterators, strict=True)
            if iterator is IteratorType.REDUCTION and extent > 0
        ]
        longest = max(longest, math.prod(extents))
    return longest
