"""Recurrent text generators, as mlopt/bench/models/text_generators.py has them.

With PyTorch's fused layers; that module has a cell in a loop.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from mlopt.bench.peers.torch_models.building import TorchProgram, program

_WORDS, _HIDDEN = 5000, 512


class TextGenerator(nn.Module):
    """Embedding, a recurrent layer, a logit for every word."""

    def __init__(self, layer: type[Any]) -> None:
        super().__init__()
        self.embedding = nn.Embedding(_WORDS, _HIDDEN)
        self.cell = layer(_HIDDEN, _HIDDEN, batch_first=True)
        self.output = nn.Linear(_HIDDEN, _WORDS)

    def forward(self, words: Any) -> Any:
        """(batch, steps) int64 -> logits (batch, steps, 5000)."""
        hidden, _ = self.cell(self.embedding(words))
        return self.output(hidden)


def lstm_generator(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of the words."""
    return program(TextGenerator(nn.LSTM), weights, _words(inputs))


def gru_generator(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of the words."""
    return program(TextGenerator(nn.GRU), weights, _words(inputs))


def _words(inputs: Sequence[np.ndarray]) -> tuple[Any]:
    return (torch.tensor(inputs[0], dtype=torch.int64),)
