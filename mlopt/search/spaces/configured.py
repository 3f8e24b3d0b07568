"""Tile sizes on IREE's own levels for any op with parallel and reduction loops.

The schedule is a `compilation_info` on the root op, executed by IREE's double-tiling
pipeline; sizes need not divide the extents (IREE masks, or peels when asked).
"""

import math

from mlopt.core.candidate import Decisions, Knob, Requirement, Space, Trace
from mlopt.core.loops import LoopRole, contraction_roles, neighbour_loops
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind
from mlopt.search.spaces.values import knob, tile_sizes, trace

NAME = "configured.double_tiling"

# IREE refuses vectors of this many native registers or more.
_MAX_NATIVE_VECTORS = 512

# Above this many register-sized pieces the unrolled code only spills and compiles
# for seconds.
_MAX_UNROLLED_VECTORS = 64


def offer(workload: Workload, target: Target) -> tuple[Space, tuple[Trace, ...]] | None:
    """The space and its expert traces; None where the root's extents are unknown."""
    op = workload.root_op
    if op is None or any(extent <= 0 for extent in op.extents):
        return None
    lanes = max(1, target.vector_bytes // ITEM_SIZES.get(op.dtypes[-1], 4))
    has_k = workload.kind is WorkloadKind.CONTRACTION
    space = Space(
        name=NAME,
        version="1",
        knobs=_knobs(op, lanes, is_contraction=has_k) + _inner_knob(workload, lanes),
        requirements=_requirements(workload, op, lanes),
    )
    wishes = _contraction_wishes(op, lanes) if has_k else _streaming_wishes(op, lanes)
    return space, tuple(trace(space, w) for w in wishes)


def _knobs(op: StructuredOp, lanes: int, *, is_contraction: bool) -> tuple[Knob, ...]:
    innermost = _innermost(op)
    knobs = []
    for i, (extent, kind) in enumerate(zip(op.extents, op.iterators, strict=True)):
        if kind is IteratorType.REDUCTION:
            high = 16 if is_contraction else 8 * lanes
            knobs.append(knob(f"vec{i}", tile_sizes(extent, low=1, high=high), lanes))
            if is_contraction:
                blocks = (0, *tile_sizes(extent, low=64, high=512))
                knobs.append(knob(f"cache{i}", blocks, 0))
            continue
        is_inner = i == innermost
        dist_low = lanes if is_inner else 1
        dist_sizes = tile_sizes(extent, low=min(extent, dist_low), high=512)
        knobs.append(knob(f"dist{i}", dist_sizes, 64 if extent > 16 else extent))
        high = 8 * lanes if is_inner else 16
        knobs.append(
            knob(
                f"vec{i}",
                tile_sizes(extent, low=1, high=high),
                lanes if is_inner else 1,
            )
        )
        if is_contraction:
            blocks = (0, *tile_sizes(extent, low=16, high=128))
            knobs.append(knob(f"cache{i}", blocks, 0))
    knobs.append(knob("peel", (False, True), False))
    return tuple(knobs)


def _inner_knob(workload: Workload, lanes: int) -> tuple[Knob, ...]:
    """How wide fused ops walk the innermost loop that the root does not have.

    A row's sum has no loop for the division of that row that follows it.
    """
    extents = [
        workload.ops[position].extents[own]
        for position, loops in neighbour_loops(workload).items()
        for own in _own_loops(loops)[-1:]
    ]
    if not extents:
        return ()
    return (knob("inner", tile_sizes(max(extents), low=1, high=8 * lanes), lanes),)


def _own_loops(loops: tuple[int, ...]) -> list[int]:
    return [position for position, loop in enumerate(loops) if loop < 0]


def _innermost(op: StructuredOp) -> int:
    """The parallel loop that walks the output's contiguous dimension."""
    written = [loop for loop in op.maps[-1] if loop >= 0]
    return written[-1] if written else -1


def _requirements(
    workload: Workload, op: StructuredOp, lanes: int
) -> tuple[Requirement, ...]:
    parallel = [i for i, k in enumerate(op.iterators) if k is IteratorType.PARALLEL]

    def fits(d: Decisions) -> bool:
        return all(d[f"vec{i}"] <= d[f"dist{i}"] for i in parallel)

    def nests(d: Decisions) -> bool:
        blocks = [(i, d.get(f"cache{i}", 0)) for i in parallel]
        return all(c == 0 or d[f"vec{i}"] <= c <= d[f"dist{i}"] for i, c in blocks)

    # The knobs whose product is the vector of an op: of the root, and of what is
    # fused with it and has loops of its own.
    vectors = [
        [f"vec{i}" for i in range(len(op.extents))],
        *(
            [*(f"vec{i}" for i in loops if i >= 0), "inner"]
            for loops in neighbour_loops(workload).values()
            if -1 in loops
        ),
    ]

    def few(d: Decisions) -> bool:
        sizes = [math.prod(int(d[name]) for name in names) for names in vectors]
        return max(sizes) < _MAX_NATIVE_VECTORS * lanes

    def unrolls(d: Decisions) -> bool:
        tile = math.prod(int(d[f"vec{i}"]) for i in parallel)
        return tile <= _MAX_UNROLLED_VECTORS * lanes

    return (
        Requirement(sentence="a register tile must fit its workgroup tile", holds=fits),
        Requirement(sentence="cache tiles must lie between the two", holds=nests),
        Requirement(sentence="the vector must stay under IREE's limit", holds=few),
        Requirement(sentence="the unrolled tile must stay small", holds=unrolls),
    )


def _contraction_wishes(op: StructuredOp, lanes: int) -> tuple[dict, ...]:
    if op.num_inputs != 2 or len(op.maps) != 3:
        return ({},)
    roles = contraction_roles(op)
    tables = (
        {"m": (32, 8), "n": (64, 2 * lanes), "k": 8},
        {"m": (64, 4), "n": (128, 2 * lanes), "k": 1},
        {"m": (128, 16), "n": (64, lanes), "k": 4},
        {"m": (16, 4), "n": (256, 2 * lanes), "k": 4},
    )
    return tuple(_wish(op, roles, table) for table in tables)


def _wish(op: StructuredOp, roles: tuple[LoopRole, ...], table: dict) -> dict:
    wish: dict[str, int | bool] = {}
    for i, role in enumerate(roles):
        if role is LoopRole.K:
            wish[f"vec{i}"] = table["k"] if i == _last(roles, LoopRole.K) else 1
        elif role is LoopRole.BATCH:
            wish |= {f"dist{i}": 1, f"vec{i}": 1}
        else:
            is_last = i == _last(roles, role)
            dist, vec = table[role.value] if is_last else (1, 1)
            wish |= {f"dist{i}": dist, f"vec{i}": vec}
            if op.extents[i] % vec:
                wish["peel"] = True
    return wish


def _last(roles: tuple[LoopRole, ...], role: LoopRole) -> int:
    return max(i for i, r in enumerate(roles) if r is role)


def _streaming_wishes(op: StructuredOp, lanes: int) -> tuple[dict, ...]:
    """Memory-bound ops: long contiguous rows, a few rows at a time."""
    innermost = _innermost(op)
    wishes = []
    for width, rows in ((2, 1), (4, 1), (1, 4), (1, 8)):
        wish: dict[str, int | bool] = {}
        for i, kind in enumerate(op.iterators):
            if kind is IteratorType.REDUCTION:
                wish[f"vec{i}"] = width * lanes
            elif i == innermost:
                wish |= {f"dist{i}": 512, f"vec{i}": width * lanes}
            else:
                wish |= {f"dist{i}": 8 * rows, f"vec{i}": rows}
        wishes.append(wish)
    return tuple(wishes)
