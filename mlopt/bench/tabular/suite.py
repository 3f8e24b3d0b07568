"""The workloads of the table, and those that a model may be trained on.

`mlopt/bench/tabular/suite.py:NAME` is a program for every NAME of either. No shape is
in both, and the kinds in `UNSEEN` are in the table alone: what is learnt from the one
is general only where it holds on the other. Imports jax only when one is built.
"""

from collections.abc import Mapping
from typing import Final

from mlopt.bench.operator_kinds import (
    Factory,
    Operator,
    adam,
    add_relu,
    convolution,
    dense,
    einsum,
    elementwise,
    layer_norm,
    lstm_gates,
    matmul,
    residual,
    rms_norm,
    sum_along,
    transpose,
)
from mlopt.bench.operators import OPERATORS

# Kinds of operator that nothing is trained on.
UNSEEN: Final = frozenset({"batch matmul", "depthwise", "softmax", "pooling"})

_TABLED: Final = (
    "matmul_256x256x256",
    "matmul_256x1024x256",
    "matmul_64x3072x768",
    "matmul_256x1000x256",
    "matmul_127x509x251",
    "matmul_16x2048x512",
    "matmul_4096x64x64",
    "matmul_32x5000x512",
    "dense_gelu_128x3072x768",
    "dense_residual_128x768x3072",
    "input_gradient_128x768x3072",
    "scores_12x128x128x64",
    "values_12x128x64x128",
    "batch_matmul_8x64x256x64",
    "conv3x3_56_64_64",
    "conv3x3_14_256_256",
    "conv3x3s2_56_64_128",
    "conv1x1_56_64_256",
    "conv3x3_relu_8x32_32_32",
    "depthwise3x3_112_32",
    "depthwise3x3s2_112_96",
    "max_pool3x3s2_112_64",
    "row_sum_1024x1024",
    "column_sum_1024x1024",
    "softmax_1024x1024",
    "softmax_12x128x128",
    "layer_norm_512x768",
    "rms_norm_512x768",
    "split_heads_128x12x64",
    "gelu_1024x3072",
)
TABLED: Final[Mapping[str, Operator]] = {name: OPERATORS[name] for name in _TABLED}

TRAINING: Final[Mapping[str, Operator]] = {
    "matmul_128x128x128": matmul(128, 128, 128),
    "matmul_384x768x384": matmul(384, 768, 384),
    "matmul_64x1024x1024": matmul(64, 1024, 1024),
    "matmul_512x512x256": matmul(512, 512, 256),
    "matmul_48x2304x768": matmul(48, 2304, 768),
    "matmul_200x300x400": matmul(200, 300, 400),
    "matmul_113x307x611": matmul(113, 307, 611),
    "matmul_8x1024x1024": matmul(8, 1024, 1024),
    "matmul_24x4096x256": matmul(24, 4096, 256),
    "matmul_2048x96x96": matmul(2048, 96, 96),
    "matmul_1024x32x256": matmul(1024, 32, 256),
    "matmul_96x10000x128": matmul(96, 10000, 128),
    "dense_relu_96x1536x384": dense(96, 1536, 384, "relu"),
    "dense_tanh_256x640x320": dense(256, 640, 320, "tanh"),
    "dense_gelu_64x2048x512": dense(64, 2048, 512, "gelu"),
    "residual_192x512x2048": residual(192, 512, 2048),
    "input_gradient_96x512x1024": einsum(
        "matmul", "mk,nk->mn", (96, 1024), (512, 1024)
    ),
    "weight_gradient_512x1024x64": einsum("matmul", "km,kn->mn", (64, 512), (64, 1024)),
    "conv3x3_48_48_48": convolution(48, (48, 48), 3),
    "conv3x3_24_96_96": convolution(24, (96, 96), 3),
    "conv3x3_10_320_320": convolution(10, (320, 320), 3),
    "conv3x3s2_40_80_160": convolution(40, (80, 160), 3, stride=2),
    "conv5x5_32_32_64": convolution(32, (32, 64), 5),
    "conv1x1_40_96_192": convolution(40, (96, 192), 1),
    "conv1x1_20_192_768": convolution(20, (192, 768), 1),
    "conv3x3_relu_4x24_48_48": convolution(24, (48, 48), 3, batch=4, relu=True),
    "row_sum_768x2048": sum_along((768, 2048), 1),
    "column_sum_512x1536": sum_along((512, 1536), 0),
    "layer_norm_256x1024": layer_norm(256, 1024),
    "rms_norm_384x1280": rms_norm(384, 1280),
    "transpose_heads_96x8x48": transpose((96, 8, 48), (1, 0, 2)),
    "transpose_768x512": transpose((768, 512), (1, 0)),
    "silu_512x2048": elementwise("silu", (512, 2048)),
    "add_relu_28_320": add_relu((1, 28, 28, 320)),
    "lstm_gates_32x384": lstm_gates(32, 384),
    "adam_300000": adam(300_000),
}


def __getattr__(name: str) -> Factory:
    """The program of a workload."""
    for each in (TABLED, TRAINING):
        if name in each:
            return each[name].build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
