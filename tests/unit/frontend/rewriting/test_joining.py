"""Joining: products of one operand become one, where none needs another's result."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting import joining
from mlopt.frontend.rewriting.joining import join
from tests.unit.frontend.rewriting.counted import assert_same, operations

RNG = np.random.default_rng(0)
PRODUCT = "dot_general"


def normal(*shape):
    return jnp.asarray(RNG.standard_normal(shape) / 4, jnp.float32)


X, Y = normal(6, 16), normal(6, 16)
U, V, W = normal(16, 16), normal(16, 16), normal(16, 8)


@pytest.fixture(autouse=True)
def copies_are_free(monkeypatch):
    monkeypatch.setattr(joining, "_MIN_ROWS", 1)


def joined(function, *arguments):
    before = jax.make_jaxpr(function)(*arguments)
    after = join(before)
    assert_same(before, after, *jax.tree.leaves(arguments))
    return after


def stays(function, *arguments):
    before = jax.make_jaxpr(function)(*arguments)
    return join(before) is before


def heads(x, u, v):
    """Of two free dimensions, contracted over the last one of the weights."""
    dims = (((1,), (2,)), ((), ()))
    a = lax.dot_general(x, u.reshape(2, 8, 16), dims)
    b = lax.dot_general(x, v.reshape(2, 8, 16), dims)
    return a.sum(axis=1) - b[:, 1]


def of_the_same_weights(x, y, u):
    return jnp.tanh(x @ u), (y[:3] @ u) * 2


def called(x, u, v):
    relu = jax.nn.relu(jax.jit(jnp.matmul)(x, u))
    return relu + jax.checkpoint(jnp.matmul)(x, v)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x, u, v, w: (x @ u, jnp.tanh(x @ v), x @ w), (X, U, V, W)),
        (heads, (X, U, V)),
        (of_the_same_weights, (X, Y, U)),
        (called, (X, U, V)),
        (lambda x, u, w: (x @ u, x @ w, x @ u), (X, U, W)),
        (lambda x, u, v: (x @ u, x @ jnp.tanh(v.T)), (X, U, V)),
        (lambda x, u: x @ u + x @ V, (X, U)),
    ],
)
def test_products_of_one_operand_become_one(function, arguments):
    after = joined(function, *arguments)
    assert operations(after, PRODUCT) == {0: 1}
    assert operations(after, "concatenate") == {0: 1}


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x, u: x @ u, (X, U)),
        (lambda x, y, u, v: (x @ u, y @ v), (X, Y, U, V)),
        (lambda x, u: x @ (u @ (x.T @ (x @ u))), (X, U)),
        (lambda x, u: (x @ u, x @ u), (X, U)),
        (lambda x, u, v: (x @ u, jnp.matmul(x, v, precision="highest")), (X, U, V)),
        (lambda x, u, v: (x @ u, jnp.tensordot(x, v.reshape(16, 2, 8), 1)), (X, U, V)),
        (
            lambda x, u: jnp.einsum("bij,bjk->bik", x, u),
            (X.reshape(2, 3, 16), normal(2, 16, 4)),
        ),
        (lambda x: jnp.tanh(x), (X,)),
    ],
)
def test_what_cannot_be_joined_is_the_very_same_program(function, arguments):
    assert stays(function, *arguments)


def test_products_of_unlike_dtypes_stay_apart():
    half = U.astype(jnp.bfloat16)

    def function(x, u, half):
        def product(right):
            return lax.dot(x, right, preferred_element_type=jnp.float32)

        return product(u), product(half)

    assert stays(function, X, V, half)


def test_groups_that_would_need_each_other_are_not_both_joined():
    def crossed(x, y, u, v):
        first, second = x @ u, y @ v
        return y @ (first.T @ first), x @ (second.T @ second)

    after = joined(crossed, X, Y, U, V)
    assert operations(after, PRODUCT) == {0: 5}


def test_members_that_need_the_first_make_a_group_of_their_own():
    def chained(x, u, v):
        first = x @ u
        square = first.T @ first
        return x @ v, x @ square, x @ jnp.tanh(square)

    after = joined(chained, X, U, V)
    assert operations(after, PRODUCT) == {0: 3}


def test_in_a_scan_the_operands_are_set_side_by_side_before_it():
    def gates(x, u, v):
        def step(carry, _):
            return jnp.tanh(carry @ u) * (carry @ v), carry[0]

        return lax.scan(step, x, None, length=4)

    after = joined(gates, X, U, V)
    assert operations(after, PRODUCT) == {1: 1}
    assert operations(after, "concatenate") == {0: 1}


def test_branches_are_joined_and_what_while_repeats_is_not():
    def branch(x, u, v):
        return lax.cond(x[0, 0] > 0, lambda: x @ u - x @ v, lambda: x)

    def loop(x, u, v):
        def step(state):
            return state[0] + 1, state[1] @ u + jnp.tanh(state[1] @ v)

        return lax.while_loop(lambda state: state[0] < 3, step, (0, x))

    assert operations(joined(branch, X, U, V), PRODUCT) == {0: 1}
    assert stays(loop, X, U, V)


def test_where_operands_are_copied_in_every_call_it_takes_many_rows(monkeypatch):
    def pair(x, u, v):
        return x @ u, x @ v

    def of_constants(x):
        return x @ U, x @ jnp.tanh(V)

    def repeated(x, u, v):
        return lax.scan(lambda c, _: (jnp.tanh(c @ u) + c @ v, None), x, None, length=2)

    def of_the_carry(x, u, v):
        def step(carry, _):
            return (jnp.tanh(x @ carry[0]).T @ (x @ carry[1]), carry[0]), None

        return lax.scan(step, (u, v), None, length=2)

    monkeypatch.setattr(joining, "_MIN_ROWS", 7)
    assert stays(pair, X, U, V)
    assert stays(of_the_carry, X, U, V)
    assert operations(joined(pair, normal(7, 16), U, V), PRODUCT) == {0: 1}
    assert operations(joined(of_constants, X), PRODUCT) == {0: 1}
    assert operations(joined(repeated, X, U, V), PRODUCT) == {1: 1}
