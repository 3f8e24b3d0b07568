"""Recurrent text generators: one layer of an LSTM or a GRU between words and logits.

With flax's own cells, whose gates are dense layers of their own.
"""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from mlopt.bench.models.building import (
    Program,
    cross_entropy,
    inference,
    tokens,
    training_step,
)

_WORDS, _HIDDEN = 5000, 512
_BATCH, _STEPS = 16, 32

Cell = type[nnx.LSTMCell] | type[nnx.GRUCell]


class TextGenerator(nnx.Module):
    """Embedding, a recurrent layer, a logit for every word."""

    def __init__(self, cell: Cell, *, rngs: nnx.Rngs) -> None:
        self.embedding = nnx.Embed(_WORDS, _HIDDEN, rngs=rngs)
        self.cell = cell(_HIDDEN, _HIDDEN, rngs=rngs)
        self.output = nnx.Linear(_HIDDEN, _WORDS, rngs=rngs)

    def __call__(self, words: jax.Array) -> jax.Array:
        """(batch, steps) int32 -> logits (batch, steps, 5000)."""
        graph, state = nnx.split(self.cell)
        zeros = jnp.zeros((words.shape[0], _HIDDEN), jnp.float32)
        is_lstm = isinstance(self.cell, nnx.LSTMCell)
        start = (zeros, zeros) if is_lstm else zeros

        def step(carry: Any, word: jax.Array) -> tuple[Any, jax.Array]:
            return nnx.merge(graph, state)(carry, word)

        embedded = jnp.swapaxes(self.embedding(words), 0, 1)
        _, hidden = jax.lax.scan(step, start, embedded)
        return self.output(jnp.swapaxes(hidden, 0, 1))


def lstm_generator() -> Program:
    """16 sentences of 32 words."""
    return inference(_generator(nnx.LSTMCell), _sentences(1))


def gru_generator() -> Program:
    """16 sentences of 32 words."""
    return inference(_generator(nnx.GRUCell), _sentences(1))


def lstm_generator_training_step() -> Program:
    """Cross entropy of the next word, Adam."""

    def loss(model: TextGenerator, words: jax.Array, following: jax.Array) -> jax.Array:
        return cross_entropy(model(words), following)

    batch = (_sentences(1), _sentences(2))
    return training_step(_generator(nnx.LSTMCell), loss, optax.adam(1e-3), *batch)


def _generator(cell: Cell) -> TextGenerator:
    return TextGenerator(cell, rngs=nnx.Rngs(0))


def _sentences(seed: int) -> jax.Array:
    return tokens(seed, _WORDS, _BATCH, _STEPS)
