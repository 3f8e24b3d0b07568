"""Direct convolutions on IREE's convolution pipeline.

That pipeline decomposes a 2-D convolution into 1-D ones, so one output row and one
filter row must remain per vector step: those loops get a register tile of 1.
"""

import math

from mlopt.core.candidate import Decisions, Requirement, Space, Trace
from mlopt.core.target import Target
from mlopt.core.tensors import ITEM_SIZES
from mlopt.core.workload import IteratorType, StructuredOp, Workload
from mlopt.search.spaces.values import knob, tile_sizes, trace

NAME = "configured.convolution"

# Channels-last convolutions: IREE decomposes these and no others. At the flow phase
# they are generic ops, recognised by their maps (input, filter, output); -1 is where
# an output loop and a filter loop walk the input together.
_SUPPORTED = (
    ((0, -1, -1, 6), (4, 5, 6, 3), (0, 1, 2, 3)),  # conv_2d_nhwc_hwcf
    ((0, -1, -1, 3), (4, 5, 3), (0, 1, 2, 3)),  # depthwise_conv_2d_nhwc_hwc
)

_MAX_UNROLLED_VECTORS = 32


def offer(workload: Workload, target: Target) -> tuple[Space, tuple[Trace, ...]] | None:
    """The space and its expert traces; None for layouts IREE does not decompose."""
    op = workload.root_op
    if op is None or op.maps not in _SUPPORTED or any(e <= 0 for e in op.extents):
        return None
    lanes = max(1, target.vector_bytes // ITEM_SIZES.get(op.dtypes[-1], 4))
    space = Space(
        name=NAME,
        version="1",
        knobs=_knobs(op, lanes),
        requirements=(_small(op, lanes), _nested(op)),
    )
    wishes = tuple(
        {"dist1": rows, "dist2": 64, "dist3": 64, "vec2": width, "vec3": depth * lanes}
        for rows, width, depth in (
            (4, 4, 2),
            (8, 6, 2),
            (1, 8, 1),
            (2, 4, 1),
            (14, 4, 2),
        )
    )
    return space, tuple(trace(space, w) for w in wishes)


def _knobs(op: StructuredOp, lanes: int) -> tuple:
    _, height, width, channels = op.extents[:4]
    knobs = [
        knob("dist1", tile_sizes(height, low=1, high=64), 4),
        knob("dist2", tile_sizes(width, low=1, high=256), 64),
        knob("dist3", tile_sizes(channels, low=min(channels, lanes), high=512), 64),
        knob("vec2", tile_sizes(width, low=1, high=16), 4),
        knob(
            "vec3",
            tile_sizes(channels, low=min(channels, lanes), high=8 * lanes),
            lanes,
        ),
    ]
    if op.iterators[-1] is IteratorType.REDUCTION and len(op.extents) == 7:
        knobs.append(knob("vec6", tile_sizes(op.extents[6], low=1, high=16), 8))
    return tuple(knobs)


def _small(op: StructuredOp, lanes: int) -> Requirement:
    def holds(d: Decisions) -> bool:
        return math.prod((int(d["vec2"]), int(d["vec3"]))) <= (
            _MAX_UNROLLED_VECTORS * lanes
        )

    return Requirement(sentence="the unrolled tile must stay small", holds=holds)


def _nested(op: StructuredOp) -> Requirement:
    def holds(d: Decisions) -> bool:
        return d["vec2"] <= d["dist2"] and d["vec3"] <= d["dist3"]

    return Requirement(
        sentence="a register tile must fit its workgroup tile", holds=holds
    )
