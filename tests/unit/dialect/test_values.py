"""Tile sizes worth offering."""

import pytest

from mlopt.dialect.values import dividing_sizes, nearest, tile_sizes


@pytest.mark.parametrize(
    ("extent", "low", "high", "expected"),
    [
        (1000, 4, 16, (4, 6, 8, 12, 16)),
        (10, 4, 16, (4, 6, 8, 10)),  # the whole loop is offered
        (7, 16, 64, (7,)),
        (100, 16, 12, (12,)),  # never empty
        (1, 1, 64, (1,)),
    ],
)
def test_tile_sizes_lie_between_the_bounds(extent, low, high, expected):
    assert tile_sizes(extent, low=low, high=high) == expected


@pytest.mark.parametrize(
    ("extent", "low", "high", "expected"),
    [
        (96, 8, 48, (8, 12, 16, 24, 32, 48)),
        (131, 8, 48, (131,)),  # a prime has only itself
        (64, 64, 64, (64,)),
    ],
)
def test_dividing_sizes_leave_no_rest(extent, low, high, expected):
    assert dividing_sizes(extent, low=low, high=high) == expected


def test_of_two_equally_near_sizes_the_smaller_is_taken():
    assert nearest((4, 8), 6) == 4
    assert nearest((4, 8), 7) == 8
