"""Transformers: layers of BERT-base, and a small decoder that writes text.

The decoder is GPT-2's layout (pre-norm, learned positions), smaller.
"""

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from mlopt.bench.models.building import (
    Program,
    inference,
    normal,
    tokens,
    training_step,
)

_BERT = (768, 12, 3072)  # width, heads, inner width
_GPT = (512, 8, 2048)
_GPT_LAYERS = 4
_WORDS = 5000
_PROMPT, _CACHE = 64, 128

# Keys and values of one layer: (batch, length, heads, head).
Cache = tuple[jax.Array, jax.Array]
Sizes = tuple[int, int, int]


class Attention(nnx.Module):
    """Projections, and attention of queries to keys and values."""

    def __init__(self, sizes: Sizes, *, rngs: nnx.Rngs) -> None:
        width, self.heads, _ = sizes
        self.query = nnx.Linear(width, width, rngs=rngs)
        self.key = nnx.Linear(width, width, rngs=rngs)
        self.value = nnx.Linear(width, width, rngs=rngs)
        self.output = nnx.Linear(width, width, rngs=rngs)

    def project(self, x: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(batch, length, width) -> three of (batch, length, heads, head)."""
        shape = (*x.shape[:2], self.heads, x.shape[2] // self.heads)
        query, key, value = self.query(x), self.key(x), self.value(x)
        return query.reshape(shape), key.reshape(shape), value.reshape(shape)

    def attend(
        self, query: jax.Array, key: jax.Array, value: jax.Array, mask: jax.Array | None
    ) -> jax.Array:
        """Mask: (queries, keys), true where a query may look."""
        scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) / query.shape[-1] ** 0.5
        if mask is not None:
            scores = jnp.where(mask, scores, jnp.finfo(scores.dtype).min)
        weights = jax.nn.softmax(scores, axis=-1)
        found = jnp.einsum("bhqk,bkhd->bqhd", weights, value)
        return self.output(found.reshape(*found.shape[:2], -1))


class FeedForward(nnx.Module):
    """Two dense layers with a GELU between."""

    def __init__(self, sizes: Sizes, *, rngs: nnx.Rngs) -> None:
        width, _, inner = sizes
        self.inner = nnx.Linear(width, inner, rngs=rngs)
        self.output = nnx.Linear(inner, width, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, length, width)."""
        return self.output(jax.nn.gelu(self.inner(x), approximate=False))


class BertLayer(nnx.Module):
    """Attention and a feed-forward net, each followed by a norm."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.attention = Attention(_BERT, rngs=rngs)
        self.attention_norm = nnx.LayerNorm(_BERT[0], epsilon=1e-12, rngs=rngs)
        self.feed_forward = FeedForward(_BERT, rngs=rngs)
        self.output_norm = nnx.LayerNorm(_BERT[0], epsilon=1e-12, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, length, 768)."""
        attended = self.attention.attend(*self.attention.project(x), None)
        x = self.attention_norm(x + attended)
        return self.output_norm(x + self.feed_forward(x))


class Encoder(nnx.Module):
    """Two layers of BERT-base."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.layers = nnx.List([BertLayer(rngs=rngs) for _ in range(2)])

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, length, 768)."""
        for layer in self.layers:
            x = layer(x)
        return x


class DecoderLayer(nnx.Module):
    """A norm before attention, and one before the feed-forward net."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.attention_norm = nnx.LayerNorm(_GPT[0], rngs=rngs)
        self.attention = Attention(_GPT, rngs=rngs)
        self.feed_forward_norm = nnx.LayerNorm(_GPT[0], rngs=rngs)
        self.feed_forward = FeedForward(_GPT, rngs=rngs)

    def __call__(
        self, x: jax.Array, cache: Cache, position: jax.Array
    ) -> tuple[jax.Array, Cache]:
        """Tokens from `position` on look at the cache, which then holds them too."""
        query, key, value = self.attention.project(self.attention_norm(x))
        cache = (_written(cache[0], key, position), _written(cache[1], value, position))
        places = position + jnp.arange(x.shape[1])
        mask = jnp.arange(cache[0].shape[1]) <= places[:, None]
        x = x + self.attention.attend(query, *cache, mask)
        return x + self.feed_forward(self.feed_forward_norm(x)), cache


class Decoder(nnx.Module):
    """Four layers between words and logits."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        width = _GPT[0]
        self.words = nnx.Embed(_WORDS, width, rngs=rngs)
        self.places = nnx.Embed(_CACHE, width, rngs=rngs)
        self.layers = nnx.List([DecoderLayer(rngs=rngs) for _ in range(_GPT_LAYERS)])
        self.norm = nnx.LayerNorm(width, rngs=rngs)
        self.output = nnx.Linear(width, _WORDS, use_bias=False, rngs=rngs)

    def __call__(
        self, words: jax.Array, caches: tuple[Cache, ...], position: jax.Array
    ) -> tuple[jax.Array, tuple[Cache, ...]]:
        """Logits (batch, 5000) of the word after the last, and the caches.

        Args:
            words: (batch, length) int32, of which the first stands at `position`.
        """
        x = self.words(words) + self.places(position + jnp.arange(words.shape[1]))
        updated = []
        for layer, cache in zip(self.layers, caches, strict=True):
            x, cache = layer(x, cache, position)
            updated.append(cache)
        return self.output(self.norm(x[:, -1])), tuple(updated)


def bert_layers() -> Program:
    """A sequence of 128."""
    return inference(Encoder(rngs=nnx.Rngs(0)), normal(1, 1, 128, _BERT[0]))


def bert_layers_training_step() -> Program:
    """Mean squared error, AdamW."""

    def loss(model: Encoder, x: jax.Array, y: jax.Array) -> jax.Array:
        return jnp.mean((model(x) - y) ** 2)

    batch = (normal(1, 1, 128, _BERT[0]), normal(2, 1, 128, _BERT[0]))
    return training_step(Encoder(rngs=nnx.Rngs(0)), loss, optax.adamw(1e-4), *batch)


def gpt_prefill() -> Program:
    """A prompt of 64 words into empty caches."""
    start = jnp.zeros((), jnp.int32)
    words = tokens(1, _WORDS, 1, _PROMPT)
    return inference(Decoder(rngs=nnx.Rngs(0)), words, empty_caches(), start)


def gpt_decode() -> Program:
    """One word after 64."""
    filled = tuple(
        (normal(2 * i, *_cache_shape()), normal(2 * i + 1, *_cache_shape()))
        for i in range(_GPT_LAYERS)
    )
    words, position = tokens(1, _WORDS, 1, 1), jnp.asarray(_PROMPT, jnp.int32)
    return inference(Decoder(rngs=nnx.Rngs(0)), words, filled, position)


def empty_caches() -> tuple[Cache, ...]:
    """Room for 128 words."""
    zeros = jnp.zeros(_cache_shape(), jnp.float32)
    return ((zeros, zeros),) * _GPT_LAYERS


def _cache_shape() -> tuple[int, ...]:
    width, heads, _ = _GPT
    return (1, _CACHE, heads, width // heads)


def _written(cache: jax.Array, new: jax.Array, position: jax.Array) -> jax.Array:
    return jax.lax.dynamic_update_slice_in_dim(cache, new, position, axis=1)
