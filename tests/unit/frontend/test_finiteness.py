"""Examples that no error can be judged by are refused, by the name of the argument."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.errors import InputError
from mlopt.frontend.arguments import ArgumentSet
from mlopt.frontend.finiteness import refuse_non_finite_examples
from mlopt.frontend.ingest import ingest_callable

X = np.ones((4, 8), np.float32)
W = {"kernel": jnp.ones((8, 2)), "bias": jnp.zeros(2)}
WITH_NAN = X.copy()
WITH_NAN[1, 2] = np.nan


def layer(params, x, *, scale=None):
    result = x @ params["kernel"] + params["bias"][None]
    return result if scale is None else result * scale


def masked(x, mask):
    return jax.nn.softmax(x + mask)


def check(function, *args, constants=(), **kwargs):
    fixed = ArgumentSet.of_places(function, constants, option="constant")
    ingested = ingest_callable(function, args, kwargs, constants=fixed)
    refuse_non_finite_examples(ingested)


@pytest.mark.parametrize("constants", [(), ("params",)])
def test_a_nan_is_refused_and_its_argument_named(constants):
    check(layer, W, X, constants=constants)
    with pytest.raises(InputError, match="argument 1 has NaN"):
        check(layer, W, WITH_NAN, constants=constants)
    broken = W | {"bias": jnp.asarray([jnp.nan, 0.0])}
    with pytest.raises(InputError, match=r"argument 0\['bias'\] has NaN"):
        check(layer, broken, X, constants=constants)
    with pytest.raises(InputError, match="argument 'scale' has NaN"):
        check(layer, W, X, constants=constants, scale=jnp.float32(jnp.nan))


def test_a_nan_in_bfloat16_is_one_too():
    with pytest.raises(InputError, match="argument 0 has NaN"):
        check(jnp.sum, jnp.asarray(WITH_NAN, jnp.bfloat16))


def test_an_infinity_is_refused_where_results_show_it():
    mask = np.zeros((4, 8), np.float32)
    mask[:, 3] = -np.inf
    check(masked, X, mask)
    with pytest.raises(InputError, match="argument 1 has infinities"):
        check(masked, X, -mask)


def test_integers_and_what_has_no_examples_are_not_looked_at():
    check(lambda i: i + 1, np.arange(3))
    ingested = ingest_callable(layer, (W, WITH_NAN))
    object.__setattr__(ingested, "example_inputs", None)
    refuse_non_finite_examples(ingested)
