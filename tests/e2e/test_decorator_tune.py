"""Tuning through the decorator: asked for, recorded, used, explained, and exact."""

import jax
import jax.numpy as jnp
import numpy as np

import mlopt
from mlopt.core.report import ProgramResult


def product(x, y):
    return jnp.maximum(x @ y, 0.0)


def test_what_was_tuned_is_used_from_then_on(tmp_path):
    db = str(tmp_path / "records.sqlite")
    rng = np.random.default_rng(0)
    x = jnp.asarray(rng.standard_normal((96, 160), np.float32))
    y = jnp.asarray(rng.standard_normal((160, 128), np.float32))
    function = mlopt.jit(product, db=db)
    before = function(x, y)
    assert function.explain().source == "default"

    result = function.tune(x, y, trials=6, seed=1)

    assert isinstance(result, ProgramResult)
    assert result.seed == 1
    np.testing.assert_allclose(function(x, y), before, rtol=1e-4, atol=1e-4)
    explanation = function.explain(x, y)
    assert explanation.source == "records"
    assert explanation.record is not None
    assert str(explanation.record.created_at) in str(explanation)

    again = mlopt.jit(product, db=db)
    np.testing.assert_allclose(again(x, y), jax.jit(product)(x, y), atol=1e-4)
    assert again.explain().record == explanation.record
    assert again.as_text("schedule") == function.as_text("schedule", x, y)
