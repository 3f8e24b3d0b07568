"""Tile sizes worth offering, and traces from partial wishes."""

import pytest

from mlopt.core.candidate import Space
from mlopt.search.spaces.values import dividing_sizes, knob, nearest, tile_sizes, trace


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


def test_a_knobs_default_is_the_wish_or_what_comes_nearest():
    assert knob("tile", (4, 8, 16), 8).default == 8
    assert knob("tile", (4, 8, 16), 100).default == 16


def test_a_trace_takes_wishes_where_given_and_defaults_elsewhere():
    space = Space(
        name="s",
        version="1",
        knobs=(knob("a", (1, 2, 4), 2), knob("b", (8, 16), 8), knob("c", (0, 1), 1)),
    )
    wished = trace(space, {"a": 5, "b": 16})
    assert wished.decisions == (("a", 4), ("b", 16), ("c", 1))
