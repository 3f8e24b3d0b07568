"""The operators of the CPU benchmark, with the shapes they have in JAX models.

`mlopt/bench/operators.py:NAME` is a program for every NAME of `OPERATORS`. Imports jax
only when one is built.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import jax

# What it computes, given its arrays.
Function = Callable[..., Any]
Factory = Callable[[], tuple[Function, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """One operator on arrays of given shapes.

    Attributes:
        family: what kind of operator; rows of one family stand together.
        make: gives the function; called when jax may be imported.
        arrays: shape and dtype of each argument. Integers count up from 0 modulo the
            number that stands in place of a dtype, floats are normal.
    """

    family: str
    make: Callable[[], Function]
    arrays: Sequence[tuple[tuple[int, ...], str | int]]

    def build(self) -> tuple[Function, tuple[Any, ...]]:
        """(callable, args), the same values every time."""
        import jax

        keys = jax.random.split(jax.random.key(0), len(self.arrays))
        arrays = zip(keys, self.arrays, strict=True)
        return self.make(), tuple(_array(key, *array) for key, array in arrays)


def _array(key: "jax.Array", shape: tuple[int, ...], dtype: str | int) -> Any:
    import jax
    import jax.numpy as jnp

    if isinstance(dtype, int):
        return jax.random.randint(key, shape, 0, dtype, jnp.int32)
    if dtype == "int8":
        return jax.random.randint(key, shape, -127, 128, jnp.int8)
    return jax.random.normal(key, shape, jnp.float32).astype(dtype)


def _f32(*shapes: tuple[int, ...]) -> list[tuple[tuple[int, ...], str | int]]:
    return [(shape, "float32") for shape in shapes]


def _matmul(m: int, n: int, k: int, dtype: str = "float32") -> Operator:
    def make() -> Function:
        import jax.numpy as jnp

        result = jnp.int32 if dtype == "int8" else jnp.float32
        return lambda x, w: jnp.matmul(x, w, preferred_element_type=result)

    return Operator(
        family="matmul", make=make, arrays=[((m, k), dtype), ((k, n), dtype)]
    )


def _dense(m: int, n: int, k: int, activation: str) -> Operator:
    """With bias and activation, as a dense layer has them."""

    def make() -> Function:
        import jax

        act = getattr(jax.nn, activation)
        return lambda x, w, b: act(x @ w + b)

    return Operator(family="matmul", make=make, arrays=_f32((m, k), (k, n), (n,)))


def _einsum(
    family: str, subscripts: str, *shapes: tuple[int, ...], dtype: str = "float32"
) -> Operator:
    def make() -> Function:
        import jax.numpy as jnp

        return lambda *arrays: jnp.einsum(subscripts, *arrays)

    return Operator(
        family=family, make=make, arrays=[(shape, dtype) for shape in shapes]
    )


def _residual(m: int, n: int, k: int) -> Operator:
    def make() -> Function:
        return lambda x, w, b, y: y + (x @ w + b)

    return Operator(
        family="matmul", make=make, arrays=_f32((m, k), (k, n), (n,), (m, n))
    )


def _convolution(
    size: int,
    features: tuple[int, int],
    kernel: int,
    *,
    stride: int = 1,
    batch: int = 1,
    groups: int = 1,
    relu: bool = False,
) -> Operator:
    """Channels last, `SAME` padding; as many groups as features is depthwise."""

    def make() -> Function:
        import jax

        def convolve(x: "jax.Array", w: "jax.Array") -> "jax.Array":
            y = jax.lax.conv_general_dilated(
                x,
                w,
                (stride, stride),
                "SAME",
                dimension_numbers=("NHWC", "HWIO", "NHWC"),
                feature_group_count=groups,
            )
            return jax.nn.relu(y) if relu else y

        return convolve

    family = "convolution" if groups == 1 else "depthwise"
    filters = (kernel, kernel, features[0] // groups, features[1])
    return Operator(
        family=family, make=make, arrays=_f32((batch, size, size, features[0]), filters)
    )


def _pool(shape: tuple[int, ...], what: str) -> Operator:
    def make() -> Function:
        import jax.numpy as jnp
        from flax import linen

        if what == "max":
            return lambda x: linen.max_pool(x, (3, 3), (2, 2), "SAME")
        return lambda x: jnp.mean(x, axis=(1, 2))

    return Operator(family="pooling", make=make, arrays=_f32(shape))


def _over_rows(function: str, shape: tuple[int, ...]) -> Operator:
    """A function of jax.nn along the last axis."""

    def make() -> Function:
        import jax

        return lambda x: getattr(jax.nn, function)(x, axis=-1)

    return Operator(family="softmax", make=make, arrays=_f32(shape))


def _sum(shape: tuple[int, ...], axis: int) -> Operator:
    def make() -> Function:
        return lambda x: x.sum(axis)

    return Operator(family="reduction", make=make, arrays=_f32(shape))


def _argmax(shape: tuple[int, ...]) -> Operator:
    def make() -> Function:
        return lambda x: x.argmax(-1)

    return Operator(family="reduction", make=make, arrays=_f32(shape))


def _layer_norm(rows: int, width: int) -> Operator:
    def make() -> Function:
        import jax

        def norm(x: "jax.Array", scale: "jax.Array", bias: "jax.Array") -> "jax.Array":
            mean = x.mean(-1, keepdims=True)
            return (x - mean) * jax.lax.rsqrt(
                x.var(-1, keepdims=True) + 1e-6
            ) * scale + bias

        return norm

    return Operator(
        family="norm", make=make, arrays=_f32((rows, width), (width,), (width,))
    )


def _rms_norm(rows: int, width: int) -> Operator:
    def make() -> Function:
        import jax

        def norm(x: "jax.Array", scale: "jax.Array") -> "jax.Array":
            square = (x * x).mean(-1, keepdims=True)
            return x * jax.lax.rsqrt(square + 1e-6) * scale

        return norm

    return Operator(family="norm", make=make, arrays=_f32((rows, width), (width,)))


def _attention(
    heads: int, queries: int, keys: int, width: int, *, causal: bool = False
) -> Operator:
    """(batch 1, length, heads, width), as jax.nn.dot_product_attention takes it."""

    def make() -> Function:
        import jax

        def attend(q: "jax.Array", k: "jax.Array", v: "jax.Array") -> "jax.Array":
            return jax.nn.dot_product_attention(q, k, v, is_causal=causal)

        return attend

    key = (1, keys, heads, width)
    return Operator(
        family="attention", make=make, arrays=_f32((1, queries, heads, width), key, key)
    )


def _transpose(shape: tuple[int, ...], axes: tuple[int, ...]) -> Operator:
    def make() -> Function:
        return lambda x: x.transpose(axes)

    return Operator(family="data movement", make=make, arrays=_f32(shape))


def _embedding(words: int, width: int, tokens: int) -> Operator:
    def make() -> Function:
        return lambda table, ids: table[ids]

    return Operator(
        family="data movement",
        make=make,
        arrays=[((words, width), "float32"), ((tokens,), words)],
    )


def _elementwise(function: str, shape: tuple[int, ...]) -> Operator:
    def make() -> Function:
        import jax

        return getattr(jax.nn, function)

    return Operator(family="elementwise", make=make, arrays=_f32(shape))


def _add_relu(shape: tuple[int, ...]) -> Operator:
    def make() -> Function:
        import jax

        return lambda x, y: jax.nn.relu(x + y)

    return Operator(family="elementwise", make=make, arrays=_f32(shape, shape))


def _lstm_gates(batch: int, hidden: int) -> Operator:
    """What is left of an LSTM step when its products are done."""

    def make() -> Function:
        import jax
        import jax.numpy as jnp

        def gates(
            z: "jax.Array", carry: "jax.Array"
        ) -> tuple["jax.Array", "jax.Array"]:
            i, f, g, o = jnp.split(z, 4, axis=-1)
            carry = jax.nn.sigmoid(f) * carry + jax.nn.sigmoid(i) * jnp.tanh(g)
            return carry, jax.nn.sigmoid(o) * jnp.tanh(carry)

        return gates

    return Operator(
        family="elementwise",
        make=make,
        arrays=_f32((batch, 4 * hidden), (batch, hidden)),
    )


def _adam(size: int) -> Operator:
    def make() -> Function:
        import jax.numpy as jnp

        def update(
            w: "jax.Array", g: "jax.Array", m: "jax.Array", v: "jax.Array"
        ) -> tuple["jax.Array", "jax.Array", "jax.Array"]:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            return w - 1e-3 * m / (jnp.sqrt(jnp.abs(v)) + 1e-8), m, v

        return update

    return Operator(family="elementwise", make=make, arrays=_f32(*[(size,)] * 4))


OPERATORS: Final[Mapping[str, Operator]] = {
    # Plain products: square, wide, deep, flat, tall, odd.
    "matmul_256x256x256": _matmul(256, 256, 256),
    "matmul_256x1024x256": _matmul(256, 1024, 256),
    "matmul_256x256x1024": _matmul(256, 256, 1024),
    "matmul_512x1024x1024": _matmul(512, 1024, 1024),
    "matmul_64x3072x768": _matmul(64, 3072, 768),
    "matmul_256x1000x256": _matmul(256, 1000, 256),
    "matmul_128x1000x2048": _matmul(128, 1000, 2048),
    "matmul_127x509x251": _matmul(127, 509, 251),
    "matmul_16x2048x512": _matmul(16, 2048, 512),
    "matmul_4096x64x64": _matmul(4096, 64, 64),
    "matmul_32x5000x512": _matmul(32, 5000, 512),
    "matmul_1x4096x1024": _matmul(1, 4096, 1024),
    "matrix_vector_4096x1024": _einsum("matmul", "nk,k->n", (4096, 1024), (1024,)),
    # As layers have them, forward and backward.
    "dense_relu_1024x1024x1024": _dense(1024, 1024, 1024, "relu"),
    "dense_gelu_128x3072x768": _dense(128, 3072, 768, "gelu"),
    "dense_residual_128x768x3072": _residual(128, 768, 3072),
    "dense_relu_64x512x128": _dense(64, 512, 128, "relu"),
    "input_gradient_128x768x3072": _einsum(
        "matmul", "mk,nk->mn", (128, 3072), (768, 3072)
    ),
    "weight_gradient_768x3072x128": _einsum(
        "matmul", "km,kn->mn", (128, 768), (128, 3072)
    ),
    "scores_12x128x128x64": _einsum(
        "batch matmul", "bmk,bnk->bmn", (12, 128, 64), (12, 128, 64)
    ),
    "values_12x128x64x128": _einsum(
        "batch matmul", "bmk,bkn->bmn", (12, 128, 128), (12, 128, 64)
    ),
    "batch_matmul_8x64x256x64": _einsum(
        "batch matmul", "bmk,bkn->bmn", (8, 64, 64), (8, 64, 256)
    ),
    # Narrow types, as the user wrote them.
    "matmul_bf16_256x1024x256": _matmul(256, 1024, 256, "bfloat16"),
    "matmul_int8_256x1024x256": _matmul(256, 1024, 256, "int8"),
    # ResNet's and MobileNet's.
    "conv7x7s2_224_3_64": _convolution(224, (3, 64), 7, stride=2),
    "conv3x3_56_64_64": _convolution(56, (64, 64), 3),
    "conv3x3_28_128_128": _convolution(28, (128, 128), 3),
    "conv3x3_14_256_256": _convolution(14, (256, 256), 3),
    "conv3x3_7_512_512": _convolution(7, (512, 512), 3),
    "conv3x3s2_56_64_128": _convolution(56, (64, 128), 3, stride=2),
    "conv1x1_56_64_256": _convolution(56, (64, 256), 1),
    "conv1x1_14_256_1024": _convolution(14, (256, 1024), 1),
    "conv1x1s2_56_64_128": _convolution(56, (64, 128), 1, stride=2),
    "conv3x3_relu_8x32_32_32": _convolution(32, (32, 32), 3, batch=8, relu=True),
    "depthwise3x3_112_32": _convolution(112, (32, 32), 3, groups=32),
    "depthwise3x3s2_112_96": _convolution(112, (96, 96), 3, stride=2, groups=96),
    "max_pool3x3s2_112_64": _pool((1, 112, 112, 64), "max"),
    "global_average_7_512": _pool((8, 7, 7, 512), "average"),
    # Sums, softmax and norms.
    "row_sum_1024x1024": _sum((1024, 1024), 1),
    "column_sum_1024x1024": _sum((1024, 1024), 0),
    "argmax_128x5000": _argmax((128, 5000)),
    "softmax_1024x1024": _over_rows("softmax", (1024, 1024)),
    "softmax_12x128x128": _over_rows("softmax", (12, 128, 128)),
    "logsumexp_512x5000": _over_rows("logsumexp", (512, 5000)),
    "layer_norm_512x768": _layer_norm(512, 768),
    "rms_norm_512x768": _rms_norm(512, 768),
    # Attention: an encoder, a decoder's prefill, one token of it.
    "attention_12x128x64": _attention(12, 128, 128, 64),
    "attention_12x512x64": _attention(12, 512, 512, 64),
    "causal_attention_8x256x64": _attention(8, 256, 256, 64, causal=True),
    "attention_8x1x512x64": _attention(8, 1, 512, 64),
    # Memory and little else.
    "transpose_1024x1024": _transpose((1024, 1024), (1, 0)),
    "split_heads_128x12x64": _transpose((128, 12, 64), (1, 0, 2)),
    "embedding_5000x512_512": _embedding(5000, 512, 512),
    "gelu_1024x3072": _elementwise("gelu", (1024, 3072)),
    "add_relu_56_256": _add_relu((1, 56, 56, 256)),
    "lstm_gates_16x512": _lstm_gates(16, 512),
    "adam_1000000": _adam(1_000_000),
}


def __getattr__(name: str) -> Factory:
    """The program of an operator."""
    if name in OPERATORS:
        return OPERATORS[name].build
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
