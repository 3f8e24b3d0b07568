"""Kernels of one image, whose loop over images comes and goes.

IREE's flow phase drops the loop where it has one trip, and its code generation puts it
back. Imports nothing outside core.
"""

import dataclasses
from collections.abc import Collection

from mlopt.core.workload import IteratorType, StructuredOp, Workload

Maps = tuple[tuple[int, ...], ...]


def with_images(workload: Workload, of_one: Collection[Maps]) -> Workload:
    """The workload with a loop over images in front, of one trip.

    Itself where its root is none of these.

    Args:
        of_one: maps of the roots that lost their loop; the second operand of such a
            root is a filter or a window, and belongs to no image.
    """
    op = workload.root_op
    if op is None or op.maps not in of_one:
        return workload
    ops = tuple(_with_images(each, of_one) for each in workload.ops)
    return dataclasses.replace(workload, ops=ops)


def _with_images(op: StructuredOp, of_one: Collection[Maps]) -> StructuredOp:
    rank = len(op.maps[-1])
    # A depthwise filter has as many dimensions as an image, and is none.
    window = op.maps[1] if op.maps in of_one else None

    def shifted(places: tuple[int, ...]) -> tuple[int, ...]:
        moved = tuple(place + 1 if place >= 0 else -1 for place in places)
        is_image = len(places) == rank and places != window
        return (0, *moved) if is_image else moved

    return dataclasses.replace(
        op,
        extents=(1, *op.extents),
        iterators=(IteratorType.PARALLEL, *op.iterators),
        maps=tuple(map(shifted, op.maps)),
    )
