"""Kernels that work row by row: sums and largest elements of rows, and what follows.

Softmax and the norms are such: a row is read, reduced, read again, and written, and all
of that can happen while it is in the nearest cache. So is a matrix times a vector: its
rows are multiplied before they are summed. Imports nothing outside core.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind

# What a row may be reduced by: in any order, and with a neutral element.
_COMBINERS: Final = frozenset(
    f"arith.{name}"
    for name in (
        "addf",
        "addi",
        "mulf",
        "muli",
        "maximumf",
        "maxnumf",
        "minimumf",
        "minnumf",
        "maxsi",
        "maxui",
        "minsi",
        "minui",
    )
)
# Arithmetic of these is that of wider types in code generation: no single op joins two
# elements there.
_WIDENED: Final = frozenset({"float16", "bfloat16"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """How the ops of a kernel walk over its rows.

    Attributes:
        loops: by position, for each loop of an op the parallel loop of the root that
            walks with it, or -1 for one along the row.
        reductions, others: positions of the ops that reduce a row, and of those that
            compute one element by element.
        waiting_bytes: of the results that lie on the stack, for one row.
    """

    loops: Mapping[int, tuple[int, ...]]
    reductions: tuple[int, ...]
    others: tuple[int, ...]
    waiting_bytes: int


def rows_of(workload: Workload) -> Rows | None:
    """The rows of a kernel, with the ops that code generation sees, or None.

    None unless every op walks over all rows, what is reduced is contiguous and may be
    reduced in any order, and the last op uses all that the others compute.
    """
    root = workload.root_op
    if root is None or not _reads_rows_once(workload.kind, root):
        return None
    wanted = _parallel(root)
    loops = _followed(workload)
    if not wanted or loops is None or not _ends_in_one(workload):
        return None
    for op, behind in zip(workload.ops, loops, strict=True):
        if sorted(loop for loop in behind if loop >= 0) != wanted:
            return None
        if not _is_reducible(op, behind):
            return None
    own = [p for p, behind in enumerate(loops) if -1 in behind]
    others = [p for p in own if IteratorType.REDUCTION not in workload.ops[p].iterators]
    last = len(workload.ops) - 1
    waiting = [_row_bytes(workload.ops[p], loops[p]) for p in others if p != last]
    return Rows(
        loops=dict(enumerate(loops)),
        reductions=tuple(p for p in own if p not in others),
        others=tuple(others),
        waiting_bytes=sum(waiting),
    )


def _reads_rows_once(kind: WorkloadKind, root: StructuredOp) -> bool:
    """Whether whole rows are summed, each of them once.

    Of a matrix and a vector these are the rows of the operand that has all loops; where
    two matrices are multiplied, none has.
    """
    if kind is not WorkloadKind.CONTRACTION:
        return kind is WorkloadKind.REDUCTION
    every = set(range(len(root.extents)))
    return any(
        set(places) == every and root.iterators[places[-1]] is IteratorType.REDUCTION
        for places in root.maps[: root.num_inputs]
    )


def _parallel(op: StructuredOp) -> list[int]:
    every = enumerate(op.iterators)
    return [loop for loop, kind in every if kind is IteratorType.PARALLEL]


def _followed(workload: Workload) -> Sequence[tuple[int, ...]] | None:
    """For each op the root's loops behind its own; None where two are behind one."""
    assert workload.root is not None and workload.root_op is not None
    links = _links(workload)
    behind: dict[tuple[int, int], int] = {}
    todo = [((workload.root, loop), loop) for loop in _parallel(workload.root_op)]
    while todo:
        place, loop = todo.pop()
        if behind.setdefault(place, loop) != loop:
            return None
        reached = links.get(place, ())
        todo += [(p, loop) for p in reached if behind.get(p) != loop]
    return [
        tuple(behind.get((position, loop), -1) for loop in range(len(op.extents)))
        for position, op in enumerate(workload.ops)
    ]


def _links(workload: Workload) -> dict[tuple[int, int], list[tuple[int, int]]]:
    """Loops of two ops that walk together, as one's result is the other's operand."""
    found: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for position, op in enumerate(workload.ops):
        for source, places in zip(op.sources, op.maps, strict=True):
            if source < 0:
                continue
            written = workload.ops[source].maps[-1]
            for mine, theirs in zip(places, written, strict=True):
                if mine >= 0 and theirs >= 0:
                    found.setdefault((position, mine), []).append((source, theirs))
                    found.setdefault((source, theirs), []).append((position, mine))
    return found


def _ends_in_one(workload: Workload) -> bool:
    if len(workload.outputs) > 1:
        return False
    used = {source for op in workload.ops for source in op.sources}
    has_one_result = all(len(o.maps) == o.num_inputs + 1 for o in workload.ops)
    return has_one_result and used - {-1} == set(range(len(workload.ops) - 1))


def _is_reducible(op: StructuredOp, behind: Sequence[int]) -> bool:
    """A reduction leaves one number a row, and its vectors are contiguous."""
    own = [loop for loop, root_loop in enumerate(behind) if root_loop < 0]
    if IteratorType.REDUCTION not in op.iterators:
        return not own or op.maps[-1][-1:] == (own[-1],)
    is_sound = op.combiner in _COMBINERS and op.dtypes[-1] not in _WIDENED
    is_one = all(op.iterators[loop] is IteratorType.REDUCTION for loop in own)
    return is_sound and is_one and any(places[-1:] == (own[-1],) for places in op.maps)


def _row_bytes(op: StructuredOp, behind: Sequence[int]) -> int:
    pairs = zip(op.extents, behind, strict=True)
    items = math.prod(extent for extent, loop in pairs if loop < 0)
    return items * ITEM_SIZES.get(op.dtypes[-1], 8)
