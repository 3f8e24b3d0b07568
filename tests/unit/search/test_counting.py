"""Counting in columns finds what asking one by one finds."""

import numpy as np
import pytest

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.counting import count_legal, legal, legal_blocks
from mlopt.search.encoding import decisions_of
from mlopt.search.enumeration import enumerate_legal


def knob(name, *values):
    return Knob(name=name, values=values, default=values[0])


def space_of(*requirements, knobs) -> Space:
    rules = tuple(Requirement(sentence=str(r), holds=r) for r in requirements)
    return Space(name="s", version="1", knobs=knobs, requirements=rules)


NUMBERS = (knob("a", 1, 2, 3, 4), knob("b", 1, 2, 3, 4), knob("c", "x", "y"))


def test_without_requirements_everything_counts():
    assert count_legal(space_of(knobs=NUMBERS)) == 4 * 4 * 2


def test_a_space_without_knobs_has_one_trace():
    assert count_legal(space_of(knobs=())) == 1


def test_what_a_requirement_refuses_does_not_count():
    # a <= b: 10 pairs; x or y: twice.
    assert count_legal(space_of(lambda d: d["a"] <= d["b"], knobs=NUMBERS)) == 20


def test_words_and_truths_are_compared_as_such():
    knobs = (*NUMBERS, knob("flag", False, True))
    ruled = space_of(
        lambda d: (d["c"] == "y") | (d["a"] == 1),
        lambda d: d["flag"] + (d["b"] < 3) > 0,
        knobs=knobs,
    )
    expected = sum(ruled.violation(dict(p)) is None for p in every_point(knobs))
    assert count_legal(ruled) == expected


def every_point(knobs):
    if not knobs:
        return [()]
    rest = every_point(knobs[1:])
    return [((knobs[0].name, v), *r) for v in knobs[0].values for r in rest]


def data_dependent(d):
    # No arrays: `and` asks for one truth; and `c` is read for some decisions only.
    return d["a"] <= d["b"] and (d["a"] == 1 or d["c"] == "x")


def reads_everything(d):
    return all(value != 4 for value in d.values())


@pytest.mark.parametrize("rule", [data_dependent, reads_everything])
def test_a_requirement_that_takes_no_arrays_is_asked_one_by_one(rule):
    ruled = space_of(rule, lambda d: d["b"] != 2, knobs=NUMBERS)
    expected = sum(ruled.violation(dict(p)) is None for p in every_point(NUMBERS))
    assert count_legal(ruled) == expected


def test_blocks_come_in_the_order_of_enumeration():
    ruled = space_of(lambda d: d["a"] * d["b"] % 2 == 0, knobs=NUMBERS)
    rows = np.concatenate(list(legal_blocks(ruled)))
    decisions = [tuple(decisions_of(ruled, row).items()) for row in rows]
    assert decisions == [trace.decisions for trace in enumerate_legal(ruled)]


def test_a_batch_is_judged_as_its_points_are():
    ruled = space_of(
        lambda d: d["a"] <= d["b"],
        data_dependent,
        lambda d: d["c"] == "x",
        knobs=NUMBERS,
    )
    rng = np.random.default_rng(0)
    rows = rng.integers([4, 4, 2], size=(200, 3))
    alone = [ruled.violation(decisions_of(ruled, row)) is None for row in rows]
    assert legal(ruled, rows).tolist() == alone


def test_a_limit_is_kept():
    with pytest.raises(SpaceError, match="too many choices"):
        count_legal(space_of(knobs=NUMBERS), max_rows=10)


def test_more_than_a_million_points_are_counted_exactly():
    # Divisors of each other in a chain over 1..2^k: C(k + n, n) chains.
    powers = tuple(2**i for i in range(12))
    knobs = tuple(knob(name, *powers) for name in "abcdef")
    chained = [
        lambda d, x=x, y=y: d[y] % d[x] == 0
        for x, y in zip("abcde", "bcdef", strict=True)
    ]
    assert 12**6 > 1_000_000
    assert count_legal(space_of(*chained, knobs=knobs)) == 12376  # C(17, 6)
    assert count_legal(space_of(lambda d: d["a"] >= d["f"], knobs=knobs)) == 78 * 12**4
