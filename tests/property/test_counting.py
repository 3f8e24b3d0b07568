"""For any space: columns find what asking one by one finds, in the same order."""

import operator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlopt.core.candidate import Knob, Requirement, Space
from mlopt.core.errors import SpaceError
from mlopt.search.counting import count_legal, draw_legal, legal, legal_blocks
from mlopt.search.encoding import decisions_of, encode
from mlopt.search.enumeration import enumerate_legal

COMPARISONS = [operator.le, operator.lt, operator.eq, operator.ne]
VALUES = st.one_of(
    st.lists(st.integers(-8, 64), min_size=1, max_size=7, unique=True),
    st.just([False, True]),
    st.just([0, False, 1, True]),
)
WORDS = st.lists(st.sampled_from(["a", "b", "cc"]), min_size=1, max_size=3, unique=True)


@st.composite
def arithmetic(draw, names):
    """Sums compared with a number; for arrays as for numbers."""
    read = draw(st.lists(st.sampled_from(names), min_size=1, max_size=5))
    weights = [draw(st.integers(-3, 3)) for _ in read]
    compare, bound = draw(st.sampled_from(COMPARISONS)), draw(st.integers(-40, 80))
    pairs = list(zip(weights, read, strict=True))
    return lambda d: compare(sum(weight * d[name] for weight, name in pairs), bound)


@st.composite
def branching(draw, names):
    """Reads one knob or another, by the value of a third: not for arrays."""
    one, other, third = (draw(st.sampled_from(names)) for _ in range(3))
    bound = draw(st.integers(-4, 40))
    return lambda d: d[other] <= bound if d[one] > 1 else d[third] >= bound - 8


@st.composite
def textual(draw, names):
    """By the texts of two values: takes arrays, and gives them one wrong answer."""
    one, other = (draw(st.sampled_from(names)) for _ in range(2))
    modulus = draw(st.integers(2, 4))
    return lambda d: sum(f"{d[one]} {d[other]}".encode()) % modulus != 0


@st.composite
def agreeing(draw, names):
    """How many knobs have a value is limited: truths are added up."""
    read = draw(st.lists(st.sampled_from(names), min_size=1, max_size=4))
    value, most = draw(st.integers(0, 3)), draw(st.integers(0, 3))
    return lambda d: sum(d[name] == value for name in read) <= most


@st.composite
def spaces(draw):
    numbers = [draw(VALUES) for _ in range(draw(st.integers(1, 5)))]
    words = [draw(WORDS) for _ in range(draw(st.integers(0, 1)))]
    names = [f"k{i}" for i in range(len(numbers))]
    kinds = [kind(names) for kind in (arithmetic, branching, textual, agreeing)]
    knobs = [
        Knob(name=f"k{i}", values=tuple(values), default=values[0])
        for i, values in enumerate([*numbers, *words])
    ]
    rules = draw(st.lists(st.one_of(kinds), max_size=4))
    return Space(
        name="drawn",
        version="1",
        knobs=tuple(draw(st.permutations(knobs))),
        requirements=tuple(
            Requirement(sentence=f"number {i}", holds=rule)
            for i, rule in enumerate(rules)
        ),
    )


def all_rows(space):
    return np.array(list(np.ndindex(*[len(knob.values) for knob in space.knobs])))


def one_by_one(space, rows):
    choices = [decisions_of(space, row) for row in rows.tolist()]
    return np.array([space.violation(choice) is None for choice in choices])


@given(spaces())
def test_a_batch_is_judged_as_its_choices_are(space):
    # Often enough to be too many for the short way.
    rows = np.resize(all_rows(space), (1500, len(space.knobs)))
    assert (legal(space, rows) == one_by_one(space, rows)).all()


@given(spaces())
def test_blocks_are_the_legal_choices_in_order(space):
    rows = all_rows(space)
    expected = rows[one_by_one(space, rows)].tolist()
    found = [row for block in legal_blocks(space) for row in block.tolist()]
    assert found == expected
    assert count_legal(space) == len(expected)


@given(spaces())
def test_every_way_of_enumerating_finds_the_same(space):
    in_blocks = [encode(space, trace) for trace in enumerate_legal(space)]
    walk = enumerate_legal(space, max_nodes=1_000_000)
    assert in_blocks == [encode(space, trace) for trace in walk]


@given(spaces(), st.integers(0, 2**32 - 1))
def test_what_is_drawn_is_legal_and_a_function_of_the_seed(space, seed):
    if not count_legal(space):
        return
    try:
        one, same = (
            draw_legal(space, 20, np.random.default_rng(seed), max_drawn=20_000)
            for _ in range(2)
        )
    except SpaceError:
        return  # one in thousands is legal
    assert one_by_one(space, one).all()
    assert (one == same).all()
