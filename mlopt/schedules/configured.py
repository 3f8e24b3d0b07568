"""Decisions of the configured spaces -> tile sizes on IREE's levels."""

from collections.abc import Mapping

from iree.compiler import ir

from mlopt.core.candidate import Decisions, Value
from mlopt.core.loops import neighbour_loops
from mlopt.core.workload import IteratorType, StructuredOp, Workload
from mlopt.schedules import annotations

DOUBLE_TILING = "configured.double_tiling"
CONVOLUTION = "configured.convolution"


def attributes_for(
    workload: Workload, space: str, decisions: Decisions
) -> Mapping[int, tuple[str, ir.Attribute]]:
    """Attribute name and value for each op of the dispatch that gets one."""
    root = workload.root
    assert root is not None
    if space == CONVOLUTION:
        return {root: ("compilation_info", _convolution(workload.ops[root], decisions))}
    return _double_tiling(workload, root, decisions)


def _double_tiling(
    workload: Workload, root: int, decisions: Decisions
) -> Mapping[int, tuple[str, ir.Attribute]]:
    op = workload.ops[root]
    levels = {
        "distribution": _sizes(op, decisions, "dist", IteratorType.PARALLEL),
        "cache_parallel": _sizes(op, decisions, "cache", IteratorType.PARALLEL),
        "cache_reduction": _sizes(op, decisions, "cache", IteratorType.REDUCTION),
        "vector_common_parallel": _sizes(op, decisions, "vec", IteratorType.PARALLEL),
        "vector_reduction": _sizes(op, decisions, "vec", IteratorType.REDUCTION),
    }
    info = annotations.configured_info(
        levels, pipeline="DoubleTilingExpert", peel=bool(decisions.get("peel", False))
    )
    register_tile = levels["vector_common_parallel"]
    is_cached = any(levels["cache_parallel"]) or any(levels["cache_reduction"])
    result = {root: ("compilation_info", info)}
    for position, loops in neighbour_loops(workload).items():
        neighbour = workload.ops[position]
        if IteratorType.REDUCTION not in neighbour.iterators and is_cached:
            tile = _whole_tile(loops, register_tile)
        elif -1 in loops:
            tile = _own_tile(neighbour, loops, register_tile, int(decisions["inner"]))
        else:
            continue
        result[position] = ("lowering_config", annotations.lowering_config(tile))
    return result


def _whole_tile(
    loops: tuple[int, ...], register_tile: list[int]
) -> dict[str, list[int]]:
    """With cache levels on the root IREE would vectorize a neighbour at their size."""
    tile = [register_tile[i] if i >= 0 else 1 for i in loops]
    return {"vector_inner_parallel": tile}


def _own_tile(
    op: StructuredOp, loops: tuple[int, ...], register_tile: list[int], width: int
) -> dict[str, list[int]]:
    """Tiles for loops that the root lacks: IREE would vectorize them whole.

    The innermost of them takes vectors of `width`, the others single steps.
    """
    own = [position for position, loop in enumerate(loops) if loop < 0]
    sizes = dict.fromkeys(own, 1) | {own[-1]: min(width, op.extents[own[-1]])}

    def of(kind: IteratorType) -> list[int]:
        matches = [iterator is kind for iterator in op.iterators]
        return [sizes.get(p, 0) * is_kind for p, is_kind in enumerate(matches)]

    return {
        "vector_common_parallel": [register_tile[i] if i >= 0 else 0 for i in loops],
        "vector_reduction": of(IteratorType.REDUCTION),
        "vector_inner_parallel": of(IteratorType.PARALLEL),
    }


def _sizes(
    op: StructuredOp, decisions: Decisions, prefix: str, iterator: IteratorType
) -> list[int]:
    return [
        _size(decisions, f"{prefix}{i}", extent) if kind is iterator else 0
        for i, (extent, kind) in enumerate(zip(op.extents, op.iterators, strict=True))
    ]


def _size(decisions: Decisions, name: str, extent: int) -> int:
    value: Value = decisions.get(name, 0)
    # A tile as long as its loop is the loop: IREE then drops the loop altogether.
    return min(int(value), extent)


def _convolution(op: StructuredOp, decisions: Decisions) -> ir.Attribute:
    """One output row and one filter row per vector step, as the pipeline demands."""
    rank = len(op.extents)
    distribution = [0] * rank
    register = [0] * rank
    reduction = [0] * rank
    distribution[:4] = [
        1,
        *(_size(decisions, f"dist{i}", op.extents[i]) for i in (1, 2, 3)),
    ]
    register[:4] = [1, 1, *(_size(decisions, f"vec{i}", op.extents[i]) for i in (2, 3))]
    for i in range(4, rank):
        reduction[i] = _size(decisions, f"vec{i}", op.extents[i]) or 1
    levels = {
        "distribution": distribution,
        "vector_common_parallel": register,
        "vector_reduction": reduction,
    }
    return annotations.configured_info(levels, pipeline="ConvTileAndDecomposeExpert")
