"""Traces as index vectors: what they mean, and which traces are refused."""

import pytest

from mlopt.core.candidate import Knob, Space, Trace
from mlopt.core.errors import SpaceError
from mlopt.search.encoding import decode, encode, is_ordered

SPACE = Space(
    name="mixed",
    version="1",
    knobs=(
        Knob(name="tile", values=(4, 8, 16), default=8),
        Knob(name="flag", values=(1, True, "1"), default=1),
    ),
)


def trace(*decisions, space="mixed"):
    return Trace(space=space, decisions=decisions)


def test_an_index_is_the_position_among_the_values():
    assert encode(SPACE, trace(("tile", 16), ("flag", "1"))) == (2, 2)


def test_a_bool_is_not_mistaken_for_the_integer_it_equals():
    assert encode(SPACE, trace(("tile", 4), ("flag", 1))) == (0, 0)
    assert encode(SPACE, trace(("tile", 4), ("flag", True))) == (0, 1)


def test_decoded_decisions_are_in_the_order_of_the_knobs():
    assert decode(SPACE, (1, 2)) == trace(("tile", 8), ("flag", "1"))


@pytest.mark.parametrize(
    ("refused", "sentence"),
    [
        (trace(("tile", 4), ("flag", 1), space="other"), "trace of other"),
        (trace(("tile", 4)), "another version"),
        (trace(("flag", 1), ("tile", 4)), "another version"),
        (trace(("tile", 5), ("flag", 1)), "no value 5"),
        (trace(("tile", 4), ("flag", False)), "no value False"),
    ],
)
def test_what_is_no_trace_of_the_space_is_refused(refused, sentence):
    with pytest.raises(SpaceError, match=sentence):
        encode(SPACE, refused)


@pytest.mark.parametrize("indices", [(0,), (0, 0, 0), (3, 0), (-1, 0)])
def test_indices_outside_the_space_are_refused(indices):
    with pytest.raises(SpaceError):
        decode(SPACE, indices)


def test_only_integers_are_ordered():
    assert is_ordered(SPACE.knobs[0])
    assert not is_ordered(SPACE.knobs[1])
    assert not is_ordered(Knob(name="peel", values=(False, True), default=True))
