"""Winograd: convolutions by constant 3x3 filters become one batched product."""

from typing import Any

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting import winograd
from mlopt.frontend.rewriting.minimal_filtering import TILE_SIDES
from mlopt.frontend.rewriting.winograd import shorten_convolutions
from tests.unit.frontend.rewriting.counted import operations

RNG = np.random.default_rng(0)
CONVOLUTION = "conv_general_dilated"
PRODUCT = "dot_general"
CHANNELS_LAST = ("NHWC", "HWIO", "NHWC")
CHANNELS_FIRST = ("NCHW", "OIHW", "NCHW")
EXPLICIT = ((2, 0), (-1, 3))


def normal(*shape, dtype: Any = np.float32):
    return jnp.asarray(RNG.standard_normal(shape) / 4, dtype)


X, G = normal(1, 32, 32, 32), normal(3, 3, 32, 32)


def convolution(x, g, padding: Any = "SAME", layout=CHANNELS_LAST, **options):
    strides = options.pop("strides", (1, 1))
    return lax.conv_general_dilated(
        x, g, strides, padding, dimension_numbers=layout, **options
    )


def shortened(function, *arguments, tolerance=2e-5):
    before = jax.make_jaxpr(function)(*arguments)
    after = shorten_convolutions(before)
    assert after is not before
    assert after.in_avals == before.in_avals
    assert after.out_avals == before.out_avals
    expected = jax.jit(jex.jaxpr_as_fun(before))(*arguments)
    found = jax.jit(jex.jaxpr_as_fun(after))(*arguments)
    for out, ref in zip(found, expected, strict=True):
        scale = np.abs(ref) + np.sqrt(np.mean(np.square(ref)))
        assert np.max(np.abs(out - ref) / scale) < tolerance
    return after


def stays(function, *arguments):
    before = jax.make_jaxpr(function)(*arguments)
    return shorten_convolutions(before) is before


@pytest.fixture(params=TILE_SIDES)
def side(request, monkeypatch):
    """Tiles of one size, whether they gain or not."""
    monkeypatch.setattr(winograd, "TILE_SIDES", (request.param,))
    monkeypatch.setattr(winograd, "_MAX_SHARE", float("inf"))
    return request.param


@pytest.mark.parametrize("padding", ["SAME", "VALID", EXPLICIT])
@pytest.mark.parametrize(
    ("batch", "height", "width", "channels"),
    [(1, 8, 8, 16), (1, 7, 7, 256), (2, 13, 15, 64), (3, 3, 9, 1)],
)
def test_it_is_the_same_convolution(side, padding, batch, height, width, channels):
    x, g = normal(batch, height, width, channels), normal(3, 3, channels, 24)
    after = shortened(lambda x: convolution(x, g, padding), x)
    assert operations(after, CONVOLUTION) == {}
    assert operations(after, PRODUCT) == {0: 1}


@pytest.mark.parametrize("padding", ["SAME", "VALID", EXPLICIT])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (13, 15), (7, 7)])
def test_in_float64_only_rounding_is_left(side, padding, height, width):
    with jax.enable_x64(True):
        x = normal(2, height, width, 16, dtype=np.float64)
        g = normal(3, 3, 16, 24, dtype=np.float64)
        shortened(lambda x: convolution(x, g, padding), x, tolerance=1e-13)


@pytest.mark.parametrize(
    ("layout", "turned_x", "turned_g"),
    [
        (CHANNELS_FIRST, (0, 3, 1, 2), (3, 2, 0, 1)),
        (("NHWC", "OIHW", "NCHW"), (0, 1, 2, 3), (3, 2, 0, 1)),
        (("HWNC", "IHWO", "CNHW"), (1, 2, 0, 3), (2, 0, 1, 3)),
        (("NWHC", "WHIO", "NHWC"), (0, 2, 1, 3), (1, 0, 2, 3)),
    ],
)
def test_in_any_layout(side, layout, turned_x, turned_g):
    x = normal(2, 14, 17, 16).transpose(turned_x)
    g = normal(3, 3, 16, 24).transpose(turned_g)
    shortened(lambda x: convolution(x, g, EXPLICIT, layout), x)


def test_with_other_filters_and_strides_it_would_be_another_convolution(side):
    assert stays(lambda x: convolution(x, normal(5, 5, 32, 32)), X)
    assert stays(lambda x: convolution(x, G, strides=(2, 1)), X)


@pytest.mark.parametrize(
    ("extent", "channels", "batch"), [(56, 64, 36), (28, 128, 36), (7, 512, 16)]
)
def test_tiles_are_as_large_as_filters_allow(extent, channels, batch):
    g = normal(3, 3, channels, channels)
    x = normal(1, extent, extent, channels)
    after = shorten_convolutions(jax.make_jaxpr(lambda x: convolution(x, g))(x))
    (product,) = (e for e in after.jaxpr.eqns if e.primitive.name == PRODUCT)
    assert product.outvars[0].aval.shape[0] == batch


@pytest.mark.parametrize(
    "function",
    [
        lambda x: convolution(x, G, strides=(2, 2)),
        lambda x: convolution(x, G, strides=(1, 2)),
        lambda x: convolution(x, G, rhs_dilation=(2, 2)),
        lambda x: convolution(x, G, EXPLICIT, lhs_dilation=(2, 2)),
        lambda x: convolution(x, normal(3, 3, 16, 32), feature_group_count=2),
        lambda x: convolution(x, normal(5, 5, 32, 32)),
        lambda x: convolution(x, normal(3, 1, 32, 32)),
        lambda x: convolution(x, normal(1, 1, 32, 32)),
        lambda x: convolution(x[..., :3], normal(3, 3, 3, 64)),
        lambda x: convolution(x[..., :16], normal(3, 3, 16, 16)),
        lambda x: convolution(x[:, :2, :2], G),
        lambda x: convolution(x[:0], G),
        lambda x: convolution(x.astype(jnp.int32), G.astype(jnp.int32)),
        lambda x: convolution(x.astype(jnp.bfloat16), G.astype(jnp.bfloat16)),
        lambda x: convolution(x, x[0, :3, :3, :, None] + G),
        lambda x: x @ G[0, 0],
    ],
)
def test_what_gains_nothing_is_the_very_same_program(function):
    assert stays(function, X)


def test_groups_of_the_batch_stay():
    x = normal(2, 32, 32, 32)
    assert stays(lambda x: convolution(x, G, batch_group_count=2), x)


def test_volumes_and_lines_stay():
    line, volume = normal(1, 512, 64), normal(1, 8, 8, 8, 64)
    long, cube = normal(3, 64, 64), normal(3, 3, 3, 64, 64)
    layout = ("NHC", "HIO", "NHC")
    assert stays(
        lambda x: lax.conv_general_dilated(
            x, long, (1,), "SAME", dimension_numbers=layout
        ),
        line,
    )
    layout = ("NDHWC", "DHWIO", "NDHWC")
    assert stays(
        lambda x: lax.conv_general_dilated(
            x, cube, (1, 1, 1), "SAME", dimension_numbers=layout
        ),
        volume,
    )


def test_only_filters_that_are_constant_are_transformed():
    def both(x, g):
        return convolution(convolution(x, g), G)

    assert stays(convolution, X, G)
    after = shortened(both, X, G)
    assert operations(after, CONVOLUTION) == {0: 1}


def test_a_filter_may_be_computed_from_constants():
    scale = normal(32)

    def folded(x):
        kernel = jax.jit(lambda g, s: g * (1 + jnp.tanh(s))[None, None, None])
        turned = jnp.flip(kernel(G, scale), (0, 1)).swapaxes(2, 3)
        return convolution(x, turned) + x

    assert operations(shortened(folded, X), CONVOLUTION) == {}


def test_a_filter_may_be_drawn_in_the_program():
    def drawn(x):
        kernel = jax.random.normal(jax.random.key(0), (3, 3, 32, 32)) / 4
        return convolution(x, kernel)

    assert operations(shortened(drawn, X), CONVOLUTION) == {}


def test_a_filter_that_a_loop_changes_stays():
    def changing(x):
        def step(carry, _):
            x, g = carry
            return (jnp.tanh(convolution(x, g)), g * jnp.float32(0.5)), None

        return lax.scan(step, (x, G), None, length=2)[0][0]

    assert stays(changing, X)


def test_in_loops_and_calls_constants_are_known():
    def step(x):
        return jnp.tanh(jax.checkpoint(convolution)(x, G * jnp.float32(0.5)))

    def scanned(x):
        return lax.scan(lambda c, _: (step(c), None), x, None, length=2)[0]

    def repeated(x):
        return lax.while_loop(
            lambda s: s[0] < 2, lambda s: (s[0] + 1, step(s[1])), (0, x)
        )[1]

    for function in (scanned, repeated):
        after = shortened(function, X)
        assert operations(after, CONVOLUTION) == {}
        assert operations(after, PRODUCT) == {1: 1}
