"""A regressor of three dense layers, as mlopt/bench/models/mlp.py has it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from mlopt.bench.peers.torch_models.building import TorchProgram, program

_SIZES = (128, 512, 512, 256)


class Regressor(nn.Module):
    """128 features, 512-512-256 hidden units, one number."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.ModuleList([nn.Linear(m, n) for m, n in pairwise(_SIZES)])
        self.output = nn.Linear(_SIZES[-1], 1)

    def forward(self, x: Any) -> Any:
        """(batch, 128) -> (batch, 1)."""
        for layer in self.hidden:
            x = F.relu(layer(x))
        return self.output(x)


def mlp_regressor(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of the features."""
    return program(Regressor(), weights, (torch.tensor(inputs[0]),))
