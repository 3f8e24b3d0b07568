"""Picking arguments out of calls, by position and by name."""

import pytest

from mlopt.core.errors import InputError
from mlopt.frontend.arguments import ArgumentSet


def function(a, b, c, *, d=0):
    raise AssertionError


def test_a_call_is_split_in_two():
    chosen = ArgumentSet.of(function, argnums=1, argnames="d")
    assert chosen.chosen((1, 2, 3), {"d": 4}) == [(1, 2), ("d", 4)]
    assert chosen.others((1, 2, 3), {"d": 4}) == ((1, 3), {})
    assert chosen.chosen((1,), {"c": 3, "b": 2}) == [("b", 2)]
    assert chosen.others((1,), {"c": 3, "b": 2}) == ((1,), {"c": 3})


def test_the_empty_set_is_false_and_takes_nothing():
    nothing = ArgumentSet()
    assert not nothing
    assert nothing.chosen((1, 2), {"x": 3}) == []
    assert nothing.others((1, 2), {"x": 3}) == ((1, 2), {"x": 3})


def test_negative_positions_count_from_the_end():
    assert ArgumentSet.of(function, argnums=-1).positions == {2}


def test_positions_and_names_may_stand_in_one_list():
    both = ArgumentSet.of_places(function, [0, "c"], option="constant")
    assert both == ArgumentSet.of(function, argnums=(0, 2))
    assert ArgumentSet.of_places(function, "d", option="constant").names == {"d"}


def test_sets_are_joined_and_met():
    first, second = ArgumentSet.of(function, 0), ArgumentSet.of(function, (0, 1))
    assert first | second == second
    assert first & second == first


@pytest.mark.parametrize("given", [{"argnums": 3}, {"argnames": ("e",)}])
def test_what_is_no_parameter_is_refused(given):
    with pytest.raises(InputError, match=r"argument (3|'e') is declared constant"):
        ArgumentSet.of(function, **given, option="constant")
