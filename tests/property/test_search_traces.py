"""For any space: codes round-trip, and whatever is drawn is legal."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlopt.core.candidate import Candidate, Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.core.measurement import Failure, FailureStatus, Trial
from mlopt.search.encoding import decode, encode
from mlopt.search.enumeration import enumerate_legal
from mlopt.search.repair import is_legal, repair
from mlopt.search.sampling import crossover, default_trace, mutate, sample
from mlopt.search.strategies import STRATEGIES, make_strategy

VALUES = st.one_of(
    st.lists(st.integers(0, 64), min_size=1, max_size=5, unique=True),
    st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True),
    st.just([False, True]),
    st.just([0, False, 1, True]),
)
GENERATORS = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@st.composite
def requirements(draw, num_knobs):
    """A condition over one or two knobs, by the texts of their values."""
    names = [f"k{draw(st.integers(0, num_knobs - 1))}" for _ in range(2)]
    modulus, residue = draw(st.integers(2, 4)), draw(st.integers(0, 3))

    def holds(decisions):
        text = "".join(str(decisions[name]) for name in names)
        return sum(text.encode()) % modulus != residue

    return Requirement(sentence=f"{names} mod {modulus} is not {residue}", holds=holds)


@st.composite
def spaces(draw, name="drawn"):
    knobs = []
    for i in range(draw(st.integers(1, 5))):
        values = draw(VALUES)
        default = draw(st.sampled_from(values))
        knobs.append(Knob(name=f"k{i}", values=tuple(values), default=default))
    return Space(
        name=name,
        version="1",
        knobs=tuple(knobs),
        requirements=tuple(draw(st.lists(requirements(len(knobs)), max_size=4))),
    )


@st.composite
def choices(draw, space):
    return tuple(draw(st.integers(0, len(knob.values) - 1)) for knob in space.knobs)


def legal_by_trying_all(space):
    grids = np.indices([len(knob.values) for knob in space.knobs])
    every = [tuple(map(int, row)) for row in grids.reshape(len(space.knobs), -1).T]
    return [indices for indices in every if is_legal(space, indices)]


@given(spaces().flatmap(lambda s: st.tuples(st.just(s), choices(s))))
def test_codes_round_trip(drawn):
    space, indices = drawn
    trace = decode(space, indices)
    assert encode(space, trace) == indices
    assert decode(space, encode(space, trace)).to_json() == trace.to_json()


@given(spaces())
def test_enumeration_is_what_trying_everything_finds(space):
    found = [encode(space, trace) for trace in enumerate_legal(space)]
    assert found == legal_by_trying_all(space)


@given(spaces(), GENERATORS)
def test_what_is_drawn_is_legal_and_nothing_is_drawn_only_from_nothing(space, rng):
    legal = set(legal_by_trying_all(space))
    for draw in (lambda: sample(space, rng), lambda: default_trace(space)):
        try:
            assert encode(space, draw()) in legal
        except SpaceError:
            assert not legal


@given(spaces(), GENERATORS, st.integers(1, 3))
def test_children_are_legal(space, rng, num_mutations):
    legal = legal_by_trying_all(space)
    if not legal:
        return
    mother, father = (
        decode(space, legal[int(rng.integers(len(legal)))]) for _ in range(2)
    )
    assert encode(space, mutate(space, mother, rng, num_mutations)) in legal
    assert encode(space, crossover(space, mother, father, rng)) in legal


@given(
    spaces().flatmap(lambda s: st.tuples(st.just(s), choices(s))),
    GENERATORS,
)
def test_a_repair_is_legal_and_leaves_the_legal_alone(drawn, rng):
    space, indices = drawn
    repaired = repair(space, indices, rng)
    if is_legal(space, indices):
        assert repaired == indices
    elif repaired is not None:
        assert is_legal(space, repaired)


@given(spaces("one"), spaces("two"), GENERATORS, st.sampled_from(sorted(STRATEGIES)))
def test_strategies_ask_legal_traces_once(one, two, rng, name):
    strategy = make_strategy(name, (one, two), (), rng)
    seen = set()
    for _ in range(6):
        batch = strategy.ask(3)
        for trace in batch:
            key = strategy.key(trace)
            assert key not in seen
            assert is_legal(strategy.spaces[trace.space], key[1])
            seen.add(key)
        strategy.tell([_trial(trace, rng.random()) for trace in batch])
    num_legal = sum(len(legal_by_trying_all(space)) for space in (one, two))
    assert len(seen) == min(18, num_legal)


def _trial(trace, number):
    return Trial(
        candidate=Candidate(workload="w", trace=trace),
        measurement=Failure(status=FailureStatus.RUN_CRASH, detail="drawn"),
        speedup=None if number < 0.3 else number + 0.5,
    )
