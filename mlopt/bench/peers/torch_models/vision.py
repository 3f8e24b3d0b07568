"""Image classifiers, as mlopt/bench/models/vision.py has them."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from torch import nn
from torch.nn import functional as F  # noqa: N812

from mlopt.bench.models.architectures import INVERTED_RESIDUALS, NUM_CLASSES
from mlopt.bench.peers.torch_models.building import TorchProgram, image_program


class Convolution(nn.Module):
    """A convolution without bias, then batch normalisation."""

    def __init__(
        self,
        features: tuple[int, int],
        kernel: int,
        *,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(
            *features, kernel, stride, kernel // 2, groups=groups, bias=False
        )
        self.norm = nn.BatchNorm2d(features[1])

    def forward(self, x: Any) -> Any:
        """(batch, features, height, width)."""
        return self.norm(self.convolution(x))


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, features: tuple[int, int], *, stride: int) -> None:
        super().__init__()
        self.first = Convolution(features, 3, stride=stride)
        self.second = Convolution((features[1], features[1]), 3)
        is_same = stride == 1 and features[0] == features[1]
        self.shortcut = None if is_same else Convolution(features, 1, stride=stride)

    def forward(self, x: Any) -> Any:
        """(batch, features, height, width)."""
        around = x if self.shortcut is None else self.shortcut(x)
        return F.relu(around + self.second(F.relu(self.first(x))))


class ResNet18(nn.Module):
    """Eight residual blocks in four stages."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution((3, 64), 7, stride=2)
        blocks, width = [], 64
        for stage, features in enumerate((64, 128, 256, 512)):
            for block in range(2):
                stride = 2 if stage and not block else 1
                blocks.append(ResidualBlock((width, features), stride=stride))
                width = features
        self.blocks = nn.ModuleList(blocks)
        self.head = nn.Linear(width, NUM_CLASSES)

    def forward(self, image: Any) -> Any:
        """(batch, 3, 224, 224) -> logits (batch, 1000)."""
        x = F.max_pool2d(F.relu(self.stem(image)), 3, 2, 1)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean((2, 3)))


class InvertedResidual(nn.Module):
    """1x1 to many channels, 3x3 on each of them alone, 1x1 back to few."""

    def __init__(
        self, features: tuple[int, int], *, expansion: int, stride: int
    ) -> None:
        super().__init__()
        wide = features[0] * expansion
        self.expand = Convolution((features[0], wide), 1) if expansion > 1 else None
        self.depthwise = Convolution((wide, wide), 3, stride=stride, groups=wide)
        self.project = Convolution((wide, features[1]), 1)
        self.is_residual = stride == 1 and features[0] == features[1]

    def forward(self, x: Any) -> Any:
        """(batch, features, height, width)."""
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.is_residual else y


class MobileNetV2(nn.Module):
    """17 inverted residuals."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = Convolution((3, 32), 3, stride=2)
        blocks, width = [], 32
        for expansion, features, repeats, stride in INVERTED_RESIDUALS:
            make = partial(InvertedResidual, expansion=expansion)
            for block in range(repeats):
                blocks.append(make((width, features), stride=1 if block else stride))
                width = features
        self.blocks = nn.ModuleList(blocks)
        self.top = Convolution((width, 1280), 1)
        self.head = nn.Linear(1280, NUM_CLASSES)

    def forward(self, image: Any) -> Any:
        """(batch, 3, 224, 224) -> logits (batch, 1000)."""
        x = F.relu6(self.stem(image))
        for block in self.blocks:
            x = block(x)
        return self.head(F.relu6(self.top(x)).mean((2, 3)))


class SmallClassifier(nn.Module):
    """Convolutions 32-32-64-64 with pooling after each two, a dense layer of 256."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 32, 32, 64, 64)
        self.convolutions = nn.ModuleList(
            [nn.Conv2d(m, n, 3, padding=1) for m, n in pairwise(widths)]
        )
        self.dense = nn.Linear(8 * 8 * 64, 256)
        self.head = nn.Linear(256, 10)

    def forward(self, image: Any) -> Any:
        """(batch, 3, 32, 32) -> logits (batch, 10)."""
        x = image
        for number, convolution in enumerate(self.convolutions):
            x = F.relu(convolution(x))
            if number % 2:
                x = F.max_pool2d(x, 2)
        return self.head(F.relu(self.dense(x.flatten(1))))


def resnet18(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of an image."""
    return image_program(ResNet18(), weights, inputs[0])


def mobilenet_v2(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of an image."""
    return image_program(MobileNetV2(), weights, inputs[0])


def cnn(
    weights: Mapping[str, np.ndarray], inputs: Sequence[np.ndarray]
) -> TorchProgram:
    """Of a batch of images."""
    # The dense layer of flax reads rows of (8, 8, 64) values, PyTorch's (64, 8, 8).
    kernel = weights["dense.kernel"].reshape(8, 8, 64, -1).transpose(2, 0, 1, 3)
    kernel = kernel.reshape(8 * 8 * 64, -1)
    return image_program(
        SmallClassifier(), {**weights, "dense.kernel": kernel}, inputs[0]
    )
