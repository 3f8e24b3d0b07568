"""Decisions of the packed-contraction space -> our own codegen script.

Rewrite:
    C[m, n] += A[m, k] * B[k, n], then an epilogue over C
    ->
    forall (dist_m, dist_n):                        workgroups
      fill C' ; for k step block_k:                 cache block
        B' = copy B[k.., n..]                       contiguous, reused by all rows
        for n step columns, for m step rows:        register tile ("panel": copy here)
          for k step 1, unrolled:                   outer products
      epilogue over C'
    or, with one block of k ("fused"), fill and epilogue inside the register tile.
"""

from dataclasses import dataclass

from iree.compiler import ir

from mlopt.core.candidate import Decisions
from mlopt.core.errors import ScheduleError
from mlopt.core.loops import (
    PlainContraction,
    epilogue_of,
    loops_in_terms_of_root,
    plain_contraction,
)
from mlopt.core.workload import Workload
from mlopt.schedules import script

SPACE = "packed.contraction"
SEQUENCES = ("mlopt_clean_tiled", "mlopt_hoist_invariants", "mlopt_cpu_tail")

# Rows of a fill or epilogue tile: they stream, so any small number does.
_STREAM_ROWS = 4


@dataclass(frozen=True, slots=True)
class _Plan:
    """The decisions, with names, and the loops they are about."""

    workload: Workload
    loops: PlainContraction
    dist_m: int
    dist_n: int
    block_k: int
    rows: int
    columns: int
    unroll_k: int
    copy_rhs: str
    columns_outer: bool
    fused: bool

    def tile(self, *, m: int = 0, n: int = 0, k: int = 0, batch: int = 0) -> list[int]:
        """Sizes in the root's loop order."""
        sizes = [0] * len(self.loops.extents)
        for loop in self.loops.batch:
            sizes[loop] = batch
        sizes[self.loops.m], sizes[self.loops.n], sizes[self.loops.k] = m, n, k
        return sizes

    def tile_like(self, position: int, root_tile: list[int]) -> list[int]:
        """The same tile in the loop order of another op of the dispatch."""
        loops = loops_in_terms_of_root(self.workload, position)
        if loops is None:
            raise ScheduleError(
                f"op {position} of the dispatch does not follow its root"
            )
        return [root_tile[i] if i >= 0 else 1 for i in loops]


def build_kernel(workload: Workload, decisions: Decisions, func: ir.Value) -> None:
    """Emit the body of the codegen sequence; `func` is the dispatch's function."""
    plan = _plan(workload, decisions)
    epilogue = epilogue_of(workload) or ()
    root = workload.root
    assert root is not None
    anchor = epilogue[-1] if epilogue else root
    sizes = plan.tile_like(anchor, plan.tile(m=plan.dist_m, n=plan.dist_n, batch=1))
    _, forall = script.fuse_into_forall(script.match_tagged(func, tag(anchor)), sizes)
    script.include("mlopt_clean_tiled", func)
    if plan.fused:
        _contract_fused(plan, func, forall, root, epilogue)
    else:
        _contract_blocked(plan, func, forall, root, epilogue)
    script.include("mlopt_cpu_tail", func)


def tag(position: int) -> str:
    """The value of `mlopt.op` that marks an op of the dispatch."""
    return f"op{position}"


def _plan(workload: Workload, decisions: Decisions) -> _Plan:
    loops = plain_contraction(workload)
    if loops is None:
        raise ScheduleError(f"workload {workload.name} is not a plain contraction")
    return _Plan(
        workload=workload,
        loops=loops,
        dist_m=int(decisions["dist_m"]),
        dist_n=int(decisions["dist_n"]),
        block_k=int(decisions["block_k"]),
        rows=int(decisions["rows"]),
        columns=int(decisions["columns"]),
        unroll_k=int(decisions["unroll_k"]),
        copy_rhs=str(decisions["copy_rhs"]),
        columns_outer=bool(decisions["columns_outer"]),
        fused=bool(decisions["fused"]),
    )


def _contract_blocked(
    plan: _Plan,
    func: ir.Value,
    forall: ir.Value,
    root: int,
    epilogue: tuple[int, ...],
) -> None:
    """Block k; the result tile lives in a buffer between blocks and epilogue."""
    contraction = script.match_tagged(forall, tag(root))
    if plan.block_k < plan.loops.extents[plan.loops.k]:
        contraction, _ = script.tile(contraction, plan.tile(k=plan.block_k))
    if plan.copy_rhs == "panel":
        sizes = plan.tile(m=plan.rows, n=plan.columns)
        order = _columns_first(tuple(range(len(sizes))), plan)
        _, nest = script.tile(contraction, sizes, order)
        _copy_panels(plan, func, forall, nest[-1], root)
    else:
        _copy_block(plan, contraction)
        for piece, rows in _row_pieces(plan, contraction, plan.loops.m):
            sizes = plan.tile(m=rows, n=plan.columns)
            tiled, _ = script.tile(piece, sizes, _register_order(plan))
            _outer_products(plan, tiled)
    for position in epilogue:
        register = plan.tile(m=_STREAM_ROWS, n=plan.columns, batch=1)
        handle = script.match_tagged(forall, tag(position))
        script.tile(handle, plan.tile_like(position, register))
    for position in _producers(plan.workload, root):
        _stream_producer(plan, script.match_tagged(forall, tag(position)), position)


def _contract_fused(
    plan: _Plan,
    func: ir.Value,
    forall: ir.Value,
    root: int,
    epilogue: tuple[int, ...],
) -> None:
    """One block of k: a result tile goes from registers through the epilogue out.

    The last op of the dispatch is tiled and all it reads is pulled into its tiles:
    the ops between, the contraction, its fill.
    """
    anchor = epilogue[-1] if epilogue else root
    loops = loops_in_terms_of_root(plan.workload, anchor)
    if loops is None:
        raise ScheduleError("the last op of the dispatch does not follow its root")
    sizes = plan.tile_like(anchor, plan.tile(m=plan.rows, n=plan.columns))
    order = _columns_first(loops, plan)
    nest = script.fuse_into_loops(
        script.match_tagged(forall, tag(anchor)), sizes, order
    )
    _copy_panels(plan, func, forall, nest[-1], root)


def _copy_panels(
    plan: _Plan, func: ir.Value, forall: ir.Value, row_loop: ir.Value, root: int
) -> None:
    """Copy B in panels as wide as the register tile, and lower the register tile.

    The copy stands in the innermost loop first; what does not change with the rows is
    then moved out of them, so that each panel is copied once for all rows.
    """
    if plan.dist_m % plan.rows:
        script.peel(row_loop)
    script.include("mlopt_clean_tiled", func)
    if plan.copy_rhs == "panel":
        script.copy_operand(script.match_tagged(forall, tag(root)), 1)
        script.include("mlopt_hoist_invariants", func)
        leading = [0] * len(plan.loops.batch)
        copies = script.match_ops(forall, ["linalg.copy"])
        script.tile(copies, [*leading, 1, plan.columns])
    _outer_products(plan, script.match_tagged(forall, tag(root)))


def _columns_first(loops: tuple[int, ...], plan: _Plan) -> list[int]:
    """Loop order in which a panel of B stays while the rows pass."""
    order = list(range(len(loops)))
    m, n = loops.index(plan.loops.m), loops.index(plan.loops.n)
    order[m], order[n] = order[n], order[m]
    return order


def _copy_block(plan: _Plan, contraction: ir.Value) -> None:
    if plan.copy_rhs != "block":
        return
    copy = script.copy_operand(contraction, 1)
    leading = [0] * len(plan.loops.batch)
    script.tile(copy, [*leading, 1, plan.columns])


def _row_pieces(
    plan: _Plan, handle: ir.Value, row_loop: int
) -> list[tuple[ir.Value, int]]:
    """An op cut along its rows, each piece with its register tile's height."""
    main, rest_rows = split_rows(plan.dist_m, plan.rows)
    if main == plan.dist_m:
        return [(handle, plan.rows)]
    upper, lower = script.split_loop(handle, row_loop, main)
    return [(upper, plan.rows), (lower, rest_rows)]


def split_rows(extent: int, rows: int) -> tuple[int, int]:
    """How many rows the main register tile covers, and the height for the rest.

    The rest is made of tiles of 4 where some count of main tiles allows it (128 rows
    by 6: 120 and twice 4, not 126 and a slow 2); of one short tile otherwise.
    """
    whole = extent // rows
    if whole * rows == extent:
        return extent, rows
    for count in range(whole, max(whole - 4, 0), -1):
        rest = extent - count * rows
        if rest % 4 == 0:
            return count * rows, 4
    return whole * rows, extent - whole * rows


def _register_order(plan: _Plan) -> list[int]:
    """Loop order of register tiles on the contraction; empty is its own order."""
    order = list(range(len(plan.loops.extents)))
    if plan.columns_outer:
        m, n = plan.loops.m, plan.loops.n
        order[m], order[n] = order[n], order[m]
    return [] if order == sorted(order) else order


def _outer_products(plan: _Plan, contraction: ir.Value) -> None:
    """Walk k one step at a time, unrolled: rank-1 updates of the accumulators."""
    _, loops = script.tile(contraction, plan.tile(k=1))
    if plan.unroll_k > 1:
        script.unroll(loops[0], plan.unroll_k)


def _producers(workload: Workload, root: int) -> list[int]:
    """Positions of the ops that feed the root and were fused with it (its fill)."""
    return sorted({s for s in workload.ops[root].sources if 0 <= s < root})


def _stream_producer(plan: _Plan, handle: ir.Value, position: int) -> None:
    op = plan.workload.ops[position]
    register = plan.tile(m=_STREAM_ROWS, n=plan.columns, batch=1)
    produced = op.maps[-1]
    root_maps = plan.workload.ops[plan.workload.root or 0].maps[-1]
    loops = {loop: root_maps[axis] for axis, loop in enumerate(produced) if loop >= 0}
    script.tile(handle, [register[loops[i]] for i in range(len(op.extents))])
