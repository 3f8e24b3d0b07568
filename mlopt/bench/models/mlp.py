"""A regressor of three dense layers: the feed-forward family."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from mlopt.bench.models.building import Program, inference, normal, training_step

_BATCH, _FEATURES = 64, 128
_WIDTHS = (512, 512, 256)


class Regressor(nnx.Module):
    """128 features, 512-512-256 hidden units, one number."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        sizes = (_FEATURES, *_WIDTHS)
        layers = [nnx.Linear(m, n, rngs=rngs) for m, n in pairwise(sizes)]
        self.hidden = nnx.List(layers)
        self.output = nnx.Linear(_WIDTHS[-1], 1, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, 128) -> (batch, 1)."""
        for layer in self.hidden:
            x = jax.nn.relu(layer(x))
        return self.output(x)


def mlp_regressor() -> Program:
    """A batch of 64."""
    return inference(Regressor(rngs=nnx.Rngs(0)), normal(1, _BATCH, _FEATURES))


def mlp_regressor_training_step() -> Program:
    """Mean squared error, Adam."""

    def loss(model: Regressor, x: jax.Array, y: jax.Array) -> jax.Array:
        return jnp.mean((model(x) - y) ** 2)

    x, y = normal(1, _BATCH, _FEATURES), normal(2, _BATCH, 1)
    return training_step(Regressor(rngs=nnx.Rngs(0)), loss, optax.adam(1e-3), x, y)
