"""Calls that compile differently have different keys; values never matter."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.decorator.keys import UNKNOWN, has_tracers, key_of, static_key
from mlopt.frontend.arguments import ArgumentSet


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


def test_statics_are_part_of_a_key_with_their_types():
    static = ArgumentSet(positions=frozenset({1}), names=frozenset({"mode"}))
    key = static_key((7, 1, 9), {"mode": "a", "x": 3}, static)
    assert key == ((1, 1, int), ("mode", "a", str))
    assert key != static_key((7, True, 9), {"mode": "a", "x": 3}, static)


def test_tracers_are_found_wherever_they_are():
    seen = []

    def record(x):
        seen.append(has_tracers((1, {"deep": [x]}), {}))
        seen.append(has_tracers((1,), {"keyword": x}))
        return x

    jax.jit(record)(1.0)
    assert seen == [True, True]
    assert not has_tracers((jnp.zeros(2), 1), {"keyword": np.zeros(2)})
