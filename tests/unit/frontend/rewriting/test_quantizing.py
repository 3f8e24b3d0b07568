"""Quantizing: large products and nothing else, by hand-computed numbers; a bound."""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting import quantizing
from mlopt.frontend.rewriting.quantizing import quantize, quantized_product

RNG = np.random.default_rng(0)
X = jnp.asarray(RNG.standard_normal((32, 64)), jnp.float32)
W = jnp.asarray(RNG.standard_normal((64, 64)), jnp.float32)


def scanned(x, w):
    return lax.scan(lambda c, _: (jnp.tanh(c @ w), c), x, None, length=3)[0]


def loops(x, w):
    return lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, c[1] @ w), (0, x))


def branches(x, w):
    return lax.cond(x[0, 0] > 0, lambda: x @ w, lambda: x - 1.0)


def custom(x, w):
    return jax.nn.relu(jax.checkpoint(lambda x: x @ w)(x))


def quantized(function, *arguments):
    return quantize(jax.make_jaxpr(function)(*arguments))


def outputs(function, *arguments):
    return jex.jaxpr_as_fun(quantized(function, *arguments))(*arguments)


def test_rows_and_columns_have_scales_of_their_own():
    # Row 0 counts in steps of 1, row 1 in steps of 100; the columns in 1 and 0.5.
    x = jnp.asarray([[127.0, 3.4], [-12700.0, 260.0]], jnp.float32)
    w = jnp.asarray([[127.0, 10.3], [1.6, -63.5]], jnp.float32)
    rows = np.array([[127, 3], [-127, 3]])
    columns = np.array([[127, 21], [2, -127]])
    expected = (rows @ columns) * np.array([[1.0], [100.0]]) * np.array([[1.0, 0.5]])
    np.testing.assert_allclose(quantized_product(x, w), expected, rtol=1e-6)
    np.testing.assert_allclose(jax.jit(quantized_product)(x, w), expected, rtol=1e-6)


def test_the_largest_of_a_row_is_127_whatever_its_size():
    x = jnp.asarray([[1e-20], [3.3e38], [-0.7]], jnp.float32)
    w = jnp.ones((1, 1), jnp.float32)
    np.testing.assert_allclose(quantized_product(x, w), x, rtol=1e-6)


def test_zero_rows_and_channels_give_zero():
    x = X.at[3].set(0.0)
    w = W.at[:, 5].set(0.0)
    (found,) = outputs(jnp.matmul, x, w)
    assert np.all(np.asarray(found)[3] == 0.0)
    assert np.all(np.asarray(found)[:, 5] == 0.0)
    assert np.all(np.isfinite(found))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_stays_no_number_in_its_row_alone(bad):
    found = np.asarray(outputs(jnp.matmul, X.at[3, 7].set(bad), W)[0])
    assert not np.any(np.isfinite(found[3]))
    assert np.all(np.isfinite(np.delete(found, 3, axis=0)))


@pytest.mark.parametrize(
    "function", [jnp.matmul, branches, custom, jax.jit(jnp.matmul)]
)
def test_an_element_is_off_by_half_a_step_of_each_operand(function):
    (found,) = outputs(function, X, W)
    left, right = np.abs(np.asarray(X, float)), np.abs(np.asarray(W, float))
    step, channel = left.max(1, keepdims=True) / 254, right.max(0, keepdims=True) / 254
    bound = step * right.sum(0) + left.sum(1, keepdims=True) * channel
    bound += 64 * step * channel
    difference = np.abs(np.asarray(found, float) - np.asarray(function(X, W), float))
    assert np.all(difference <= bound * 1.001)
    assert difference.max() > 0.0


def test_any_dimensions_may_be_summed():
    x = jnp.asarray(RNG.standard_normal((8, 4, 16)), jnp.float32)
    w = jnp.asarray(RNG.standard_normal((16, 256, 8)), jnp.float32)

    def product(x, w):
        return jnp.einsum("aib,bja->ij", x, w)

    before = jax.make_jaxpr(
        lambda x, w: lax.dot_general(x, w, (((0, 2), (2, 0)), ((), ())))
    )(x, w)
    (found,) = jex.jaxpr_as_fun(quantize(before))(x, w)
    assert "i8" in str(quantize(before))
    np.testing.assert_allclose(found, product(x, w), atol=0.05 * np.abs(found).max())
    assert found.shape == (4, 256)


def test_a_vector_times_a_matrix_is_quantized():
    w = jnp.asarray(RNG.standard_normal((64, 1024)), jnp.float32)
    (found,) = outputs(jnp.matmul, X[0], w)
    assert found.shape == (1024,)
    np.testing.assert_allclose(found, X[0] @ w, atol=0.05 * np.abs(found).max())


@pytest.mark.parametrize("function", [scanned, loops])
def test_loops_are_left_alone(function):
    assert "i8" not in str(quantized(function, X, W))


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x: jnp.tanh(x).sum(), (X,)),
        (jnp.matmul, (X.astype(jnp.int32), W.astype(jnp.int32))),
        (jnp.matmul, (X.astype(jnp.float16), W.astype(jnp.float16))),
        (jnp.matmul, (jnp.stack([X, X]), jnp.stack([W, W]))),
        (jnp.matmul, (X[:8], W)),
        (jnp.matmul, (jnp.tile(X[:, :16], (8, 1)), W[:16])),
    ],
    ids=["no product", "integers", "float16", "batched", "small", "short sum"],
)
def test_everything_else_stays(function, arguments):
    assert "i8" not in str(quantized(function, *arguments))


def test_a_sum_that_could_overflow_stays(monkeypatch):
    monkeypatch.setattr(quantizing.defaults, "INT8_LONGEST_SUM", 63)
    assert "i8" not in str(quantized(jnp.matmul, X, W))


def test_constants_of_the_program_stay_constants():
    jaxpr = quantized(lambda x: x @ W, X)
    assert len(jaxpr.in_avals) == 1
    (found,) = jex.jaxpr_as_fun(jaxpr)(X)
    np.testing.assert_array_equal(found, quantized_product(X, W))
