"""Every legal trace once, illegal branches never entered."""

import numpy as np
import pytest

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.encoding import encode
from mlopt.search.enumeration import enumerate_legal


def space_of(*requirements, num_knobs=2, num_values=4):
    return Space(
        name="grid",
        version="1",
        knobs=tuple(
            Knob(name=f"k{i}", values=tuple(range(num_values)), default=0)
            for i in range(num_knobs)
        ),
        requirements=tuple(Requirement(sentence="told", holds=r) for r in requirements),
    )


def test_legal_traces_come_once_and_sorted():
    space = space_of(lambda d: d["k0"] < d["k1"])
    indices = [encode(space, trace) for trace in enumerate_legal(space)]
    assert indices == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]


def test_a_generator_changes_the_order_only():
    space = space_of(lambda d: d["k0"] < d["k1"])
    shuffled = list(enumerate_legal(space, rng=np.random.default_rng(1)))
    assert shuffled != list(enumerate_legal(space))
    assert sorted(t.to_json() for t in shuffled) == [
        t.to_json() for t in enumerate_legal(space)
    ]


def test_illegal_branches_are_cut_early():
    """4^20 choices; the chain leaves one trace and some hundred partial ones."""
    chain = [lambda d, i=i: d[f"k{i}"] > d[f"k{i - 1}"] for i in range(1, 4)]
    tail = [lambda d, i=i: d[f"k{i}"] == 3 for i in range(4, 20)]
    space = space_of(*chain, *tail, num_knobs=20)
    (only,) = enumerate_legal(space, max_nodes=500)
    assert encode(space, only) == (0, 1, 2, *[3] * 17)


def test_a_walk_that_is_cut_short_says_so():
    space = space_of(lambda d: sum(d.values()) > 100, num_knobs=8)
    with pytest.raises(SpaceError, match="within 50 steps"):
        list(enumerate_legal(space, max_nodes=50))


@pytest.mark.parametrize(
    "holds",
    [
        lambda d: d.get("absent", 0) + d["k0"] == 1,
        lambda d: "absent" not in d and d.get("k0", 7) == 1,
        lambda d: len(d) == 2 and d["k0"] == 1,
        lambda d: dict(d)["k0"] == 1,
    ],
)
def test_requirements_may_use_the_whole_mapping_interface(holds):
    indices = [encode(s, t) for s in [space_of(holds)] for t in enumerate_legal(s)]
    assert indices == [(1, 0), (1, 1), (1, 2), (1, 3)]
