"""A small single-shot detector (Liu et al., ECCV 2016) on images of 128x128."""

from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from mlopt.bench.models.building import Program, inference, normal
from mlopt.bench.models.vision import Convolution

_SIZE = 128
_CLASSES = 20
_ANCHORS = 6
# Width and height of each anchor, in cells.
_SHAPES = np.array(
    [(1, 1), (2, 2), (2, 1), (1, 2), (3, 1.5), (1.5, 3)], dtype=np.float32
)
_WIDTHS = (32, 64, 128, 128, 256)


class Heads(nnx.Module):
    """Class scores and box offsets for every anchor of a feature map."""

    def __init__(self, features: int, *, rngs: nnx.Rngs) -> None:
        scores = _ANCHORS * (_CLASSES + 1)
        self.scores = nnx.Conv(features, scores, (3, 3), rngs=rngs)
        self.offsets = nnx.Conv(features, _ANCHORS * 4, (3, 3), rngs=rngs)

    def __call__(self, x: jax.Array) -> tuple[jax.Array, jax.Array]:
        """Boxes (batch, anchors, 4) and probabilities (batch, anchors, 21)."""
        batch, size, _, _ = x.shape
        scores = self.scores(x).reshape(batch, -1, _CLASSES + 1)
        offsets = self.offsets(x).reshape(batch, -1, 4)
        return decode(offsets, anchors(size)), jax.nn.softmax(scores, axis=-1)


class Detector(nnx.Module):
    """Five strided convolutions; the last two maps, 8x8 and 4x4, have heads."""

    def __init__(self, *, rngs: nnx.Rngs) -> None:
        widths = (3, *_WIDTHS)
        self.stages = nnx.List(
            [Convolution((m, n), 3, stride=2, rngs=rngs) for m, n in pairwise(widths)]
        )
        self.heads = nnx.List([Heads(width, rngs=rngs) for width in _WIDTHS[-2:]])

    def __call__(self, image: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(batch, 128, 128, 3) -> boxes (batch, n, 4), probabilities (batch, n, 21)."""
        maps, x = [], image
        for stage in self.stages:
            x = jax.nn.relu(stage(x))
            maps.append(x)
        found = [head(x) for head, x in zip(self.heads, maps[-2:], strict=True)]
        boxes, scores = zip(*found, strict=True)
        return jnp.concatenate(boxes, axis=1), jnp.concatenate(scores, axis=1)


def anchors(size: int) -> np.ndarray:
    """Centre and extent of every anchor of a map, in parts of the image: (n, 4)."""
    centres = (np.arange(size, dtype=np.float32) + 0.5) / size
    grid = np.stack(np.meshgrid(centres, centres), axis=-1).reshape(-1, 1, 2)
    shapes = np.broadcast_to(_SHAPES / size, (size * size, _ANCHORS, 2))
    centred = np.broadcast_to(grid, shapes.shape)
    return np.concatenate([centred, shapes], axis=-1).reshape(-1, 4)


def decode(offsets: jax.Array, anchor: np.ndarray) -> jax.Array:
    """Corners (left, top, right, bottom) of boxes given as offsets from anchors."""
    centre = anchor[:, :2] + 0.1 * offsets[..., :2] * anchor[:, 2:]
    extent = anchor[:, 2:] * jnp.exp(0.2 * offsets[..., 2:])
    return jnp.concatenate([centre - extent / 2, centre + extent / 2], axis=-1)


def detector() -> Program:
    """One image."""
    return inference(Detector(rngs=nnx.Rngs(0)), normal(1, 1, _SIZE, _SIZE, 3))
