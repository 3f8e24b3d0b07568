"""What a kernel is like, as numbers: profile-free, and without absolute names.

Imports core only; no compiler is needed.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np

from mlopt.core.loops import epilogue_of
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind

# Loops of the root that the vector has room for; those beyond it are left out, the
# outermost ones first.
MAX_LOOPS: Final = 8
_KINDS: Final = tuple(WorkloadKind)
_OPERANDS: Final = 3


def features(workload: Workload) -> Mapping[str, float]:
    """Named features; 0 where the root is not known.

    flops and bytes are of one call, intensity is their ratio (flop/byte); extents are
    products over the root's loops of a kind; item_bytes is of the root's result.
    """
    op = workload.root_op
    root = {} if op is None else _of_root(op)
    epilogue = epilogue_of(workload) or ()
    return {
        "flops": float(workload.flops),
        "bytes": float(workload.num_bytes),
        "intensity": workload.flops / max(1, workload.num_bytes),
        "num_ops": float(len(workload.ops)),
        "num_epilogue_ops": float(len(epilogue)),
        "num_inputs": float(len(workload.inputs)),
        "num_outputs": float(len(workload.outputs)),
        "parallel_extent": root.get("parallel", 0.0),
        "reduction_extent": root.get("reduction", 0.0),
        "num_loops": root.get("num_loops", 0.0),
        "item_bytes": root.get("item_bytes", 0.0),
        "is_float": root.get("is_float", 0.0),
    }


def vector(workload: Workload) -> np.ndarray:
    """All that a model may see of a kernel, as float32.

    In order, `VECTOR_LENGTH` numbers: `features` by the names of `NAMES`, those that
    can be large as log2(1 + x); a one-hot of the kind, in the order of `WorkloadKind`;
    then for each of `MAX_LOOPS` loops of the root, innermost first, zeros where there
    is none: log2(1 + extent), 1 if it is parallel, and for the first two inputs and
    the result the place of the loop among the operand's dimensions, counted from the
    innermost as 1, 0 where the operand does not have it.
    """
    named = features(workload)
    numbers = [_shown(name, named[name]) for name in NAMES]
    kinds = [float(workload.kind is kind) for kind in _KINDS]
    op = workload.root_op
    loops = [] if op is None else [_loop(op, i) for i in range(len(op.extents))]
    rows = loops[::-1][:MAX_LOOPS]
    rows += [[0.0] * _LOOP_LENGTH] * (MAX_LOOPS - len(rows))
    flat = [number for row in rows for number in row]
    return np.array([*numbers, *kinds, *flat], dtype=np.float32)


NAMES: Final = (
    "flops",
    "bytes",
    "intensity",
    "num_ops",
    "num_epilogue_ops",
    "num_inputs",
    "num_outputs",
    "parallel_extent",
    "reduction_extent",
    "num_loops",
    "item_bytes",
    "is_float",
)
_LOOP_LENGTH: Final = 2 + _OPERANDS
VECTOR_LENGTH: Final = len(NAMES) + len(_KINDS) + MAX_LOOPS * _LOOP_LENGTH
_LARGE: Final = {"flops", "bytes", "intensity", "parallel_extent", "reduction_extent"}


def _shown(name: str, value: float) -> float:
    return math.log2(1.0 + value) if name in _LARGE else value


def _of_root(op: StructuredOp) -> dict[str, float]:
    loops = list(zip(op.extents, op.iterators, strict=True))
    parallel = [e for e, kind in loops if kind is IteratorType.PARALLEL]
    reduction = [e for e, kind in loops if kind is IteratorType.REDUCTION]
    dtype = op.dtypes[-1]
    return {
        "parallel": float(math.prod(parallel)),
        "reduction": float(math.prod(reduction)),
        "num_loops": float(len(loops)),
        "item_bytes": float(ITEM_SIZES.get(dtype, 0)),
        "is_float": float("float" in dtype),
    }


def _loop(op: StructuredOp, loop: int) -> list[float]:
    maps = [*op.maps[: op.num_inputs][: _OPERANDS - 1]]
    maps += [()] * (_OPERANDS - 1 - len(maps))
    places = [_place(operand, loop) for operand in (*maps, op.maps[-1])]
    is_parallel = float(op.iterators[loop] is IteratorType.PARALLEL)
    return [math.log2(1.0 + max(0, op.extents[loop])), is_parallel, *places]


def _place(operand: tuple[int, ...], loop: int) -> float:
    """1 for the innermost dimension."""
    return float(len(operand) - operand.index(loop)) if loop in operand else 0.0
