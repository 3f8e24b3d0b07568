"""Drawing, mutating and crossing traces."""

from collections import Counter

import numpy as np
import pytest

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.encoding import decode, encode
from mlopt.search.sampling import crossover, default_trace, mutate, sample


def space_of(*requirements, num_knobs=3, num_values=5, default=0):
    return Space(
        name="grid",
        version="1",
        knobs=tuple(
            Knob(name=f"k{i}", values=tuple(range(num_values)), default=default)
            for i in range(num_knobs)
        ),
        requirements=tuple(
            Requirement(sentence=f"number {i}", holds=r)
            for i, r in enumerate(requirements)
        ),
    )


def test_samples_are_uniform_over_the_legal_traces():
    space = space_of(lambda d: d["k0"] < d["k1"], num_knobs=2)
    rng = np.random.default_rng(0)
    counts = Counter(encode(space, sample(space, rng)) for _ in range(5000))
    assert len(counts) == 10
    # 500 expected for each, standard deviation 21.
    assert 400 < min(counts.values()) <= max(counts.values()) < 600


def test_a_needle_in_a_haystack_is_found():
    """One legal trace among 5^12: rejection alone would never end."""
    needle = [lambda d, i=i: d[f"k{i}"] == i % 5 for i in range(12)]
    space = space_of(*needle, num_knobs=12)
    found = sample(space, np.random.default_rng(0))
    assert encode(space, found) == (0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1)


def test_a_needle_that_repair_cannot_smell_is_found_by_walking():
    """One requirement over everything gives no hint of what to change."""
    space = space_of(lambda d: tuple(d.values()) == (3, 1, 4, 1, 2), num_knobs=5)
    found = sample(space, np.random.default_rng(0))
    assert encode(space, found) == (3, 1, 4, 1, 2)


@pytest.mark.parametrize("num_knobs", [2, 12])
def test_a_space_without_legal_traces_is_refused_by_its_requirement(num_knobs):
    space = space_of(lambda d: sum(d.values()) < 0, num_knobs=num_knobs)
    with pytest.raises(SpaceError, match="number 0"):
        sample(space, np.random.default_rng(0))


def test_legal_defaults_are_the_default_trace():
    space = space_of(lambda d: d["k0"] == 2, default=2)
    assert encode(space, default_trace(space)) == (2, 2, 2)


def test_illegal_defaults_give_the_nearest_legal_trace_every_time():
    space = space_of(lambda d: d["k1"] == 4, lambda d: d["k2"] != d["k0"])
    traces = {default_trace(space).to_json() for _ in range(5)}
    assert len(traces) == 1
    assert space.violation(dict(default_trace(space).decisions)) is None
    assert encode(space, default_trace(space))[1] == 4


def test_defaults_of_a_space_without_legal_traces_are_refused():
    with pytest.raises(SpaceError):
        default_trace(space_of(lambda d: d["k0"] < 0))


def differences(space, one, other):
    pairs = zip(encode(space, one), encode(space, other), strict=True)
    return sum(a != b for a, b in pairs)


@pytest.mark.parametrize("num_mutations", [1, 2])
def test_a_mutation_changes_as_many_knobs_as_told(num_mutations):
    space = space_of()
    rng = np.random.default_rng(0)
    parent = decode(space, (2, 2, 2))
    children = [mutate(space, parent, rng, num_mutations) for _ in range(200)]
    assert {differences(space, parent, c) for c in children} == {num_mutations}


def test_a_mutation_prefers_neighbours_and_reaches_every_value():
    space = space_of(num_knobs=1, num_values=9)
    rng = np.random.default_rng(0)
    parent = decode(space, (4,))
    counts = Counter(encode(space, mutate(space, parent, rng))[0] for _ in range(1000))
    assert set(counts) == {0, 1, 2, 3, 5, 6, 7, 8}
    assert counts[3] + counts[5] > 500


def test_a_mutation_crosses_a_gap_by_repair():
    """Both knobs must change together, which one mutation alone cannot do."""
    space = space_of(lambda d: d["k0"] == d["k1"], num_knobs=2)
    child = mutate(space, decode(space, (1, 1)), np.random.default_rng(0))
    first, second = encode(space, child)
    assert first == second


def test_the_only_legal_trace_mutates_to_itself():
    space = space_of(lambda d: sum(d.values()) == 0)
    parent = decode(space, (0, 0, 0))
    assert mutate(space, parent, np.random.default_rng(0)) == parent


def test_a_space_with_nothing_to_choose_mutates_to_itself():
    space = space_of(num_values=1)
    parent = decode(space, (0, 0, 0))
    assert mutate(space, parent, np.random.default_rng(0)) == parent
    assert sample(space, np.random.default_rng(0)) == parent


def test_a_crossing_takes_every_decision_from_a_parent():
    space = space_of(num_knobs=6)
    rng = np.random.default_rng(0)
    mother, father = decode(space, (0,) * 6), decode(space, (4,) * 6)
    children = {encode(space, crossover(space, mother, father, rng)) for _ in range(99)}
    assert len(children) > 30
    assert {index for child in children for index in child} == {0, 4}


def test_a_crossing_of_equals_is_the_same():
    space = space_of()
    trace = decode(space, (1, 2, 3))
    assert crossover(space, trace, trace, np.random.default_rng(0)) == trace
