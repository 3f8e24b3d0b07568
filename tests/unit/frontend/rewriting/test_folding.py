"""Folding: constants that are only moved are constants when the program is traced."""

import jax
import jax.numpy as jnp
import numpy as np

from mlopt.frontend.rewriting.folding import fold
from tests.unit.frontend.rewriting.counted import assert_same, operations

RNG = np.random.default_rng(0)
X, U, V = (jnp.asarray(RNG.standard_normal((8, 8)), jnp.float32) for _ in range(3))


def folded(function, *arguments):
    before = jax.make_jaxpr(function)(*arguments)
    after = fold(before)
    assert_same(before, after, *arguments)
    return after


def test_constants_side_by_side_are_one():
    after = folded(lambda x: x @ jnp.concatenate([U, V.T], axis=1), X)
    assert operations(after, "concatenate") == operations(after, "transpose") == {}
    assert (8, 16) in {np.shape(c) for c in after.consts}


def test_arithmetic_and_what_arguments_decide_stay():
    after = folded(lambda x, w: x @ jnp.concatenate([U * 2, w.T], axis=1), X, V)
    assert operations(after, "mul") == {0: 1}
    assert operations(after, "concatenate") == {0: 1}
    assert operations(after, "transpose") == {0: 1}


def test_loops_are_left_as_they_are():
    def repeated(x):
        def step(carry, _):
            return jnp.tanh(carry @ jnp.concatenate([U, V])[:8]), None

        return jax.lax.scan(step, x, None, length=3)[0]

    assert operations(folded(repeated, X), "concatenate") == {1: 1}
