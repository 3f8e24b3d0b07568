"""Sizes of vision models, whatever framework they are written in. Imports nothing."""

from typing import Final

NUM_CLASSES: Final = 1000
# MobileNetV2's inverted residuals: expansion, channels, blocks, stride of the first.
INVERTED_RESIDUALS: Final = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
