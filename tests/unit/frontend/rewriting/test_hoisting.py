"""Hoisting: what a loop need not repeat leaves it, and nothing else changes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.joining import join
from tests.unit.frontend.rewriting.counted import assert_same, operations

RNG = np.random.default_rng(0)
PRODUCT = "dot_general"


def normal(*shape):
    return jnp.asarray(RNG.standard_normal(shape) / 4, jnp.float32)


XS, H = normal(5, 4, 16), normal(4, 16)
U, W = normal(16, 16), normal(16, 16)


def hoisted(function, *arguments, **options):
    before = jax.make_jaxpr(function)(*arguments)
    after = hoist(before, **options)
    assert_same(before, after, *jax.tree.leaves(arguments))
    return after


def stays(function, *arguments, **options):
    before = jax.make_jaxpr(function)(*arguments)
    return hoist(before, **options) is before


def cell(carry, x, u, w):
    new = jnp.tanh(carry @ u + x @ w)
    return new, new


def plain(xs, h, u, w):
    return lax.scan(lambda c, x: cell(c, x, u, w), h, xs)


def backwards(xs, h, u, w):
    return lax.scan(lambda c, x: cell(c, x, u, w), h, xs, reverse=True)


def after_simple_operations(xs, h, u, w):
    def step(carry, x):
        return cell(carry, jnp.tanh(x.reshape(16, 4).T * 2), u, w)

    return lax.scan(step, h, xs)


def of_constants(xs, h, u, w):
    return lax.scan(lambda c, x: cell(c, x, u, W), h, xs)


def transposed(xs, h, u, w):
    """The step's input on the right."""

    def step(carry, x):
        return jnp.tanh(carry @ u + (w @ x.T).T), carry

    return lax.scan(step, h, xs)


def read_twice(xs, h, u, w):
    def step(carry, x):
        new, _ = cell(carry, x, u, w)
        return new + x, (x @ w, x)

    return lax.scan(step, h, xs)


def with_a_second_input(xs, h, u, w):
    def step(carry, both):
        x, scale = both
        return cell(carry, x, u, w)[0] * scale, None

    return lax.scan(step, h, (xs, jnp.arange(5.0)))


@pytest.mark.parametrize(
    "function",
    [
        *(plain, backwards, after_simple_operations, of_constants, transposed),
        with_a_second_input,
    ],
)
def test_products_of_the_steps_inputs_leave_the_loop(function):
    after = hoisted(function, XS, H, U, W)
    assert operations(after, PRODUCT) == {0: 1, 1: 1}


def test_an_input_that_is_read_besides_is_still_scanned():
    after = hoisted(read_twice, XS, H, U, W)
    assert operations(after, PRODUCT) == {0: 2, 1: 1}


def test_a_chain_of_products_leaves_as_a_whole():
    def chain(xs, h, u, w):
        return lax.scan(lambda c, x: (c + jnp.tanh(x @ w) @ u, c), h, xs)

    assert operations(hoisted(chain, XS, H, U, W), PRODUCT) == {0: 2}


def test_what_is_the_same_in_every_step_leaves_the_loop():
    def step(carry, _, u, w):
        return jnp.tanh(carry @ (u @ w).T), None

    def function(h, u, w):
        return lax.scan(lambda c, x: step(c, x, u, w), h, None, length=3)

    for products in (True, False):
        after = hoisted(function, H, U, W, products=products)
        assert operations(after, PRODUCT) == {0: 1, 1: 1}
        assert operations(after, "transpose") == {0: 1}


def nested(xs, h, u, w):
    def outer(carry, x):
        inner = lax.scan(lambda c, row: cell(c, row @ w, u, u), carry, x)
        return inner[0], inner[1].sum()

    return lax.scan(outer, h[0], xs)


def test_of_nested_loops_it_leaves_both():
    assert operations(hoisted(nested, XS, H, U, W), PRODUCT) == {0: 2, 2: 1}


def test_loops_in_other_control_flow_are_entered():
    def in_a_branch(xs, h, u, w):
        return lax.cond(h[0, 0] > 5, lambda: h, lambda: plain(xs, h, u, w)[0])

    def in_a_while(xs, h, u, w):
        def step(state):
            return state[0] + 1, plain(xs, state[1], u, w)[0]

        return lax.while_loop(lambda state: state[0] < 2, step, (0, h))

    assert operations(hoisted(in_a_branch, XS, H, U, W), PRODUCT) == {0: 1, 1: 1}
    assert operations(hoisted(in_a_while, XS, H, U, W), PRODUCT) == {1: 1, 2: 1}


def of_the_carry(xs, h, u, w):
    return lax.scan(lambda c, x: (jnp.tanh(c @ u) + x, c), h, xs)


def of_two_inputs(xs, h, u, w):
    return lax.scan(lambda c, x: (c + x @ jnp.tanh(x).T @ x, None), h, xs)


def of_little(xs, h, u, w):
    return lax.scan(lambda c, x: (c * jnp.tanh(u[:4]) + x, None), h, xs)


def of_what_grows(xs, h, u, w):
    return lax.scan(lambda c, x: (c + jnp.ones((4, 16)) * x, None), h, xs)


def without_a_loop(xs, h, u, w):
    return xs @ w


@pytest.mark.parametrize(
    "function", [of_the_carry, of_two_inputs, of_little, of_what_grows, without_a_loop]
)
def test_a_program_of_which_nothing_leaves_is_the_very_same(function):
    assert stays(function, XS, H, U, W)


def test_a_loop_of_one_step_is_left_alone():
    assert stays(plain, XS[:1], H, U, W)


def test_without_products_only_invariants_leave():
    assert stays(plain, XS, H, U, W, products=False)


def test_gates_that_were_joined_leave_as_one_product():
    def gates(xs, h, u, w, v):
        def step(carry, x):
            return jnp.tanh(carry @ u + x @ w) * jax.nn.sigmoid(carry @ v + x @ v), x

        return lax.scan(step, h, xs)

    before = jax.make_jaxpr(gates)(XS, H, U, W, U + W)
    after = hoist(join(before))
    assert_same(before, after, XS, H, U, W, U + W)
    assert operations(after, PRODUCT) == {0: 1, 1: 1}
    assert operations(after, "concatenate") == {0: 2}
