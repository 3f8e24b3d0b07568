"""Transformers, as mlopt/bench/models/transformers.py has them.

Caches are (batch, heads, length, head), as PyTorch's attention reads them, and are
results beside the logits, which leaves those of the caller as they were: that is what
the JAX program does.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from mlopt.bench.peers.torch_models.building import TorchProgram, program

_BERT = (768, 12, 3072)  # width, heads, inner width
_GPT = (512, 8, 2048)
_GPT_LAYERS = 4
_WORDS = 5000
_CACHE = 128

Sizes = tuple[int, int, int]


class Attention(nn.Module):
    """Projections, and attention of queries to keys and values."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width, self.heads, _ = sizes
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def project(self, x: Any) -> tuple[Any, Any, Any]:
        """(batch, length, width) -> three of (batch, heads, length, head)."""
        shape = (x.shape[0], x.shape[1], self.heads, x.shape[2] // self.heads)
        query, key, value = (
            layer(x).view(shape).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        return query, key, value

    def attend(self, query: Any, key: Any, value: Any, mask: Any = None) -> Any:
        """Mask: (queries, keys), true where a query may look."""
        found = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        return self.output(found.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Two dense layers with a GELU between."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width, _, inner = sizes
        self.inner = nn.Linear(width, inner)
        self.output = nn.Linear(inner, width)

    def forward(self, x: Any) -> Any:
        """(batch, length, width)."""
        return self.output(F.gelu(self.inner(x)))


class BertLayer(nn.Module):
    """Attention and a feed-forward net, each followed by a norm."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = Attention(_BERT)
        self.attention_norm = nn.LayerNorm(_BERT[0], eps=1e-12)
        self.feed_forward = FeedForward(_BERT)
        self.output_norm = nn.LayerNorm(_BERT[0], eps=1e-12)

    def forward(self, x: Any) -> Any:
        """(batch, length, 768)."""
        x = self.attention_norm(x + self.attention.attend(*self.attention.project(x)))
        return self.output_norm(x + self.feed_forward(x))


class Encoder(nn.Module):
    """Two layers of BERT-base."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList([BertLayer() for _ in range(2)])

    def forward(self, x: Any) -> Any:
        """(batch, length, 768)."""
        for layer in self.layers:
            x = layer(x)
        return x


class DecoderLayer(nn.Module):
    """A norm before attention, and one before the feed-forward net."""

    def __init__(self) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(_GPT[0], eps=1e-6)
        self.attention = Attention(_GPT)
        self.feed_forward_norm = nn.LayerNorm(_GPT[0], eps=1e-6)
        self.feed_forward = FeedForward(_GPT)

    def forward(
        self, x: Any, keys: Any, values: Any, places: Any, mask: Any
    ) -> tuple[Any, Any, Any]:
        """Tokens at `places` look at the caches, which then hold them too."""
        query, key, value = self.attention.project(self.attention_norm(x))
        keys = keys.index_copy(2, places, key)
        values = values.index_copy(2, places, value)
        x = x + self.attention.attend(query, keys, values, mask)
        return x + self.feed_forward(self.feed_forward_norm(x)), keys, values


class Decoder(nn.Module):
    """Four layers between words and logits."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(_WORDS, _GPT[0])
        self.places = nn.Embedding(_CACHE, _GPT[0])
        self.layers = nn.ModuleList([DecoderLayer() for _ in range(_GPT_LAYERS)])
        self.norm = nn.LayerNorm(_GPT[0], eps=1e-6)
        self.output = nn.Linear(_GPT[0], _WORDS, bias=False)

    def forward(self, words: Any, position: Any, *caches: Any) -> tuple[Any, ...]:
        """Logits (batch, 5000) of the word after the last, and the caches.

        Args:
            words: (batch, length) int64, of which the first stands at `position`.
            caches: keys and values of each layer, in turn.
        """
        places = position + torch.arange(words.shape[1])
        mask = torch.arange(_CACHE) <= places[:, None]
        x = self.words(words) + self.places(places)
        updated = []
        for number, layer in enumerate(self.layers):
            pair = caches[2 * number : 2 * number + 2]
            x, keys, values = layer(x, *pair, places, mask)
            updated += [keys, values]
        return (self.output(self.norm(x[:, -1])), *updated)


def bert_layers(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of a sequence."""
    return program(Encoder(), weights, (torch.tensor(inputs[0]),))


def gpt_prefill(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of words, keys and values of each layer, and a position."""
    words, *caches, position = inputs
    heads_first = [np.ascontiguousarray(x.transpose(0, 2, 1, 3)) for x in caches]
    tensors = (
        torch.tensor(words, dtype=torch.int64),
        torch.tensor(int(position)),
        *map(torch.tensor, heads_first),
    )
    return program(Decoder(), weights, tensors, _caches_back)


gpt_decode = gpt_prefill


def _caches_back(outputs: Sequence[np.ndarray]) -> list[np.ndarray]:
    logits, *caches = outputs
    return [logits, *(x.transpose(0, 2, 1, 3) for x in caches)]
