"""Illegal choices become legal with few changes."""

import numpy as np

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.search.repair import is_legal, repair, violated_requirements


def space_of(*requirements, num_knobs=6):
    return Space(
        name="grid",
        version="1",
        knobs=tuple(
            Knob(name=f"k{i}", values=tuple(range(10)), default=0)
            for i in range(num_knobs)
        ),
        requirements=tuple(
            Requirement(sentence=f"number {i}", holds=r)
            for i, r in enumerate(requirements)
        ),
    )


def test_a_legal_choice_is_left_alone():
    space = space_of(lambda d: d["k0"] < d["k1"])
    assert repair(space, (1, 2, 3, 4, 5, 6), np.random.default_rng(0)) == (
        *(1, 2, 3, 4, 5, 6),
    )


def test_the_nearest_value_of_the_knob_that_was_read_is_taken():
    space = space_of(lambda d: d["k3"] >= 7)
    assert repair(space, (5,) * 6, np.random.default_rng(0)) == (5, 5, 5, 7, 5, 5)


def test_nested_tiles_are_repaired():
    chain = [lambda d, i=i: d[f"k{i}"] >= d[f"k{i - 1}"] for i in range(1, 6)]
    space = space_of(*chain)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        repaired = repair(space, tuple(rng.integers(10, size=6).tolist()), rng)
        assert repaired is not None
        assert is_legal(space, repaired)


def test_many_knobs_in_one_requirement_are_searched_by_chance():
    """10^6 assignments: more than are enumerated."""
    space = space_of(lambda d: sum(d.values()) >= 45)
    repaired = repair(space, (0,) * 6, np.random.default_rng(0))
    assert repaired is not None
    assert sum(repaired) >= 45


def test_a_contradiction_ends_without_an_answer():
    space = space_of(lambda d: d["k0"] < d["k1"], lambda d: d["k1"] < d["k0"])
    assert repair(space, (0,) * 6, np.random.default_rng(0)) is None


def test_the_violated_requirements_are_named():
    space = space_of(lambda d: d["k0"] < 5, lambda d: d["k0"] > 5)
    sentences = [r.sentence for r in violated_requirements(space, (5,) * 6)]
    assert sentences == ["number 0", "number 1"]
