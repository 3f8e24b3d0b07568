"""What each loop of a structured op is for, read off its access maps.

Both the spaces (which sizes to offer) and the schedules (which loop to tile how)
need it. Imports nothing outside core.
"""

import enum
import math
from dataclasses import dataclass

from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind


class LoopRole(enum.StrEnum):
    """A loop of a contraction: C[batch, m, n] += A[batch, m, k] * B[batch, k, n]."""

    BATCH = "batch"
    M = "m"
    N = "n"
    K = "k"


def contraction_roles(op: StructuredOp) -> tuple[LoopRole, ...]:
    """The role of each loop of a contraction with two inputs and one init.

    A loop that only one operand uses besides the output is m or n; one that both
    inputs but not the output use is k; one that all three use is batch.

    Raises:
        ValueError: not two inputs and one init.
    """
    if op.num_inputs != 2 or len(op.maps) != 3:
        raise ValueError(f"{op.name} is not a contraction of two operands")
    lhs, rhs, out = (set(m) for m in op.maps)
    roles = []
    for loop in range(len(op.extents)):
        match (loop in lhs, loop in rhs, loop in out):
            case (True, True, True):
                roles.append(LoopRole.BATCH)
            case (True, False, True):
                roles.append(LoopRole.M)
            case (False, True, True):
                roles.append(LoopRole.N)
            case _:
                roles.append(LoopRole.K)
    return tuple(roles)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainContraction:
    """A matmul with at most batch loops around it and row-major operands.

    Attributes:
        batch: positions of the batch loops; m, n, k: of the three others.
        panels: position of the loop over panels of columns, where the right-hand side
            and the result have their columns in panels as wide as loop n.
        extents: of all loops, by position.
    """

    batch: tuple[int, ...]
    panels: tuple[int, ...] = ()
    m: int
    n: int
    k: int
    extents: tuple[int, ...]


def plain_contraction(workload: Workload) -> PlainContraction | None:
    """The loops of a contraction a packing schedule can take, or None.

    Taken: A[batch.., m, k], B[batch.., k, n], C[batch.., m, n], or with columns in
    panels B[batch.., panel, k, n], C[batch.., m, panel, n]; static, else one loop of
    each role, everything after the root parallel and ending in one sink.
    """
    op = workload.root_op
    if op is None or workload.kind is not WorkloadKind.CONTRACTION:
        return None
    if op.num_inputs != 2 or len(op.maps) != 3:
        return None
    roles = contraction_roles(op)
    batch = tuple(i for i, r in enumerate(roles) if r is LoopRole.BATCH)
    rows, columns, summed = (
        [i for i, r in enumerate(roles) if r is role]
        for role in (LoopRole.M, LoopRole.N, LoopRole.K)
    )
    if len(rows) != 1 or len(summed) != 1 or len(columns) not in (1, 2):
        return None
    (m,), (k,), (*panels, n) = rows, summed, columns
    plain = ((*batch, m, k), (*batch, *panels, k, n), (*batch, m, *panels, n))
    if op.maps != plain or epilogue_of(workload) is None:
        return None
    return PlainContraction(
        batch=batch, panels=tuple(panels), m=m, n=n, k=k, extents=op.extents
    )


def epilogue_of(workload: Workload) -> tuple[int, ...] | None:
    """Positions of the parallel ops that consume the root, ending in one sink.

    Returns:
        () when nothing consumes it; None when some op after the root reduces, does
        not depend on the root, or more than one op is a sink.
    """
    root = workload.root
    if root is None:
        return None
    later = tuple(range(root + 1, len(workload.ops)))
    reached = {root}
    for position in later:
        op = workload.ops[position]
        if IteratorType.REDUCTION in op.iterators:
            return None
        if not reached & set(op.sources):
            return None
        reached.add(position)
    consumed = {s for i in later for s in workload.ops[i].sources}
    sinks = [i for i in (root, *later) if i not in consumed]
    return later if len(sinks) == 1 else None


def loops_in_terms_of_root(workload: Workload, position: int) -> tuple[int, ...] | None:
    """For each loop of an epilogue op the root loop that walks with it, or -1.

    None when the op does not read the root, or another mapped epilogue op, directly.
    """
    if position == workload.root:
        return tuple(range(len(workload.ops[position].extents)))
    op = workload.ops[position]
    for operand, source in enumerate(op.sources):
        if source < 0 or workload.root is None or source < workload.root:
            continue
        upstream = loops_in_terms_of_root(workload, source)
        if upstream is None:
            continue
        produced = workload.ops[source].maps[-1]
        correspondence = [-1] * len(op.extents)
        for axis, loop in enumerate(op.maps[operand]):
            if loop >= 0 and produced[axis] >= 0:
                correspondence[loop] = upstream[produced[axis]]
        return tuple(correspondence)
    return None


def producer_loops(workload: Workload, position: int) -> tuple[int, ...] | None:
    """For each loop of an op that feeds the root the root loop behind it, or -1.

    None when the op does not feed the root directly.
    """
    root = workload.root_op
    if root is None:
        return None
    for operand, source in enumerate(root.sources):
        if source != position:
            continue
        op = workload.ops[position]
        loops = [-1] * len(op.extents)
        for axis, loop in enumerate(root.maps[operand]):
            if op.maps[-1][axis] >= 0:
                loops[op.maps[-1][axis]] = loop
        return tuple(loops)
    return None


def neighbour_loops(workload: Workload) -> dict[int, tuple[int, ...]]:
    """By position, the root loops behind each loop of the ops fused with the root."""
    found = {}
    for position in range(len(workload.ops)):
        if workload.root is None or position == workload.root:
            continue
        is_producer = position < workload.root
        related = producer_loops if is_producer else loops_in_terms_of_root
        loops = related(workload, position)
        if loops is not None:
            found[position] = loops
    return found


def divisors(number: int) -> tuple[int, ...]:
    """All positive divisors, ascending."""
    small = [d for d in range(1, math.isqrt(number) + 1) if number % d == 0]
    return tuple(sorted({*small, *(number // d for d in small)}))
