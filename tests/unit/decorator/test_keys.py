"""Calls that compile differently have different keys; values never matter."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.decorator.keys import UNKNOWN, has_tracers, key_of, split_static
from mlopt.frontend.signature import StaticArguments

NOTHING_STATIC = StaticArguments(positions=frozenset(), names=frozenset())


@pytest.mark.parametrize(
    ("one", "same"),
    [
        (1, 2),
        (1.5, -2.5),
        (np.float32(1), np.float32(2)),
        (np.zeros((2, 3)), np.ones((2, 3))),
    ],
)
def test_values_are_no_part_of_a_key(one, same):
    assert key_of(one) == key_of(same)


def test_types_shapes_and_dtypes_are():
    leaves = [
        True,
        1,
        1.0,
        1j,
        np.float32(1),
        np.float64(1),
        np.bool_(True),
        np.zeros(()),
        np.zeros((2, 3)),
        np.zeros((3, 2)),
        np.zeros((2, 3), np.float32),
    ]
    assert len({key_of(leaf) for leaf in leaves}) == len(leaves)


@pytest.mark.parametrize("leaf", ["text", None, object(), np.ma.masked_array([1.0])])
def test_what_needs_a_closer_look_is_unknown(leaf):
    assert key_of(leaf) is UNKNOWN


def test_constants_are_split_off_with_their_types():
    static = StaticArguments(positions=frozenset({1}), names=frozenset({"mode"}))
    args, kwargs, constants = split_static((7, 1, 9), {"mode": "a", "x": 3}, static)
    assert (args, kwargs) == ((7, 9), {"x": 3})
    assert constants == ((1, 1, int), ("mode", "a", str))
    *_, others = split_static((7, True, 9), {"mode": "a", "x": 3}, static)
    assert others != constants


def test_without_static_arguments_everything_is_dynamic():
    assert split_static((1, 2), {"x": 3}, NOTHING_STATIC) == ((1, 2), {"x": 3}, ())


def test_tracers_are_found_wherever_they_are():
    seen = []

    def record(x):
        seen.append(has_tracers((1, {"deep": [x]}), {}))
        seen.append(has_tracers((1,), {"keyword": x}))
        return x

    jax.jit(record)(1.0)
    assert seen == [True, True]
    assert not has_tracers((jnp.zeros(2), 1), {"keyword": np.zeros(2)})
