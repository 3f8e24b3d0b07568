"""Image classifiers: ResNet-18, MobileNetV2 and a small network that is trained.

The first two are as published (He et al., CVPR 2016; Sandler et al., CVPR 2018), batch
normalisation in inference mode.
"""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from mlopt.bench.models.architectures import INVERTED_RESIDUALS, NUM_CLASSES
from mlopt.bench.models.building import (
    Program,
    cross_entropy,
    inference,
    normal,
    tokens,
    training_step,
)


class Convolution(nnx.Module):
    """A convolution without bias, then batch normalisation."""

    def __init__(
        self,
        features: tuple[int, int],
        kernel: int,
        *,
        stride: int = 1,
        groups: int = 1,
        rngs: nnx.Rngs,
    ) -> None:
        self.convolution = nnx.Conv(
            *features,
            (kernel, kernel),
            stride,
            # As PyTorch pads, so that both sides of an even image get the same.
            padding=kernel // 2,
            feature_group_count=groups,
            use_bias=False,
            rngs=rngs,
        )
        self.norm = nnx.BatchNorm(features[1], use_running_average=True, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, height, width, features)."""
        return self.norm(self.convolution(x))


class ResidualBlock(nnx.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(
        self, features: tuple[int, int], *, stride: int, rngs: nnx.Rngs
    ) -> None:
        inner = (features[1], features[1])
        self.first = Convolution(features, 3, stride=stride, rngs=rngs)
        self.second = Convolution(inner, 3, rngs=rngs)
        is_same = stride == 1 and features[0] == features[1]
        self.shortcut = (
            None if is_same else Convolution(features, 1, stride=stride, rngs=rngs)
        )

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, height, width, features)."""
        around = x if self.shortcut is None else self.shortcut(x)
        return jax.nn.relu(around + self.second(jax.nn.relu(self.first(x))))


class ResNet18(nnx.Module):
    """Eight residual blocks in four stages."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.stem = Convolution((3, 64), 7, stride=2, rngs=rngs)
        blocks, width = [], 64
        for stage, features in enumerate((64, 128, 256, 512)):
            for block in range(2):
                stride = 2 if stage and not block else 1
                blocks.append(
                    ResidualBlock((width, features), stride=stride, rngs=rngs)
                )
                width = features
        self.blocks = nnx.List(blocks)
        self.head = nnx.Linear(width, NUM_CLASSES, rngs=rngs)

    def __call__(self, image: jax.Array) -> jax.Array:
        """(batch, 224, 224, 3) -> logits (batch, 1000)."""
        x = jax.nn.relu(self.stem(image))
        # flax takes numbers too, which its annotation leaves out.
        padding: Any = ((1, 1), (1, 1))
        x = nnx.max_pool(x, (3, 3), (2, 2), padding=padding)
        for block in self.blocks:
            x = block(x)
        return self.head(jnp.mean(x, axis=(1, 2)))


class InvertedResidual(nnx.Module):
    """1x1 to many channels, 3x3 on each of them alone, 1x1 back to few."""

    def __init__(
        self,
        features: tuple[int, int],
        *,
        expansion: int,
        stride: int,
        rngs: nnx.Rngs,
    ) -> None:
        wide = features[0] * expansion
        self.expand = (
            Convolution((features[0], wide), 1, rngs=rngs) if expansion > 1 else None
        )
        self.depthwise = Convolution(
            (wide, wide), 3, stride=stride, groups=wide, rngs=rngs
        )
        self.project = Convolution((wide, features[1]), 1, rngs=rngs)
        self.is_residual = stride == 1 and features[0] == features[1]

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, height, width, features)."""
        y = x if self.expand is None else jax.nn.relu6(self.expand(x))
        y = self.project(jax.nn.relu6(self.depthwise(y)))
        return x + y if self.is_residual else y


class MobileNetV2(nnx.Module):
    """17 inverted residuals."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        self.stem = Convolution((3, 32), 3, stride=2, rngs=rngs)
        blocks, width = [], 32
        for expansion, features, repeats, stride in INVERTED_RESIDUALS:
            for block in range(repeats):
                make = partial(InvertedResidual, expansion=expansion, rngs=rngs)
                blocks.append(make((width, features), stride=1 if block else stride))
                width = features
        self.blocks = nnx.List(blocks)
        self.top = Convolution((width, 1280), 1, rngs=rngs)
        self.head = nnx.Linear(1280, NUM_CLASSES, rngs=rngs)

    def __call__(self, image: jax.Array) -> jax.Array:
        """(batch, 224, 224, 3) -> logits (batch, 1000)."""
        x = jax.nn.relu6(self.stem(image))
        for block in self.blocks:
            x = block(x)
        return self.head(jnp.mean(jax.nn.relu6(self.top(x)), axis=(1, 2)))


class SmallClassifier(nnx.Module):
    """Convolutions 32-32-64-64 with pooling after each two, a dense layer of 256."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        widths = (3, 32, 32, 64, 64)
        self.convolutions = nnx.List(
            [nnx.Conv(m, n, (3, 3), rngs=rngs) for m, n in pairwise(widths)]
        )
        self.dense = nnx.Linear(8 * 8 * 64, 256, rngs=rngs)
        self.head = nnx.Linear(256, 10, rngs=rngs)

    def __call__(self, image: jax.Array) -> jax.Array:
        """(batch, 32, 32, 3) -> logits (batch, 10)."""
        x = image
        for number, convolution in enumerate(self.convolutions):
            x = jax.nn.relu(convolution(x))
            if number % 2:
                x = nnx.max_pool(x, (2, 2), (2, 2))
        x = jax.nn.relu(self.dense(x.reshape(x.shape[0], -1)))
        return self.head(x)


def resnet18() -> Program:
    """One image."""
    return inference(ResNet18(rngs=nnx.Rngs(0)), _images(1, 224))


def mobilenet_v2() -> Program:
    """One image."""
    return inference(MobileNetV2(rngs=nnx.Rngs(0)), _images(1, 224))


def cnn() -> Program:
    """A batch of 8."""
    return inference(SmallClassifier(rngs=nnx.Rngs(0)), _images(8, 32))


def cnn_training_step() -> Program:
    """Cross entropy, gradient descent with momentum."""

    def loss(model: SmallClassifier, image: jax.Array, label: jax.Array) -> jax.Array:
        return cross_entropy(model(image), label)

    batch: Sequence[jax.Array] = (_images(8, 32), tokens(2, 10, 8))
    model = SmallClassifier(rngs=nnx.Rngs(0))
    return training_step(model, loss, optax.sgd(0.05, momentum=0.9), *batch)


def _images(batch: int, size: int) -> jax.Array:
    return normal(1, batch, size, size, 3)
