"""Channels-last convolutions: which ops are some, and how code generation sees them.

Imports nothing outside core.
"""

from typing import Final

from mlopt.core.one_image import with_images
from mlopt.core.workload import StructuredOp, Workload

# IREE decomposes these and no others. At the flow phase they are generic ops,
# recognised by their maps (input, filter, output); -1 is where an output loop and a
# filter loop walk the input together.
_MAPS: Final = (
    ((0, -1, -1, 6), (4, 5, 6, 3), (0, 1, 2, 3)),  # conv_2d_nhwc_hwcf
    ((0, -1, -1, 3), (4, 5, 3), (0, 1, 2, 3)),  # depthwise_conv_2d_nhwc_hwc
)
# Of one image: IREE's flow phase drops the loop over images where it has one trip, and
# its code generation puts it back.
_MAPS_OF_ONE: Final = (
    ((-1, -1, 5), (3, 4, 5, 2), (0, 1, 2)),
    ((-1, -1, 2), (3, 4, 2), (0, 1, 2)),
)
# With a filter of one pixel, of one image: IREE makes a contraction of it, whose rows
# are the lines and the pixels of a line.
_POINTWISE: Final = ((0, 1, 3), (3, 2), (0, 1, 2))
_LOOPS: Final = (
    "image",
    "height",
    "width",
    "channels",
    "filter_height",
    "filter_width",
    "in_channels",
)
_POINTWISE_LOOPS: Final = ("height", "width", "channels", "in_channels")


def as_compiled(workload: Workload) -> Workload:
    """The workload with the loops its ops have in code generation.

    Those of the flow phase, but for a convolution of one image: there the convolution
    and what is fused with it get a loop over images, of one trip, in front.
    """
    return with_images(workload, _MAPS_OF_ONE)


def loop_extents(op: StructuredOp) -> dict[str, int]:
    """Extents of a convolution's loops by role; {} if it is none.

    Of a depthwise one "in_channels" is 1: each channel reads its own. One with a filter
    of one pixel is a contraction by then, and has no loop over images or the filter.
    """
    if op.maps == _POINTWISE:
        return dict(zip(_POINTWISE_LOOPS, op.extents, strict=True))
    if op.maps not in _MAPS:
        return {}
    return {"in_channels": 1} | dict(zip(_LOOPS, op.extents, strict=False))


def has_unit_strides(workload: Workload) -> bool:
    """Whether a convolution walks its input pixel by pixel: no strides, no dilation.

    Maps do not say it, but the size of the input does. False too where the input is
    computed by the kernel itself, or for another op.
    """
    op = as_compiled(workload).root_op
    if op is None or op.maps not in _MAPS:
        return False
    extents = loop_extents(op)
    read = (
        extents["height"] + extents["filter_height"] - 1,
        extents["width"] + extents["filter_width"] - 1,
        op.extents[op.maps[0][-1]],
    )
    return any(spec.shape[-3:] == read for spec in workload.inputs)
