"""Windows of a channels-last image reduced channel by channel: pooling.

As a depthwise convolution without a filter. Imports nothing outside core.
"""

import dataclasses
from typing import Final

from mlopt.core.workload import IteratorType, StructuredOp, Workload

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
    op = workload.root_op
    if op is None or op.maps != _MAPS_OF_ONE:
        return workload
    return dataclasses.replace(workload, ops=tuple(map(_with_images, workload.ops)))


def has_own_store(workload: Workload) -> bool:
    """Whether code generation stores the result by an op of its own.

    So it does where the loop over images is put back, and the result is a part of a
    larger tensor.
    """
    if as_compiled(workload) is workload:
        return False
    last = workload.ops[-1]
    shape = tuple(last.extents[loop] for loop in last.maps[-1])
    return any(spec.shape != shape for spec in workload.outputs)


def loop_extents(op: StructuredOp) -> dict[str, int]:
    """Extents of a pooling's loops by role; {} if it is none."""
    if op.maps != _MAPS:
        return {}
    return {"in_channels": 1} | dict(zip(_LOOPS, op.extents, strict=True))


def _with_images(op: StructuredOp) -> StructuredOp:
    rank = len(op.maps[-1])

    def shifted(places: tuple[int, ...]) -> tuple[int, ...]:
        moved = tuple(place + 1 if place >= 0 else -1 for place in places)
        return (0, *moved) if len(places) == rank else moved

    return dataclasses.replace(
        op,
        extents=(1, *op.extents),
        iterators=(IteratorType.PARALLEL, *op.iterators),
        maps=tuple(map(shifted, op.maps)),
    )
