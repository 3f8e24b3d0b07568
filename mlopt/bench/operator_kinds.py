"""What kinds of operator there are in JAX models, on arrays of any shape.

Imports jax only when one is built.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def matmul(m: int, n: int, k: int, dtype: str = "float32") -> Operator:
    """(m, k) by (k, n), summed in float32 or int32."""

    def make() -> Function:
        import jax.numpy as jnp

        result = jnp.int32 if dtype == "int8" else jnp.float32
        return lambda x, w: jnp.matmul(x, w, preferred_element_type=result)

    return Operator(
        family="matmul", make=make, arrays=[((m, k), dtype), ((k, n), dtype)]
    )


def dense(m: int, n: int, k: int, activation: str) -> Operator:
    """With bias and activation, as a dense layer has them."""

    def make() -> Function:
        import jax

        act = getattr(jax.nn, activation)
        return lambda x, w, b: act(x @ w + b)

    return Operator(family="matmul", make=make, arrays=_f32((m, k), (k, n), (n,)))


def einsum(
    family: str, subscripts: str, *shapes: tuple[int, ...], dtype: str = "float32"
) -> Operator:
    """A contraction by its subscripts."""

    def make() -> Function:
        import jax.numpy as jnp

        return lambda *arrays: jnp.einsum(subscripts, *arrays)

    return Operator(
        family=family, make=make, arrays=[(shape, dtype) for shape in shapes]
    )


def residual(m: int, n: int, k: int) -> Operator:
    """A dense layer whose result is added to another array."""

    def make() -> Function:
        return lambda x, w, b, y: y + (x @ w + b)

    return Operator(
        family="matmul", make=make, arrays=_f32((m, k), (k, n), (n,), (m, n))
    )


def convolution(
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


def pool(shape: tuple[int, ...], what: str) -> Operator:
    """Maxima of 3x3 windows, or means over all positions."""

    def make() -> Function:
        import jax.numpy as jnp
        from flax import linen

        if what == "max":
            return lambda x: linen.max_pool(x, (3, 3), (2, 2), "SAME")
        return lambda x: jnp.mean(x, axis=(1, 2))

    return Operator(family="pooling", make=make, arrays=_f32(shape))


def over_rows(function: str, shape: tuple[int, ...]) -> Operator:
    """A function of jax.nn along the last axis."""

    def make() -> Function:
        import jax

        return lambda x: getattr(jax.nn, function)(x, axis=-1)

    return Operator(family="softmax", make=make, arrays=_f32(shape))


def sum_along(shape: tuple[int, ...], axis: int) -> Operator:
    """Of one axis."""

    def make() -> Function:
        return lambda x: x.sum(axis)

    return Operator(family="reduction", make=make, arrays=_f32(shape))


def argmax(shape: tuple[int, ...]) -> Operator:
    """Along the last axis."""

    def make() -> Function:
        return lambda x: x.argmax(-1)

    return Operator(family="reduction", make=make, arrays=_f32(shape))


def layer_norm(rows: int, width: int) -> Operator:
    """Over the last axis, with scale and bias."""

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


def rms_norm(rows: int, width: int) -> Operator:
    """Over the last axis, with a scale."""

    def make() -> Function:
        import jax

        def norm(x: "jax.Array", scale: "jax.Array") -> "jax.Array":
            square = (x * x).mean(-1, keepdims=True)
            return x * jax.lax.rsqrt(square + 1e-6) * scale

        return norm

    return Operator(family="norm", make=make, arrays=_f32((rows, width), (width,)))


def attention(
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


def transpose(shape: tuple[int, ...], axes: tuple[int, ...]) -> Operator:
    """A copy with its axes in another order."""

    def make() -> Function:
        return lambda x: x.transpose(axes)

    return Operator(family="data movement", make=make, arrays=_f32(shape))


def embedding(words: int, width: int, tokens: int) -> Operator:
    """Rows of a table, by their numbers."""

    def make() -> Function:
        return lambda table, ids: table[ids]

    return Operator(
        family="data movement",
        make=make,
        arrays=[((words, width), "float32"), ((tokens,), words)],
    )


def elementwise(function: str, shape: tuple[int, ...]) -> Operator:
    """A function of jax.nn."""

    def make() -> Function:
        import jax

        return getattr(jax.nn, function)

    return Operator(family="elementwise", make=make, arrays=_f32(shape))


def add_relu(shape: tuple[int, ...]) -> Operator:
    """As where a residual connection ends."""

    def make() -> Function:
        import jax

        return lambda x, y: jax.nn.relu(x + y)

    return Operator(family="elementwise", make=make, arrays=_f32(shape, shape))


def lstm_gates(batch: int, hidden: int) -> Operator:
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


def adam(size: int) -> Operator:
    """One step of the optimizer on a flat array."""

    def make() -> Function:
        import jax.numpy as jnp

        def update(
            w: "jax.Array", g: "jax.Array", m: "jax.Array", v: "jax.Array"
        ) -> tuple["jax.Array", "jax.Array", "jax.Array"]:
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            return w - 1e-3 * m / (jnp.sqrt(jnp.abs(v)) + 1e-8), m, v

        return update

    return Operator(family="elementwise", make=make, arrays=_f32(*[(size,)] * 4))
