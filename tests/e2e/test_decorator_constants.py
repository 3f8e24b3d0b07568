"""Constants: the same values as without, never stale, and gone from the signature."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mlopt
from mlopt.core.errors import InputError, SignatureError, StaleConstantError

X = np.linspace(-2.0, 2.0, 24, dtype=np.float32).reshape(4, 6)


def weights(seed=0):
    keys = jax.random.split(jax.random.key(seed), 2)
    return {
        "w": jax.random.normal(keys[0], (6, 3)),
        "b": jax.random.normal(keys[1], (1, 3)),
    }


def layer(params, x):
    return jnp.tanh(x @ params["w"] + params["b"])


@pytest.mark.parametrize("constants", [0, "params", ["params"], (0,)])
def test_values_are_those_of_the_function(constants):
    function = mlopt.jit(layer, constants=constants)
    params = weights()
    np.testing.assert_allclose(function(params, X), layer(params, X), atol=1e-5)
    np.testing.assert_allclose(function(params, X + 1), layer(params, X + 1), atol=1e-5)
    np.testing.assert_allclose(function(params, x=X), layer(params, X), atol=1e-5)


def test_they_are_no_inputs_of_the_compiled_function():
    function, params = mlopt.jit(layer, constants=0), weights()
    compiled = function.compile(params, X)
    assert [str(leaf.tensor) for leaf in compiled.signature.leaves] == ["float32[4,6]"]
    np.testing.assert_allclose(compiled(X), layer(params, X), atol=1e-5)


def test_other_values_are_refused_until_the_cache_is_cleared():
    function, params, other = mlopt.jit(layer, constants=0), weights(), weights(1)
    function(params, X)
    with pytest.raises(StaleConstantError, match=r"argument 0 .* clear_cache"):
        function(other, X)
    with pytest.raises(StaleConstantError):
        function(other, X[:2])
    np.testing.assert_allclose(function(weights(), X), layer(params, X), atol=1e-5)
    function.clear_cache()
    np.testing.assert_allclose(function(other, X), layer(other, X), atol=1e-5)


def test_a_weight_that_was_replaced_in_its_tree_is_noticed():
    function, params = mlopt.jit(layer, constants=0), weights()
    function(params, X)
    params["b"] = params["b"] + 1
    with pytest.raises(StaleConstantError, match=r"\['b'\]"):
        function(params, X)


def test_an_array_that_can_change_in_place_is_refused():
    function = mlopt.jit(layer, constants=0)
    with pytest.raises(SignatureError, match=r"argument 0\['b'\].*NumPy"):
        function({"w": jnp.ones((6, 3)), "b": np.ones((1, 3), np.float32)}, X)


def test_a_constant_that_is_no_parameter_is_refused():
    with pytest.raises(InputError, match="'weights' is declared constant"):
        mlopt.jit(layer, constants="weights")


def test_beside_static_arguments():
    def scaled(params, mode, x):
        return layer(params, x) * (2.0 if mode == "double" else 1.0)

    function = mlopt.jit(scaled, static_argnums=1, constants="params")
    params = weights()
    expected = layer(params, X)
    np.testing.assert_allclose(function(params, "double", X), 2 * expected, atol=1e-5)
    np.testing.assert_allclose(function(params, "once", X), expected, atol=1e-5)


def test_under_jaxs_transformations_it_is_the_plain_function():
    function, params = mlopt.jit(layer, constants=0), weights()
    function(params, X)

    def total(function):
        return jax.grad(lambda params: jnp.sum(function(params, jnp.asarray(X))))

    found, expected = total(function)(params), total(layer)(params)
    np.testing.assert_allclose(found["w"], expected["w"], rtol=1e-5)


def test_what_was_tuned_for_some_values_is_not_used_for_others(tmp_path):
    db = str(tmp_path / "records.sqlite")
    function, params = mlopt.jit(layer, constants=0, db=db), weights()
    function.tune(params, X, trials=2)
    assert function.explain(params, X).record is not None
    np.testing.assert_allclose(function(params, X), layer(params, X), atol=1e-5)
    other = mlopt.jit(layer, constants=0, db=db)
    assert other.explain(weights(1), X).record is None
