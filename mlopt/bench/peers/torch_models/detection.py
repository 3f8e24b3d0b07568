"""The single-shot detector, as mlopt/bench/models/detection.py has it."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from mlopt.bench.peers.torch_models.building import TorchProgram, image_program
from mlopt.bench.peers.torch_models.vision import Convolution

_CLASSES = 20
_ANCHORS = 6
# Width and height of each anchor, in cells.
_SHAPES = ((1, 1), (2, 2), (2, 1), (1, 2), (3, 1.5), (1.5, 3))
_WIDTHS = (32, 64, 128, 128, 256)
# Edge of the feature maps that have heads.
_MAPS = (8, 4)


class Heads(nn.Module):
    """Class scores and box offsets for every anchor of a feature map."""

    def __init__(self, features: int, size: int) -> None:
        super().__init__()
        scores = _ANCHORS * (_CLASSES + 1)
        self.scores = nn.Conv2d(features, scores, 3, padding=1)
        self.offsets = nn.Conv2d(features, _ANCHORS * 4, 3, padding=1)
        self.register_buffer("anchors", anchors(size), persistent=False)

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Boxes (batch, anchors, 4) and probabilities (batch, anchors, 21)."""
        # Views, where channels are last in memory.
        scores = self.scores(x).permute(0, 2, 3, 1)
        offsets = self.offsets(x).permute(0, 2, 3, 1)
        scores = scores.reshape(x.shape[0], -1, _CLASSES + 1)
        boxes = decode(offsets.reshape(x.shape[0], -1, 4), self.anchors)
        return boxes, F.softmax(scores, dim=-1)


class Detector(nn.Module):
    """Five strided convolutions; the last two maps, 8x8 and 4x4, have heads."""

    def __init__(self) -> None:
        super().__init__()
        self.stages = nn.ModuleList(
            [Convolution(pair, 3, stride=2) for pair in pairwise((3, *_WIDTHS))]
        )
        heads = zip(_WIDTHS[-2:], _MAPS, strict=True)
        self.heads = nn.ModuleList([Heads(width, size) for width, size in heads])

    def forward(self, image: Any) -> tuple[Any, Any]:
        """(batch, 3, 128, 128) -> boxes (batch, n, 4), probabilities (batch, n, 21)."""
        maps, x = [], image
        for stage in self.stages:
            x = F.relu(stage(x))
            maps.append(x)
        found = [head(x) for head, x in zip(self.heads, maps[-2:], strict=True)]
        boxes, scores = zip(*found, strict=True)
        return torch.cat(boxes, 1), torch.cat(scores, 1)


def anchors(size: int) -> Any:
    """Centre and extent of every anchor of a map, in parts of the image: (n, 4)."""
    centres = (torch.arange(size, dtype=torch.float32) + 0.5) / size
    down, right = torch.meshgrid(centres, centres, indexing="ij")
    grid = torch.stack((right, down), -1).reshape(-1, 1, 2)
    shapes = torch.tensor(_SHAPES) / size
    centred = grid.expand(-1, _ANCHORS, -1)
    return torch.cat((centred, shapes.expand_as(centred)), -1).reshape(-1, 4)


def decode(offsets: Any, anchor: Any) -> Any:
    """Corners (left, top, right, bottom) of boxes given as offsets from anchors."""
    centre = anchor[:, :2] + 0.1 * offsets[..., :2] * anchor[:, 2:]
    extent = anchor[:, 2:] * torch.exp(0.2 * offsets[..., 2:])
    return torch.cat((centre - extent / 2, centre + extent / 2), -1)


def detector(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of an image."""
    return image_program(Detector(), weights, inputs[0])
