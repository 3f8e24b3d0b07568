"""A thinned space: few traces, all of them the space's own, the good ones too."""

import dataclasses
import itertools

import pytest

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.counting import count_legal
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.sampling import default_trace
from mlopt.search.thinning import thin


@pytest.fixture(params=["matmul", "reduction"])
def space(request) -> Space:
    return request.getfixturevalue(request.param).spaces[0]


@pytest.mark.parametrize("most", [1, 7, 40, 300])
def test_no_more_traces_are_legal_than_asked_for(space, most):
    thinned = thin(space, [], most)
    traces = list(enumerate_legal(thinned))
    assert len(traces) <= most
    whole = set(enumerate_legal(space))
    assert set(traces) <= whole


def test_not_far_fewer_are_left(space):
    thinned = thin(space, [], 300)
    assert count_legal(thinned) >= min(100, count_legal(space))


def test_a_small_space_stays_as_it_is(space):
    assert thin(space, [], count_legal(space)) == space


def test_what_is_kept_stays_legal(space):
    traces = list(enumerate_legal(space))
    kept = [default_trace(space), traces[0]]
    thinned = thin(space, kept, 128)
    assert set(kept) <= set(enumerate_legal(thinned))
    assert all(knob.default in knob.values for knob in thinned.knobs)


def test_the_ends_of_a_range_outlast_its_middle():
    knob = Knob(name="tile", values=tuple(range(1, 33)), default=16)
    space = Space(name="one", version="1", knobs=(knob,))
    (thinned,) = thin(space, [], 5).knobs
    assert {1, 16, 32} <= set(thinned.values)
    assert len(thinned.values) == 5
    values = [int(value) for value in thinned.values]
    gaps = [b - a for a, b in itertools.pairwise(values)]
    assert max(gaps) <= 2 * min(gaps)


def test_more_that_has_to_stay_than_may_be_is_said():
    knobs = tuple(
        Knob(name=name, values=tuple(range(4)), default=0) for name in ("a", "b")
    )
    space = Space(name="two", version="1", knobs=knobs)
    traces = list(enumerate_legal(space))
    with pytest.raises(SpaceError, match="have to stay"):
        thin(space, traces, 15)


def test_requirements_still_hold(space):
    rule = Requirement(sentence="never", holds=lambda decisions: False)
    space = dataclasses.replace(space, requirements=(rule,))
    assert list(enumerate_legal(thin(space, [], 3))) == []
