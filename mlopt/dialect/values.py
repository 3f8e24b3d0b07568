"""Tile sizes worth offering for a loop, and the one that is nearest to a wish."""

from collections.abc import Sequence

from mlopt.core.candidate import Value
from mlopt.core.loops import divisors

# Powers of two and their neighbours times three: what registers, cache lines and
# pages are multiples of. 48, 96 and 192 floats keep rows from falling into few
# cache sets, where 64, 128 and 256 do not.
_SIZES = (1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 1024)


def tile_sizes(extent: int, *, low: int, high: int) -> tuple[int, ...]:
    """Sizes between two bounds for a loop, the whole loop among them if it fits."""
    sizes = {size for size in _SIZES if low <= size <= min(high, extent)}
    if extent <= high:
        sizes.add(extent)
    return tuple(sorted(sizes)) or (min(extent, high),)


def dividing_sizes(extent: int, *, low: int, high: int) -> tuple[int, ...]:
    """Divisors of a loop's extent between two bounds; its extent if there is none."""
    sizes = tuple(d for d in divisors(extent) if low <= d <= high)
    return sizes or (extent,)


def nearest(values: Sequence[Value], wish: int) -> Value:
    """The offered value closest to a wished size."""
    return min(values, key=lambda value: (abs(int(value) - wish), int(value)))
