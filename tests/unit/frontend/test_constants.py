"""Constants: which values they hold, and which calls still pass them."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.errors import SignatureError, StaleConstantError
from mlopt.frontend.constants import Constant


def tree(value=1.0):
    return {"w": [jnp.full((2, 3), value), jnp.arange(4)], "scale": 0.5}


def test_they_are_equal_where_their_values_are():
    assert Constant.of(tree(), 0) == Constant.of(tree(), "weights")
    assert Constant.of(tree(), 0) != Constant.of(tree(2.0), 0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (True, 1),
        (jnp.zeros(2), jnp.zeros(2, jnp.int32)),
        (jnp.zeros((2, 1)), jnp.zeros((1, 2))),
        ([jnp.zeros(2)], (jnp.zeros(2),)),
        (jax.random.key(0), jax.random.key(1)),
    ],
)
def test_kinds_shapes_and_trees_count(one, other):
    assert Constant.of(one, 0) != Constant.of(other, 0)


def test_the_same_and_equal_arrays_are_accepted():
    first = tree()
    held = Constant.of(first, 0)
    held.check(first, 0)
    held.check(tree(), 0)
    held.check(first, 0)


def test_another_value_is_named():
    held = Constant.of(tree(), "weights")
    changed = tree()
    changed["w"][1] = jnp.arange(4).at[2].set(7)
    with pytest.raises(StaleConstantError, match=r"'weights'.*value\['w'\]\[1\]"):
        held.check(changed, "weights")
    with pytest.raises(StaleConstantError, match="its tree"):
        held.check([], "weights")
    held.check(tree(), "weights")


def test_a_container_that_changed_in_place_is_noticed():
    passed = tree()
    held = Constant.of(passed, 0)
    passed["scale"] = 0.75
    with pytest.raises(StaleConstantError, match=r"\['scale'\]"):
        held.check(passed, 0)


@pytest.mark.parametrize(
    ("leaf", "sentence"),
    [
        (np.zeros(2), r"argument 3\['a'\].*jax.numpy.asarray"),
        ("text", r"argument 3\['a'\].*is a str"),
        (jax.ShapeDtypeStruct((2,), jnp.float32), "ShapeDtypeStruct"),
    ],
)
def test_what_could_change_or_is_no_array_is_refused(leaf, sentence):
    with pytest.raises(SignatureError, match=sentence):
        Constant.of({"a": leaf}, 3)


def test_what_jax_is_tracing_is_no_constant():
    def trace(x):
        with pytest.raises(SignatureError, match="JAX is tracing it"):
            Constant.of(x, 0)
        return x

    jax.jit(trace)(1.0)
