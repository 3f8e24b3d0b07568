"""Decisions of the configured spaces -> tile sizes on IREE's levels."""

from collections.abc import Mapping

from iree.compiler import ir

from mlopt.core.candidate import Decisions, Value
from mlopt.core.loops import loops_in_terms_of_root
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
    result = {root: ("compilation_info", info)}
    if any(levels["cache_parallel"]) or any(levels["cache_reduction"]):
        result |= _neighbours(workload, root, levels["vector_common_parallel"])
    return result


def _neighbours(
    workload: Workload, root: int, register_tile: list[int]
) -> dict[int, tuple[str, ir.Attribute]]:
    """Register tiles for the fused ops.

    With cache levels on the root IREE would vectorize them at the cache tile's size.
    """
    result = {}
    for position in range(len(workload.ops)):
        if (
            position == root
            or IteratorType.REDUCTION in workload.ops[position].iterators
        ):
            continue
        loops = loops_in_terms_of_root(workload, position)
        if position < root:
            loops = _producer_loops(workload, root, position)
        if loops is None:
            continue
        tile = [register_tile[i] if i >= 0 else 1 for i in loops]
        config = annotations.lowering_config({"vector_inner_parallel": tile})
        result[position] = ("lowering_config", config)
    return result


def _producer_loops(
    workload: Workload, root: int, position: int
) -> tuple[int, ...] | None:
    """Root loops behind each loop of an op that feeds the root directly."""
    op = workload.ops[root]
    for operand, source in enumerate(op.sources):
        if source != position:
            continue
        produced = workload.ops[position].maps[-1]
        loops = [-1] * len(workload.ops[position].extents)
        for axis, loop in enumerate(op.maps[operand]):
            if produced[axis] >= 0:
                loops[produced[axis]] = loop
        return tuple(loops)
    return None


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
