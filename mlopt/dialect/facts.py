"""What a space may ask of a workload and its target, as numbers. Imports core only."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from mlopt.core import convolutions, filter_gradients, pooling
from mlopt.core.compiled import as_compiled, has_own_store
from mlopt.core.loops import (
    LoopRole,
    contraction_roles,
    epilogue_of,
    neighbour_loops,
    plain_contraction,
)
from mlopt.core.rows import Rows, rows_of
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a template may ask.

    Attributes:
        extents: of the root's loops by role, as `mlopt.extent` calls them.
        properties: by the names that `mlopt.property` takes.
        loops: of each loop of the root what `mlopt.loop` says, and "is_parallel".
        roles: positions of the root's loops by role: "m", "n", "k" and "batch"; empty
            where the root is no plain contraction.
        fused: for each op fused with the root that has loops of its own, the root loop
            that walks with each of its loops, -1 for its own.
    """

    extents: Mapping[str, int]
    properties: Mapping[str, int]
    loops: tuple[Mapping[str, int], ...] = ()
    roles: Mapping[str, tuple[int, ...]]
    fused: tuple[tuple[int, ...], ...] = ()


def facts_of(workload: Workload, target: Target) -> Facts:
    """All that is known; what the root's shape or element type do not tell is missing.

    Loops are those of code generation.

    A workload without a root, or with extents that are not static, has nothing but
    properties.
    """
    has_unit_strides = convolutions.has_unit_strides(workload)
    own_store = has_own_store(workload)
    original, workload = workload, as_compiled(workload)
    op = workload.root_op
    properties = {
        "target.num_cores": target.num_cores,
        "target.l1d_bytes": target.l1d_bytes,
        "target.l2_bytes": target.l2_bytes,
        "workload.has_epilogue": int(bool(epilogue_of(workload))),
    }
    if op is None or any(extent <= 0 for extent in op.extents):
        return Facts(extents={}, properties=properties, roles={})
    rows = rows_of(workload)
    # Where the type is unknown a register is filled as with floats.
    item = ITEM_SIZES.get(op.dtypes[-1], 4)
    properties |= {
        "workload.item_bytes": item,
        "target.vector_lanes": max(1, target.vector_bytes // item),
        "workload.is_float32": int(set(op.dtypes) == {"float32"}),
        "workload.num_loops": len(op.extents),
        "workload.fused_extent": _fused_extent(workload),
        "workload.has_unit_strides": int(has_unit_strides),
        "workload.has_own_store": int(own_store),
        "workload.keeps_its_loops": int(workload is original),
        "workload.is_chain": int(rows is not None and _is_chain(workload, rows)),
        "workload.has_panels": int(_has_panels(workload)),
    }
    if rows is not None:
        properties["workload.row_bytes"] = rows.waiting_bytes
    roles = roles_of(workload)
    return Facts(
        extents=_role_extents(op, roles)
        | convolutions.loop_extents(op)
        | filter_gradients.loop_extents(op)
        | pooling.loop_extents(op),
        properties=properties,
        loops=_loops(workload, op),
        roles=roles,
        fused=tuple(m for m in neighbour_loops(workload).values() if -1 in m),
    )


def roles_of(workload: Workload) -> dict[str, tuple[int, ...]]:
    """Positions of the root's loops: "m", "n", "k", "batch"; {} if it has others."""
    loops = plain_contraction(workload)
    if loops is None:
        return {}
    # Panels are taken one at a time, like the matrices of a batch.
    others = (*loops.batch, *loops.panels)
    return {"m": (loops.m,), "n": (loops.n,), "k": (loops.k,), "batch": others}


def _role_extents(
    op: StructuredOp, roles: Mapping[str, tuple[int, ...]]
) -> dict[str, int]:
    return {
        role: math.prod(op.extents[position] for position in positions)
        for role, positions in roles.items()
    }


def _fused_extent(workload: Workload) -> int:
    """Of the longest innermost loop that fused ops have for themselves."""
    extents = []
    for position, loops in neighbour_loops(workload).items():
        own = [loop for loop, root_loop in enumerate(loops) if root_loop < 0]
        extents += [workload.ops[position].extents[loop] for loop in own[-1:]]
    return max(extents, default=0)


def _has_panels(workload: Workload) -> bool:
    loops = plain_contraction(workload)
    return loops is not None and bool(loops.panels)


def _is_chain(workload: Workload, rows: Rows) -> bool:
    along = {*rows.reductions, *rows.others}
    return not along <= {workload.root, *neighbour_loops(workload)}


def _loops(workload: Workload, op: StructuredOp) -> tuple[Mapping[str, int], ...]:
    written = [loop for loop in op.maps[-1] if loop >= 0]
    innermost = written[-1] if written else -1
    roles = _roles(workload, op)
    return tuple(
        {
            "extent": extent,
            "is_parallel": int(op.iterators[position] is IteratorType.PARALLEL),
            "is_innermost": int(position == innermost),
            "is_batch": int(roles[position] is LoopRole.BATCH),
            "is_m": int(position == _last(roles, LoopRole.M)),
            "is_n": int(position == _last(roles, LoopRole.N)),
            "is_k": int(position == _last(roles, LoopRole.K)),
        }
        for position, extent in enumerate(op.extents)
    )


def _roles(workload: Workload, op: StructuredOp) -> tuple[LoopRole | None, ...]:
    is_plain = op.num_inputs == 2 and len(op.maps) == 3
    if workload.kind is not WorkloadKind.CONTRACTION or not is_plain:
        return (None,) * len(op.extents)
    return contraction_roles(op)


def _last(roles: tuple[LoopRole | None, ...], role: LoopRole) -> int:
    return max((i for i, each in enumerate(roles) if each is role), default=-1)
