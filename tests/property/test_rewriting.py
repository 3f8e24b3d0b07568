"""For any traced program: joined, hoisted or both, it is the same function.

Programs are drawn as instructions over a growing pool of small square matrices; loops
and branches contain instructions of their own, and read the pool outside.
"""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from mlopt.frontend.rewriting.hoisting import hoist
from mlopt.frontend.rewriting.joining import join

SIDE = 4
NUM_INPUTS = 4
PLACE = st.sampled_from([3, 2, 1, 0, 4, 5])
# Contracted dimensions of the left and of the right operand.
CONTRACTED = st.sampled_from([(1, 0), (1, 1), (0, 0), (0, 1)])
LEAVES = st.one_of(
    st.tuples(st.just("product"), PLACE, PLACE, CONTRACTED),
    st.tuples(st.just("product"), PLACE, PLACE, CONTRACTED),
    st.tuples(st.sampled_from(["sum", "pick"]), PLACE, PLACE),
    st.tuples(st.sampled_from(["turned", "bounded", "half", "custom"]), PLACE),
)


@st.composite
def instructions(draw, depth=2):
    """A few instructions; with depth, control flow among them."""
    size = draw(st.sampled_from([6, 5, 4, 3]))
    kinds = [LEAVES] * 2 + ([control_flow(depth - 1)] if depth else [])
    return [draw(draw(st.sampled_from(kinds))) for _ in range(size)]


@st.composite
def control_flow(draw, depth):
    kind = draw(st.sampled_from(["scan", "scan", "while", "cond", "call"]))
    bodies = [draw(instructions(depth)) for _ in range(1 + (kind == "cond"))]
    places = draw(st.lists(PLACE, min_size=1, max_size=3))
    return kind, draw(PLACE), places, draw(st.booleans()), bodies


def run(program, pool):
    """The pool after the program, whose last value is what it is about."""
    for kind, *rest in program:
        pool = [*pool, STEPS[kind](pool, *rest)]
    return pool


def at(pool, place):
    """Counted from the end, where the news are."""
    return pool[-1 - place % len(pool)]


def product(pool, left, right, contracted):
    dims = (((contracted[0],), (contracted[1],)), ((), ()))
    return jnp.tanh(lax.dot_general(at(pool, left), at(pool, right), dims))


def half(pool, place):
    """Through another dtype."""
    narrow = (at(pool, place) * 8).astype(jnp.bfloat16)
    dims = (((1,), (0,)), ((), ()))
    ones = jnp.eye(SIDE, dtype=jnp.bfloat16)
    return lax.dot_general(narrow, ones, dims, preferred_element_type=jnp.float64)


def scan(pool, start, places, reverse, bodies):
    def step(carry, x):
        after = run(bodies[0], [*pool, x, carry])
        return jnp.tanh(after[-1]), after[-2] + x

    xs = jnp.stack([at(pool, place) for place in places])
    carry, ys = lax.scan(step, at(pool, start), xs, reverse=reverse)
    return carry + ys.sum(axis=0)


def while_(pool, start, places, reverse, bodies):
    def step(state):
        count, carry = state
        return count + 1, jnp.tanh(run(bodies[0], [*pool, carry])[-1])

    return lax.while_loop(lambda s: s[0] < len(places), step, (0, at(pool, start)))[1]


def cond(pool, start, places, reverse, bodies):
    flag = at(pool, start)[0, 0] > 0.1
    return lax.cond(flag, *(lambda b=b: run(b, pool)[-1] for b in bodies))


def call(pool, start, places, reverse, bodies):
    called = jax.checkpoint if reverse else jax.jit
    return called(lambda x: run(bodies[0], [*pool, x])[-1])(at(pool, start))


STEPS = {
    "product": product,
    "sum": lambda pool, i, j: at(pool, i) + at(pool, j) * 0.5,
    "pick": lambda pool, i, j: jnp.where(at(pool, i) > 0, at(pool, j), at(pool, i)),
    "turned": lambda pool, i: at(pool, i).T,
    "bounded": lambda pool, i: jnp.tanh(at(pool, i)),
    "half": half,
    "custom": lambda pool, i: jax.nn.relu(at(pool, i)),
    "scan": scan,
    "while": while_,
    "cond": cond,
    "call": call,
}
REWRITES = {"joined": join, "hoisted": hoist, "both": lambda j: hoist(join(j))}


@pytest.fixture(scope="module", autouse=True)
def everything_counts():
    """Hoist and join matrices of any size: these are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlopt.frontend.rewriting.joining._MIN_ROWS", 1)
        patch.setattr("mlopt.frontend.rewriting.hoisting._MIN_ELEMENTS", 1)
        yield


@settings(max_examples=20, deadline=None)
@given(program=instructions(), seed=st.integers(0, 99))
def test_the_values_are_the_same(program, seed):
    rng = np.random.default_rng(seed)
    with jax.enable_x64(True):
        inputs = [jnp.asarray(rng.uniform(-1, 1, (SIDE, SIDE))) for _ in range(4)]
        constant = np.asarray(rng.uniform(-1, 1, (SIDE, SIDE)))
        traced = jax.make_jaxpr(lambda *pool: run(program, [*pool, constant]))(*inputs)
        expected = jex.jaxpr_as_fun(traced)(*inputs)
        for rewrite in REWRITES.values():
            rewritten = rewrite(traced)
            if rewritten is traced:
                continue
            assert rewritten.in_avals == traced.in_avals
            found = jex.jaxpr_as_fun(rewritten)(*inputs)
            for out, ref in zip(found, expected, strict=True):
                assert (out.dtype, out.shape) == (ref.dtype, ref.shape)
                np.testing.assert_allclose(out, ref, rtol=1e-9, atol=1e-9)
