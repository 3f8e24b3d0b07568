"""The float64 reference: same program, more precision, same random bits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.errors import MeasureError
from mlopt.frontend.ingest import ingest_callable
from mlopt.frontend.reference import reference_outputs

RNG = np.random.default_rng(0)


def normal(*shape, dtype=np.float32):
    return RNG.standard_normal(shape).astype(dtype)


def reference_of(function, *args):
    ingested = ingest_callable(function, args)
    assert ingested.jaxpr is not None
    assert ingested.example_inputs is not None
    return reference_outputs(ingested.jaxpr, ingested.example_inputs)


def test_a_sum_that_float32_gets_wrong_is_right():
    x = np.array([1e8, 1.0, -1e8], np.float32)
    reference = reference_of(jnp.sum, x)
    assert reference.precision == "float64"
    assert reference.outputs[0] == 1.0
    assert reference.outputs[0].dtype == np.float64


@pytest.mark.parametrize("dtype", [jnp.bfloat16, jnp.float16, jnp.float32])
def test_low_precision_matmuls_agree_with_numpy_in_float64(dtype):
    a, b = normal(8, 64, dtype=dtype), normal(64, 8, dtype=dtype)
    reference = reference_of(lambda a, b: jnp.tanh(a @ b) * 0.1, a, b)
    constant = float(np.asarray(0.1).astype(dtype))
    expected = np.tanh(a.astype(np.float64) @ b.astype(np.float64)) * constant
    np.testing.assert_allclose(reference.outputs[0], expected, rtol=1e-12)


def test_explicit_accumulation_types_are_widened_too():
    a = normal(4, 64, dtype=jnp.bfloat16)

    def function(a):
        return jax.lax.dot_general(
            a, a, (((1,), (1,)), ((), ())), preferred_element_type=jnp.float32
        )

    wide = a.astype(np.float64)
    np.testing.assert_allclose(
        reference_of(function, a).outputs[0], wide @ wide.T, rtol=1e-12
    )


def test_scan_with_a_float32_carry_runs_in_float64():
    x = normal(6, 4)

    def function(x):
        init = jnp.zeros(4, jnp.float32)
        return jax.lax.scan(lambda c, row: (c + row, c * row), init, x)

    reference = reference_of(function, x)
    total = x.astype(np.float64).cumsum(0)
    assert reference.precision == "float64"
    np.testing.assert_allclose(reference.outputs[0], total[-1], rtol=1e-12)
    before = np.vstack([np.zeros(4), total[:-1]])
    np.testing.assert_allclose(reference.outputs[1], before * x, rtol=1e-12)


def test_while_cond_and_remat_run_in_float64():
    x = normal(4, 4)

    @jax.checkpoint
    def halve(x):
        return jnp.sin(x) * 0.5

    def function(x):
        x = jax.lax.while_loop(lambda c: jnp.abs(c).sum() > 1, halve, x)
        return jax.lax.cond(x[0, 0] > 0, lambda x: x @ x, lambda x: x - 1, x)

    expected = x.astype(np.float64)
    while abs(expected).sum() > 1:
        expected = np.sin(expected) * 0.5
    is_positive = expected[0, 0] > 0
    expected = expected @ expected if is_positive else expected - 1
    reference = reference_of(function, x)
    assert reference.precision == "float64"
    np.testing.assert_allclose(reference.outputs[0], expected, rtol=1e-12)


def test_gradients_and_scatters_run_in_float64():
    table, index = normal(10, 4), np.array([1, 1, 7], np.int32)
    grad = jax.grad(lambda t, i: (t[i] ** 2).sum())
    reference = reference_of(grad, table, index)
    expected = np.zeros((10, 4))
    np.add.at(expected, index, 2 * table[index].astype(np.float64))
    assert reference.precision == "float64"
    np.testing.assert_allclose(reference.outputs[0], expected, rtol=1e-12)


def test_random_draws_are_those_of_the_program():
    key = jax.random.key(7)
    reference = reference_of(lambda k: jax.random.normal(k, (64,)), key)
    expected = np.asarray(jax.random.normal(key, (64,)))
    np.testing.assert_allclose(reference.outputs[0], expected, atol=1e-5)


def test_integers_and_booleans_are_exact():
    x = np.arange(5, dtype=np.int32)
    reference = reference_of(lambda x: (x * 3, x > 2, x.astype(jnp.uint8)), x)
    assert [o.dtype.name for o in reference.outputs] == ["int32", "bool", "uint8"]
    assert reference.outputs[0].tolist() == [0, 3, 6, 9, 12]


def test_weak_types_promote_as_in_the_program():
    x = normal(4, dtype=jnp.bfloat16)
    ingested = ingest_callable(lambda x, s: x * s, (x, 2.0))
    assert ingested.outputs is not None
    assert ingested.outputs[0].dtype == "bfloat16"


def test_a_draw_that_depends_on_floats_keeps_their_dtype_and_is_reported():
    key, shape = jax.random.key(7), np.array([0.5, 2.0], np.float32)
    reference = reference_of(jax.random.gamma, key, shape)
    assert reference.precision == "float32"
    assert reference.narrow == ("random_gamma",)
    expected = np.asarray(jax.random.gamma(key, shape))
    np.testing.assert_allclose(reference.outputs[0], expected, rtol=1e-5)


def test_an_input_that_does_not_fit_ends_in_a_sentence():
    ingested = ingest_callable(lambda x: x @ x, (normal(4, 4),))
    assert ingested.jaxpr is not None
    with pytest.raises(MeasureError, match="reference cannot be evaluated"):
        reference_outputs(ingested.jaxpr, [normal(4, 5)])
