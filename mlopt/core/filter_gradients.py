"""What a convolution's filter gets in training: the gradient, summed over all pixels.

For each tap and each pair of channels it is the product of the input, moved by the
tap, with the result's gradient. IREE writes it as a convolution whose filter is that
gradient, over the channels of the input as images. Imports nothing outside core.
"""

from typing import Final

from mlopt.core.workload import StructuredOp

# Maps of the input with its channels in front, the result's gradient, and the filter's.
_MAPS: Final = ((0, -1, -1, 4), (4, 5, 6, 3), (0, 1, 2, 3))
_LOOPS: Final = (
    "in_channels",
    "filter_height",
    "filter_width",
    "channels",
    "image",
    "gradient_height",
    "gradient_width",
)


def loop_extents(op: StructuredOp) -> dict[str, int]:
    """Extents of a filter gradient's loops by role; {} if it is none."""
    if op.maps != _MAPS:
        return {}
    return dict(zip(_LOOPS, op.extents, strict=True))
