"""Contractions with cache blocking and a packed operand, as a scripted schedule.

For each workgroup tile and each block of k, the needed part of B is copied into a
small contiguous buffer that all rows of A then reuse: what a BLAS does. Without it,
rows of B that lie a power of two apart share few cache sets and the kernel runs at
half the machine's speed.
"""

from collections.abc import Callable, Mapping

from mlopt.core.candidate import (
    Decisions,
    Knob,
    Requirement,
    Space,
    Trace,
    Value,
)
from mlopt.core.loops import epilogue_of, plain_contraction
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import Workload
from mlopt.search.spaces.values import dividing_sizes, knob, trace

NAME = "packed.contraction"

# A stock IREE runtime gives its worker threads 128 KiB of stack, of which the loaded
# libraries' thread-local variables take a part (a kernel of 79 KiB died with SIGSEGV
# beside NumPy and the compiler). Half of it is what a kernel can count on anywhere.
STACK_LIMIT_BYTES = 64 * 1024

# More than this many registers of accumulators spill on every x86-64.
_MAX_ACCUMULATOR_REGISTERS = 32


def offer(workload: Workload, target: Target) -> tuple[Space, tuple[Trace, ...]] | None:
    """The space and its expert traces, or None where the schedule does not fit."""
    loops = plain_contraction(workload)
    if loops is None or workload.root_op is None:
        return None
    dtypes = set(workload.root_op.dtypes)
    if dtypes != {"float32"}:
        return None
    lanes = target.vector_bytes // ITEM_SIZES["float32"]
    m, n, k = (loops.extents[i] for i in (loops.m, loops.n, loops.k))
    if n % lanes or k < lanes or m < 2:
        return None
    has_epilogue = bool(epilogue_of(workload))
    space = Space(
        name=NAME,
        version="1",
        knobs=_knobs(m, n, k, lanes),
        requirements=_requirements(k, lanes, has_epilogue=has_epilogue),
    )
    wishes = _expert_wishes(m, k, lanes)
    return space, tuple(trace(space, w) for w in wishes)


def _knobs(m: int, n: int, k: int, lanes: int) -> tuple[Knob, ...]:
    rows = tuple(r for r in (2, 3, 4, 5, 6, 8, 12, 14) if r <= m) or (m,)
    columns = tuple(c for c in (lanes, 2 * lanes, 4 * lanes) if n % c == 0)
    wide = tuple(d for d in dividing_sizes(n, low=lanes, high=512) if d % lanes == 0)
    return (
        knob("dist_m", dividing_sizes(m, low=min(m, 16), high=512), min(m, 128)),
        knob("dist_n", wide or (n,), 96),
        knob("block_k", dividing_sizes(k, low=min(k, 32), high=1024), 256),
        knob("rows", rows, 4),
        knob("columns", columns, 2 * lanes),
        knob("unroll_k", (1, 2, 4, 8), 4),
        knob("copy_rhs", ("none", "block", "panel"), "panel"),
        knob("columns_outer", (False, True), True),
        knob("fused", (False, True), False),
    )


def _requirements(k: int, lanes: int, *, has_epilogue: bool) -> tuple[Requirement, ...]:
    item = ITEM_SIZES["float32"]

    def stack_elements(d: Decisions) -> int:
        copied = d["block_k"] * (
            d["dist_n"] * (d["copy_rhs"] == "block")
            + d["columns"] * (d["copy_rhs"] == "panel")
        )
        # One result tile when an epilogue reads it later, one more to join the row
        # pieces in; none when the epilogue is fused.
        joined = d["dist_m"] % d["rows"] != 0
        tiles = (has_epilogue + joined) * (1 - d["fused"])
        return copied + tiles * d["dist_m"] * d["dist_n"]

    def rule(sentence: str, holds: Callable[[Decisions], bool]) -> Requirement:
        return Requirement(sentence=sentence, holds=holds)

    return (
        rule(
            "the register tile's columns must divide the workgroup tile",
            lambda d: d["dist_n"] % d["columns"] == 0,
        ),
        rule(
            "the register tile must not be taller than the workgroup tile",
            lambda d: d["rows"] <= d["dist_m"],
        ),
        rule(
            "the accumulators must fit into vector registers",
            lambda d: d["rows"] * d["columns"] <= _MAX_ACCUMULATOR_REGISTERS * lanes,
        ),
        rule(
            "the k loop must be long enough to unroll",
            lambda d: d["block_k"] % d["unroll_k"] == 0,
        ),
        rule(
            "the copied block and the result tile must fit a worker thread's stack",
            lambda d: item * stack_elements(d) <= STACK_LIMIT_BYTES,
        ),
        rule(
            "the epilogue can only be fused into register tiles that see all of k",
            lambda d: (1 - d["fused"]) + (d["block_k"] == k) > 0,
        ),
        rule(
            "fused register tiles copy panels or nothing",
            lambda d: (1 - d["fused"]) + (d["copy_rhs"] != "block") > 0,
        ),
        rule(
            "panels are copied in the loop over columns, which must be the outer one",
            lambda d: d["columns_outer"] + (d["copy_rhs"] != "panel") > 0,
        ),
    )


def _expert_wishes(m: int, k: int, lanes: int) -> tuple[Mapping[str, Value], ...]:
    """Blocks whose panel of B stays in the first-level cache, for wide and narrow n."""
    base = {"dist_m": min(m, 128), "columns": 2 * lanes, "rows": 6, "unroll_k": 4}
    tall = base | {"dist_m": m}
    block = {"copy_rhs": "block"}
    return (
        tall | {"dist_n": 64, "block_k": k, "fused": True},
        tall | {"dist_n": 64, "block_k": 256},
        tall | {"dist_n": 128, "block_k": k, "fused": True},
        base | block | {"dist_n": 48, "block_k": 256},
        base | block | {"dist_n": 96, "block_k": 128, "rows": 4},
        base | {"dist_n": 96, "block_k": k, "fused": True, "rows": 4},
        base | {"dist_n": 64, "block_k": 128, "rows": 4, "copy_rhs": "none"},
    )
