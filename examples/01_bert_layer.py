"""One BERT-base layer in flax: what `make demo` tunes.

    mlopt tune examples/01_bert_layer.py:bert_layer

The parameters are arguments, as in serving: a layer that closes over them would
have them folded into the compiled program as constants.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

import mlopt

MODEL_DIM = 768
NUM_HEADS = 12
HEAD_DIM = MODEL_DIM // NUM_HEADS
FEED_FORWARD_DIM = 3072
SEQUENCE = 128


class BertLayer(nnx.Module):
    """Self-attention and a feed-forward net, each followed by a layer norm."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.query = nnx.Linear(MODEL_DIM, MODEL_DIM, rngs=rngs)
        self.key = nnx.Linear(MODEL_DIM, MODEL_DIM, rngs=rngs)
        self.value = nnx.Linear(MODEL_DIM, MODEL_DIM, rngs=rngs)
        self.attention_output = nnx.Linear(MODEL_DIM, MODEL_DIM, rngs=rngs)
        self.attention_norm = nnx.LayerNorm(MODEL_DIM, epsilon=1e-12, rngs=rngs)
        self.intermediate = nnx.Linear(MODEL_DIM, FEED_FORWARD_DIM, rngs=rngs)
        self.output = nnx.Linear(FEED_FORWARD_DIM, MODEL_DIM, rngs=rngs)
        self.output_norm = nnx.LayerNorm(MODEL_DIM, epsilon=1e-12, rngs=rngs)

    def __call__(self, hidden: jax.Array) -> jax.Array:
        """Map (batch, sequence, model) to the same shape."""
        hidden = self.attention_norm(hidden + self.attend(hidden))
        inner = jax.nn.gelu(self.intermediate(hidden), approximate=False)
        return self.output_norm(hidden + self.output(inner))

    def attend(self, hidden: jax.Array) -> jax.Array:
        """Every position looks at every other, in NUM_HEADS heads."""
        query, key, value = (
            split_heads(project(hidden))
            for project in (self.query, self.key, self.value)
        )
        scores = query @ jnp.swapaxes(key, -1, -2) / np.float32(np.sqrt(HEAD_DIM))
        context = jax.nn.softmax(scores, axis=-1) @ value
        merged = jnp.swapaxes(context, 1, 2).reshape(hidden.shape)
        return self.attention_output(merged)


def split_heads(projected: jax.Array) -> jax.Array:
    """(batch, sequence, model) -> (batch, heads, sequence, head)."""
    batch, sequence, _ = projected.shape
    shape = (batch, sequence, NUM_HEADS, HEAD_DIM)
    return jnp.swapaxes(projected.reshape(shape), 1, 2)


def bert_layer():
    """Return (callable, example_args), the form every `mlopt` command takes."""
    graph, parameters = nnx.split(BertLayer(rngs=nnx.Rngs(0)))

    def apply(parameters, hidden):
        return nnx.merge(graph, parameters)(hidden)

    hidden = jax.random.normal(jax.random.key(1), (1, SEQUENCE, MODEL_DIM))
    return apply, (parameters, hidden)


def main() -> None:
    apply, (parameters, hidden) = bert_layer()
    expected = jax.jit(apply)(parameters, hidden)
    actual = mlopt.jit(apply)(parameters, hidden)
    error = float(jnp.max(jnp.abs(actual - expected)))
    print(f"output {actual.dtype}{list(actual.shape)}, {error:.1e} from jax.jit's")


if __name__ == "__main__":
    main()
