"""Unrolling: loops are written out, wholly or in part, and compute the same."""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting import unrolling
from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.unrolling import unroll
from tests.unit.frontend.rewriting.counted import assert_same

RNG = np.random.default_rng(0)


def normal(*shape):
    return jnp.asarray(RNG.standard_normal(shape) / 4, jnp.float32)


XS, H, U = normal(6, 4, 16), normal(4, 16), normal(16, 16)


def step(carry, x):
    new = jnp.tanh(carry @ U + x)
    return new, new * 2


def plain(xs, h):
    return lax.scan(step, h, xs)


def backwards(xs, h):
    return lax.scan(step, h, xs, reverse=True)


def in_a_call(xs, h):
    return jax.jit(plain)(xs, h)


def partly_unrolled(xs, h):
    return lax.scan(step, h, xs, unroll=2)


def gradient(xs, h):
    return jax.grad(lambda h: plain(xs, h)[1].sum())(h)


def without_inputs(xs, h):
    return lax.scan(lambda carry, _: step(carry, 1.0), h, None, length=6)


def unrolled(function, *arguments):
    before = jax.make_jaxpr(function)(*arguments)
    after = unroll(before)
    assert after is not before
    assert_same(before, after, *arguments)
    return after


def factors(closed):
    """Steps that each loop of a jaxpr takes at once."""
    return [e.params["unroll"] for e in closed.jaxpr.eqns if e.primitive.name == "scan"]


def num_loops(closed, *arguments):
    """How many loops there are in what the compiler gets."""
    lowered = jax.jit(jex.jaxpr_as_fun(closed)).lower(*arguments)
    return lowered.as_text().count("stablehlo.while")


@pytest.mark.parametrize(
    "function",
    [plain, backwards, in_a_call, partly_unrolled, gradient, without_inputs],
)
def test_no_loop_is_left_of_a_short_one(function):
    before = jax.make_jaxpr(function)(XS, H)
    assert num_loops(before, XS, H) > 0
    assert num_loops(unrolled(function, XS, H), XS, H) == 0


def test_a_long_one_is_written_out_in_parts_that_divide_it(monkeypatch):
    # Five operations a step: four steps would fit, three divide six.
    monkeypatch.setattr(unrolling, "_MOST_OPERATIONS", 22)
    after = unrolled(plain, XS, H)
    assert factors(after) == [3]
    assert num_loops(after, XS, H) == 1


def test_one_whose_steps_are_too_long_stays(monkeypatch):
    monkeypatch.setattr(unrolling, "_MOST_OPERATIONS", 7)
    before = jax.make_jaxpr(plain)(XS, H)
    assert unroll(before) is before
    # Seven steps have no other divisor than themselves.
    monkeypatch.setattr(unrolling, "_MOST_OPERATIONS", 22)
    before = jax.make_jaxpr(plain)(normal(7, 4, 16), H)
    assert unroll(before) is before


def test_of_nested_loops_the_inner_one_is_written_out():
    def nested(xs, h):
        return lax.scan(lambda c, x: (plain(XS + x.sum(), c)[0], x), h, xs)

    after = unrolled(nested, XS, H)
    assert factors(after) == [1]
    assert num_loops(after, XS, H) == 1


def test_loops_of_unknown_length_and_programs_without_loops_stay():
    def while_loop(h):
        return lax.while_loop(lambda h: h.sum() < 9.0, lambda h: h * h + 1.0, h)

    for function in (while_loop, jnp.tanh):
        before = jax.make_jaxpr(function)(H)
        assert unroll(before) is before


def test_it_goes_after_hoisting():
    def recurrent(xs, h):
        return lax.scan(lambda c, x: step(c, x @ U), h, xs)

    before = jax.make_jaxpr(recurrent)(XS, H)
    after = unroll(hoist(before))
    assert_same(before, after, XS, H)
    assert num_loops(after, XS, H) == 0
