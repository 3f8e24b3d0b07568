"""Windows of a channels-last image reduced channel by channel: pooling.

As a depthwise convolution without a filter. Imports nothing outside core.
"""

from typing import Final

from mlopt.core.one_image import with_images
from mlopt.core.workload import StructuredOp, Workload

# Of the input, the window and the result. IREE's flow phase drops the loop over images
# where it has one trip, and its code generation puts it back.
_MAPS: Final = ((0, -1, -1, 3), (4, 5), (0, 1, 2, 3))
_MAPS_OF_ONE: Final = ((-1, -1, 2), (3, 4), (0, 1, 2))
_LOOPS: Final = (
    "image",
    "height",
    "width",
    "channels",
    "filter_height",
    "filter_width",
)


def as_compiled(workload: Workload) -> Workload:
    """The workload with the loops its ops have in code generation."""
    return with_images(workload, (_MAPS_OF_ONE,))


def loop_extents(op: StructuredOp) -> dict[str, int]:
    """Extents of a pooling's loops by role; {} if it is none."""
    if op.maps != _MAPS:
        return {}
    return {"in_channels": 1} | dict(zip(_LOOPS, op.extents, strict=True))
