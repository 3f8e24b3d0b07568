"""Tune one function from Python with a small budget, then call it."""

import jax
import jax.numpy as jnp

import mlopt


@mlopt.jit
def dense(x, weight, bias):
    """A fully connected layer with a relu: (rows, in) -> (rows, out)."""
    return jax.nn.relu(x @ weight + bias)


def main() -> None:
    x_key, weight_key = jax.random.split(jax.random.key(0))
    x = jax.random.normal(x_key, (64, 192))
    weight = jax.random.normal(weight_key, (192, 160))
    bias = jnp.ones(160)

    result = dense.tune(x, weight, bias, trials=8, seed=0)
    gain = result.speedup["default"]
    print(f"{result.verdict}: {gain.value:.2f}x over IREE's default flags")
    print(f"95% interval {gain.low:.2f} to {gain.high:.2f}, {result.trials} trials")

    # The records are used from now on, here and in every later process.
    print(dense.explain(x, weight, bias))
    print("output", dense(x, weight, bias).shape)


if __name__ == "__main__":
    main()
