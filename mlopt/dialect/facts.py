"""What a space may ask of a workload and its target, as numbers. Imports core only."""

import math

from mlopt.core.loops import epilogue_of, plain_contraction
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import Workload
from mlopt.search.elaboration import Facts


def facts_of(workload: Workload, target: Target) -> Facts:
    """Extents by role, where the root is a plain contraction, and all properties.

    Unknown is what the element type or the shape do not allow to say.
    """
    properties = {
        "target.num_cores": target.num_cores,
        "target.l1d_bytes": target.l1d_bytes,
        "target.l2_bytes": target.l2_bytes,
        "workload.has_epilogue": int(bool(epilogue_of(workload))),
    }
    op = workload.root_op
    if op is not None and (item := ITEM_SIZES.get(op.dtypes[-1])):
        properties["workload.item_bytes"] = item
        properties["target.vector_lanes"] = max(1, target.vector_bytes // item)
    return Facts(extents=_extents(workload), properties=properties)


def _extents(workload: Workload) -> dict[str, int]:
    loops = plain_contraction(workload)
    if loops is None:
        return {}
    named = {role: loops.extents[getattr(loops, role)] for role in ("m", "n", "k")}
    return named | {"batch": math.prod(loops.extents[i] for i in loops.batch)}
