"""Templates meet shapes: lists, defaults, requirements, and what cannot be computed."""

from typing import Any

import numpy as np
import pytest

from mlopt.core.candidate import Space
from mlopt.core.errors import InputError
from mlopt.core.template import Line, SpaceTemplate
from mlopt.search.elaboration import Facts, elaborate

FACTS = Facts(extents={"n": 96, "m": 7}, properties={"target.vector_lanes": 8})
LESS_EQUAL = 3


def constant(value):
    return Line(op="arith.constant", attributes={"value": value})


def extent(loop):
    return Line(op="mlopt.extent", attributes={"loop": loop})


def listed(*values):
    return Line(op="mlopt.list", attributes={"values": values})


def knob(values, default, name="k"):
    return Line(op="mlopt.knob", operands=(values, default), attributes={"name": name})


def space_of(*lines) -> Space:
    template = SpaceTemplate(
        name="s", kind="any", target="llvm-cpu", lowering="t", version="1", lines=lines
    )
    space = elaborate(template, FACTS)
    assert isinstance(space, Space), space
    return space


def values_of(*lines):
    """The values of a knob over the last of the lines."""
    last = len(lines) - 1
    (made,) = space_of(*lines, constant(4), knob(last, last + 1)).knobs
    return made.values


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(1, 8, (1, 2, 3, 4, 6, 8)), (30, 50, (32, 48)), (100, 200, (96,))],
)
def test_divisors_between_bounds_or_the_extent(low, high, expected):
    bounds = {"low": low, "high": high}
    line = Line(op="mlopt.divisors", operands=(0,), attributes=bounds)
    assert values_of(extent("n"), line) == expected


@pytest.mark.parametrize(
    ("op", "number", "expected"),
    [
        ("mlopt.multiples", 3, (3, 9)),
        ("mlopt.multiples", 7, (2, 3, 4, 9)),
        ("mlopt.dividing", 12, (2, 3, 4)),
        ("mlopt.dividing", 5, (2, 3, 4, 9)),
        ("mlopt.at_most", 3, (2, 3)),
        ("mlopt.at_most", 1, (1,)),
        ("mlopt.scaled", 8, (16, 24, 32, 72)),
    ],
)
def test_lists_made_of_lists(op, number, expected):
    line = Line(op=op, operands=(0, 1))
    assert values_of(listed(2, 3, 4, 9), constant(number), line) == expected


@pytest.mark.parametrize(("wish", "default"), [(4, 4), (5, 4), (7, 8), (100, 8)])
def test_the_default_is_the_nearest_on_offer(wish, default):
    (made,) = space_of(listed(1, 2, 4, 8), constant(wish), knob(0, 1)).knobs
    assert made.default == default


def test_a_requirement_is_arithmetic_over_decisions_and_shapes():
    space = space_of(
        listed(1, 2, 4, 8),
        constant(4),
        knob(0, 1, "a"),
        knob(0, 1, "b"),
        extent("m"),
        Line(op="arith.muli", operands=(2, 3)),
        Line(op="arith.cmpi", operands=(5, 4), attributes={"predicate": LESS_EQUAL}),
        Line(op="mlopt.require", operands=(6,), attributes={"message": "too much"}),
    )
    assert space.violation({"a": 1, "b": 4}) is None
    assert space.violation({"a": 2, "b": 4}) == "too much"
    (requirement,) = space.requirements
    together: Any = requirement.holds(
        {"a": np.array([1, 2, 8]), "b": np.array([4, 4, 1])}
    )
    assert together.tolist() == [True, False, False]


def test_alternatives_are_words_outside_and_numbers_inside():
    space = space_of(
        Line(
            op="mlopt.alternatives",
            attributes={"name": "copy", "default": "b", "labels": ("a", "b", "c")},
        ),
        constant(1),
        Line(op="arith.cmpi", operands=(0, 1), attributes={"predicate": LESS_EQUAL}),
        Line(op="mlopt.require", operands=(2,), attributes={"message": "not c"}),
    )
    (made,) = space.knobs
    assert (made.values, made.default) == (("a", "b", "c"), "b")
    legal = [v for v in made.values if space.violation({"copy": v}) is None]
    assert legal == ["a", "b"]


def test_a_match_decides_whether_there_is_a_space():
    def made(bound):
        return elaborate(
            SpaceTemplate(
                name="s",
                kind="any",
                target="llvm-cpu",
                lowering="t",
                version="1",
                lines=(
                    extent("m"),
                    constant(bound),
                    Line(
                        op="arith.cmpi",
                        operands=(0, 1),
                        attributes={"predicate": LESS_EQUAL},
                    ),
                    Line(
                        op="mlopt.match", operands=(2,), attributes={"message": "small"}
                    ),
                ),
            ),
            FACTS,
        )

    assert isinstance(made(7), Space)
    assert made(6) == "small"


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ((extent("batch"),), "nobody knows the 'batch'"),
        ((constant(1), Line(op="math.exp", operands=(0,))), "'math.exp' cannot"),
        (
            (
                listed(1, 2),
                constant(1),
                knob(0, 1),
                Line(op="mlopt.scaled", operands=(0, 2)),
                knob(3, 1, "other"),
            ),
            "depends on a decision",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_by_a_sentence(lines, sentence):
    with pytest.raises(InputError, match=sentence):
        space_of(*lines)
