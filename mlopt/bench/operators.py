"""The operators of the CPU benchmark, with the shapes they have in JAX models.

`mlopt/bench/operators.py:NAME` is a program for every NAME of `OPERATORS`. Imports jax
only when one is built.
"""

from collections.abc import Mapping
from typing import Final

from mlopt.bench.operator_kinds import (
    Factory,
    Operator,
    adam,
    add_relu,
    argmax,
    attention,
    convolution,
    dense,
    einsum,
    elementwise,
    embedding,
    layer_norm,
    lstm_gates,
    matmul,
    over_rows,
    pool,
    residual,
    rms_norm,
    sum_along,
    transpose,
)

OPERATORS: Final[Mapping[str, Operator]] = {
    # Plain products: square, wide, deep, flat, tall, odd.
    "matmul_256x256x256": matmul(256, 256, 256),
    "matmul_256x1024x256": matmul(256, 1024, 256),
    "matmul_256x256x1024": matmul(256, 256, 1024),
    "matmul_512x1024x1024": matmul(512, 1024, 1024),
    "matmul_64x3072x768": matmul(64, 3072, 768),
    "matmul_256x1000x256": matmul(256, 1000, 256),
    "matmul_128x1000x2048": matmul(128, 1000, 2048),
    "matmul_127x509x251": matmul(127, 509, 251),
    "matmul_16x2048x512": matmul(16, 2048, 512),
    "matmul_4096x64x64": matmul(4096, 64, 64),
    "matmul_32x5000x512": matmul(32, 5000, 512),
    "matmul_1x4096x1024": matmul(1, 4096, 1024),
    "matrix_vector_4096x1024": einsum("matmul", "nk,k->n", (4096, 1024), (1024,)),
    # As layers have them, forward and backward.
    "dense_relu_1024x1024x1024": dense(1024, 1024, 1024, "relu"),
    "dense_gelu_128x3072x768": dense(128, 3072, 768, "gelu"),
    "dense_residual_128x768x3072": residual(128, 768, 3072),
    "dense_relu_64x512x128": dense(64, 512, 128, "relu"),
    "input_gradient_128x768x3072": einsum(
        "matmul", "mk,nk->mn", (128, 3072), (768, 3072)
    ),
    "weight_gradient_768x3072x128": einsum(
        "matmul", "km,kn->mn", (128, 768), (128, 3072)
    ),
    "scores_12x128x128x64": einsum(
        "batch matmul", "bmk,bnk->bmn", (12, 128, 64), (12, 128, 64)
    ),
    "values_12x128x64x128": einsum(
        "batch matmul", "bmk,bkn->bmn", (12, 128, 128), (12, 128, 64)
    ),
    "batch_matmul_8x64x256x64": einsum(
        "batch matmul", "bmk,bkn->bmn", (8, 64, 64), (8, 64, 256)
    ),
    # Narrow types, as the user wrote them.
    "matmul_bf16_256x1024x256": matmul(256, 1024, 256, "bfloat16"),
    "matmul_int8_256x1024x256": matmul(256, 1024, 256, "int8"),
    # ResNet's and MobileNet's.
    "conv7x7s2_224_3_64": convolution(224, (3, 64), 7, stride=2),
    "conv3x3_56_64_64": convolution(56, (64, 64), 3),
    "conv3x3_28_128_128": convolution(28, (128, 128), 3),
    "conv3x3_14_256_256": convolution(14, (256, 256), 3),
    "conv3x3_7_512_512": convolution(7, (512, 512), 3),
    "conv3x3s2_56_64_128": convolution(56, (64, 128), 3, stride=2),
    "conv1x1_56_64_256": convolution(56, (64, 256), 1),
    "conv1x1_14_256_1024": convolution(14, (256, 1024), 1),
    "conv1x1s2_56_64_128": convolution(56, (64, 128), 1, stride=2),
    "conv3x3_relu_8x32_32_32": convolution(32, (32, 32), 3, batch=8, relu=True),
    "depthwise3x3_112_32": convolution(112, (32, 32), 3, groups=32),
    "depthwise3x3s2_112_96": convolution(112, (96, 96), 3, stride=2, groups=96),
    "max_pool3x3s2_112_64": pool((1, 112, 112, 64), "max"),
    "global_average_7_512": pool((8, 7, 7, 512), "average"),
    # Sums, softmax and norms.
    "row_sum_1024x1024": sum_along((1024, 1024), 1),
    "column_sum_1024x1024": sum_along((1024, 1024), 0),
    "argmax_128x5000": argmax((128, 5000)),
    "softmax_1024x1024": over_rows("softmax", (1024, 1024)),
    "softmax_12x128x128": over_rows("softmax", (12, 128, 128)),
    "logsumexp_512x5000": over_rows("logsumexp", (512, 5000)),
    "layer_norm_512x768": layer_norm(512, 768),
    "rms_norm_512x768": rms_norm(512, 768),
    # Attention: an encoder, a decoder's prefill, one token of it.
    "attention_12x128x64": attention(12, 128, 128, 64),
    "attention_12x512x64": attention(12, 512, 512, 64),
    "causal_attention_8x256x64": attention(8, 256, 256, 64, causal=True),
    "attention_8x1x512x64": attention(8, 1, 512, 64),
    # Memory and little else.
    "transpose_1024x1024": transpose((1024, 1024), (1, 0)),
    "split_heads_128x12x64": transpose((128, 12, 64), (1, 0, 2)),
    "embedding_5000x512_512": embedding(5000, 512, 512),
    "gelu_1024x3072": elementwise("gelu", (1024, 3072)),
    "add_relu_56_256": add_relu((1, 56, 56, 256)),
    "lstm_gates_16x512": lstm_gates(16, 512),
    "adam_1000000": adam(1_000_000),
}


def __getattr__(name: str) -> Factory:
    """The program of an operator."""
    if name in OPERATORS:
        return OPERATORS[name].build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
