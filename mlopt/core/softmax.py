"""`linalg.softmax`: one op at the flow phase, five by the time code is generated.

Imports nothing outside core.
"""

import dataclasses
from collections.abc import Sequence
from typing import Final

from mlopt.core.workload import IteratorType, StructuredOp, Workload

NAME: Final = "linalg.softmax"
# Of the ops that IREE makes of it, the sum: a row's tile is chosen for its reductions.
_ROOT: Final = 3
_GENERIC: Final = {"linalg.generic"}


def has_softmax(workload: Workload) -> bool:
    """Whether the root is a softmax."""
    op = workload.root_op
    return op is not None and op.name == NAME


def as_decomposed(workload: Workload) -> Workload:
    """The workload with its root as the ops that code generation makes of it.

    A fill and a row's largest element; a fill and the sum of exponentials; and the
    quotient, whose exponentials are computed again. What is computed element by element
    before another generic op is computed in it.
    """
    first = workload.root
    if first is None or not has_softmax(workload):
        return workload
    own = _parts(workload.ops[first], first)
    num_more = len(own) - 1

    def moved(op: StructuredOp) -> StructuredOp:
        sources = tuple(s if s < first else s + num_more for s in op.sources)
        return dataclasses.replace(op, sources=sources)

    later = map(moved, workload.ops[first + 1 :])
    ops, root = _inlined([*workload.ops[:first], *own, *later], first + _ROOT)
    return dataclasses.replace(workload, ops=tuple(ops), root=root)


def _inlined(
    ops: Sequence[StructuredOp], root: int
) -> tuple[Sequence[StructuredOp], int]:
    """The ops without those that are computed where they are used; the root's place."""
    for position, op in enumerate(ops):
        if _is_inlined(ops, position):
            left = [_with(o, position, op) for i, o in enumerate(ops) if i != position]
            return _inlined(left, root - (position < root))
    return ops, root


def _is_inlined(ops: Sequence[StructuredOp], position: int) -> bool:
    op = ops[position]
    users = [user for user in ops if position in user.sources]
    is_elementwise = set(op.iterators) == {IteratorType.PARALLEL}
    has_one_result = len(op.maps) == op.num_inputs + 1
    is_whole = sorted(op.maps[-1]) == list(range(len(op.extents)))
    is_plain = is_elementwise and has_one_result and is_whole
    return bool(users) and is_plain and {op.name, *(u.name for u in users)} == _GENERIC


def _with(op: StructuredOp, position: int, inlined: StructuredOp) -> StructuredOp:
    """An op that reads what an op at a position reads, in place of its result."""
    maps: list[tuple[int, ...]] = []
    sources: list[int] = []
    dtypes: list[str] = []
    for places, source, dtype in zip(op.maps, op.sources, op.dtypes, strict=True):
        if source != position:
            maps, sources = [*maps, places], [*sources, source]
            dtypes.append(dtype)
            continue
        loops = dict(zip(inlined.maps[-1], places, strict=True)) | {-1: -1}
        read = range(inlined.num_inputs)
        maps += [tuple(loops[loop] for loop in inlined.maps[i]) for i in read]
        sources += [inlined.sources[i] for i in read]
        dtypes += [inlined.dtypes[i] for i in read]
    return dataclasses.replace(
        op,
        maps=tuple(maps),
        sources=tuple(s - (s > position) for s in sources),
        dtypes=tuple(dtypes),
        num_inputs=op.num_inputs + len(maps) - len(op.maps),
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
