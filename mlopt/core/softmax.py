"""`linalg.softmax`: one op at the flow phase, five by the time code is generated.

Imports nothing outside core.
"""

import dataclasses
from typing import Final

from mlopt.core.workload import IteratorType, StructuredOp, Workload

NAME: Final = "linalg.softmax"
# Of the ops that IREE makes of it, the sum: a row's tile is chosen for its reductions.
_ROOT: Final = 3


def has_softmax(workload: Workload) -> bool:
    """Whether the root is a softmax."""
    op = workload.root_op
    return op is not None and op.name == NAME


def as_decomposed(workload: Workload) -> Workload:
    """The workload with its root as the ops that code generation makes of it.

    A fill and a row's largest element; a fill and the sum of exponentials; and the
    quotient, whose exponentials are computed again.
    """
    root = workload.root
    if root is None or not has_softmax(workload):
        return workload
    own = _parts(workload.ops[root], root)
    num_more = len(own) - 1

    def moved(op: StructuredOp) -> StructuredOp:
        sources = tuple(s + num_more if s >= root else s for s in op.sources)
        return dataclasses.replace(op, sources=sources)

    later = map(moved, workload.ops[root + 1 :])
    return dataclasses.replace(
        workload, ops=(*workload.ops[:root], *own, *later), root=root + _ROOT
    )


def _parts(op: StructuredOp, first: int) -> tuple[StructuredOp, ...]:
    """Ops of positions `first` and following; `op` reads what it reads."""
    every = tuple(range(len(op.extents)))
    rows = tuple(i for i in every if op.iterators[i] is IteratorType.PARALLEL)
    dtype, source = op.dtypes[-1], op.sources[0]

    def generic(
        maps: tuple[tuple[int, ...], ...], sources: tuple[int, ...], combiner: str = ""
    ) -> StructuredOp:
        parallel = (IteratorType.PARALLEL,) * len(every)
        return StructuredOp(
            name="linalg.generic",
            extents=op.extents,
            iterators=op.iterators if combiner else parallel,
            maps=maps,
            dtypes=(dtype,) * len(maps),
            num_inputs=len(maps) - 1,
            sources=sources,
            combiner=combiner,
        )

    fill = StructuredOp(
        name="linalg.fill",
        extents=tuple(op.extents[i] for i in rows),
        iterators=(IteratorType.PARALLEL,) * len(rows),
        maps=((), tuple(range(len(rows)))),
        dtypes=(dtype, dtype),
        num_inputs=1,
        sources=(-1, -1),
    )
    largest, total = first + 1, first + _ROOT
    return (
        fill,
        generic((every, rows), (source, first), "arith.maxnumf"),
        fill,
        generic((every, rows, rows), (source, largest, first + 2), "arith.addf"),
        generic((every, rows, rows, every), (source, largest, total, -1)),
    )
