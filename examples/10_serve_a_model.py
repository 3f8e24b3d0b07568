"""Serve a model: weights that never change, and products in bfloat16.

Constants are folded and packed once, by the compiler. bfloat16 changes the results, so
you say by how much it may, and tuning checks that it does not do more.
"""

import jax
import jax.numpy as jnp
import numpy as np

import mlopt
from mlopt.core.errors import AccuracyError, StaleConstantError


def initialise(seed: int) -> dict[str, jax.Array]:
    """Weights of two dense layers."""
    first, second = jax.random.split(jax.random.key(seed))
    return {
        "hidden": jax.random.normal(first, (256, 512)) / 16,
        "output": jax.random.normal(second, (512, 64)) / 23,
    }


def model(weights: dict[str, jax.Array], x: jax.Array) -> jax.Array:
    """(batch, 256) -> (batch, 64)."""
    return jnp.maximum(x @ weights["hidden"], 0.0) @ weights["output"]


def main() -> None:
    """Tune with and without a licence, then do what is not allowed."""
    weights = initialise(0)
    x = jax.random.normal(jax.random.key(1), (64, 256))

    exact = mlopt.jit(model, constants="weights")
    result = exact.tune(weights, x, trials=8)
    print(f"float32: {result.speedup['default'].value:.2f}x over default")

    strict = mlopt.jit(model, constants="weights", precision="bf16", accuracy=1e-6)
    try:
        strict.tune(weights, x, trials=8)
    except AccuracyError as error:
        print(f"refused: {error}")

    served = mlopt.jit(model, constants="weights", precision="bf16", accuracy=0.02)
    result = served.tune(weights, x, trials=8)
    print(f"licence: {result.licence}; on {result.base_name}")
    print(f"off by {result.max_relative_error:.1e} at most")
    difference = np.abs(served(weights, x) - model(weights, x))
    print(f"on these inputs: {float(difference.max()):.1e}")

    try:
        served(initialise(2), x)
    except StaleConstantError as error:
        print(f"refused: {error}")


if __name__ == "__main__":
    main()
