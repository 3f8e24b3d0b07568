"""From a flax module to a program: its parameters split off, a step to train it."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

# (callable, example arguments)
Program = tuple[Callable[..., Any], tuple[Any, ...]]


def inference(module: nnx.Module, *inputs: Any) -> Program:
    """A call of the module; its state, then the inputs, are the arguments."""
    graph, state = nnx.split(module)

    def apply(state: Any, *inputs: Any) -> Any:
        return nnx.merge(graph, state)(*inputs)

    return apply, (state, *inputs)


def training_step(
    module: nnx.Module,
    loss: Callable[..., jax.Array],
    optimizer: optax.GradientTransformation,
    *batch: Any,
) -> Program:
    """Forward, loss, gradients and one update.

    Args:
        loss: of the module and the batch, a scalar.

    Returns:
        A function of parameters, optimizer state and batch that gives new parameters,
        new optimizer state and the loss.
    """
    graph, parameters = nnx.split(module)

    def step(parameters: Any, state: Any, *batch: Any) -> tuple[Any, Any, jax.Array]:
        def objective(parameters: Any) -> jax.Array:
            return loss(nnx.merge(graph, parameters), *batch)

        value, gradients = jax.value_and_grad(objective)(parameters)
        updates, state = optimizer.update(gradients, state, parameters)
        return optax.apply_updates(parameters, updates), state, value

    return step, (parameters, optimizer.init(parameters), *batch)


def cross_entropy(logits: jax.Array, labels: jax.Array) -> jax.Array:
    """Mean over all positions; labels are class numbers."""
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    return jnp.mean(losses)


def normal(seed: int, *shape: int) -> jax.Array:
    """Standard normal float32."""
    return jax.random.normal(jax.random.key(seed), shape, jnp.float32)


def tokens(seed: int, limit: int, *shape: int) -> jax.Array:
    """int32 below `limit`."""
    return jax.random.randint(jax.random.key(seed), shape, 0, limit, jnp.int32)
