"""Narrowing: the products named, and nothing else; values close, signature the same."""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting.narrowing import narrow

RNG = np.random.default_rng(0)
X = jnp.asarray(RNG.standard_normal((8, 16)), jnp.float32)
W = jnp.asarray(RNG.standard_normal((16, 16)), jnp.float32)


def scanned(x, w):
    return lax.scan(lambda c, _: (jnp.tanh(c @ w), c), x, None, length=3)


def branches(x, w):
    return lax.cond(x[0, 0] > 0, lambda: x @ w, lambda: x - 1.0)


def loops(x, w):
    return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] @ w), (0, x))


def custom(x, w):
    return jax.nn.relu(jax.checkpoint(lambda x: x @ w)(x))


FUNCTIONS = [lambda x, w: x @ w, scanned, branches, loops, custom, jax.jit(jnp.matmul)]


def narrowed(function, *arguments, **options):
    return narrow(jax.make_jaxpr(function)(*arguments), **options)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_values_are_those_of_rounded_operands(function):
    found = jex.jaxpr_as_fun(narrowed(function, X, W))(X, W)
    expected = jax.tree.leaves(function(X, W))
    for out, ref in zip(found, expected, strict=True):
        assert out.dtype == ref.dtype
        assert out.shape == ref.shape
        difference = np.max(np.abs(np.asarray(out, float) - np.asarray(ref, float)))
        assert difference < 0.05 * max(1.0, float(np.max(np.abs(ref))))
    assert any(
        not np.array_equal(out, ref) for out, ref in zip(found, expected, strict=True)
    )


def test_a_product_sums_in_float32():
    (found,) = jex.jaxpr_as_fun(narrowed(jnp.matmul, X, W))(X, W)
    left, right = (np.asarray(a.astype(jnp.bfloat16), np.float64) for a in (X, W))
    np.testing.assert_allclose(found, left @ right, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("function", [scanned, loops])
def test_loops_are_left_alone_when_asked(function):
    jaxpr = narrowed(function, X, W, enters_loops=False)
    assert "bf16" not in str(jaxpr)
    assert "bf16" in str(narrowed(function, X, W))


def test_a_product_beside_a_loop_is_narrowed_all_the_same():
    def both(x, w):
        return scanned(x, w)[0] @ w

    assert str(narrowed(both, X, W, enters_loops=False)).count("bf16[16,16]") == 1


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x: jnp.tanh(x).sum(), (X,)),
        (jnp.matmul, (X.astype(jnp.int32), W.astype(jnp.int32))),
        (jnp.matmul, (X.astype(jnp.float16), W.astype(jnp.float16))),
        (jnp.matmul, (jnp.stack([X, X]), jnp.stack([W, W]))),
        (
            lambda x, w: lax.conv(x[None, None], w[None, None, :3, :3], (1, 1), "SAME"),
            (X, W),
        ),
    ],
    ids=["no product", "integers", "float16", "batched", "convolution"],
)
def test_everything_else_stays(function, arguments):
    before = jax.make_jaxpr(function)(*arguments)
    assert "bf16" not in str(narrow(before))


def test_constants_of_the_program_stay_constants():
    jaxpr = narrowed(lambda x: x @ W, X)
    assert len(jaxpr.in_avals) == 1
    (found,) = jex.jaxpr_as_fun(jaxpr)(X)
    np.testing.assert_allclose(found, X @ W, atol=0.2)
