"""Pruning: products by constants skip what is zero in them, and give the same."""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.frontend.rewriting.pruning import prune
from tests.unit.frontend.rewriting.counted import assert_same, operations

PRODUCT = "dot_general"
CONVOLUTION = "conv_general_dilated"


def normal(*shape, dtype=np.float32, seed=0):
    drawn = np.random.default_rng(seed).standard_normal(shape) / np.sqrt(shape[-1])
    return drawn.astype(dtype)


def in_blocks(kept, size=64):
    """Weights whose blocks are zero where `kept` is; (rows, columns) of blocks."""
    mask = np.kron(np.asarray(kept), np.ones((size, size)))
    return (normal(*mask.shape, seed=1) * mask).astype(np.float32)


def without(weights, *, rows=(), columns=()):
    weights = weights.copy()
    weights[list(rows)] = 0
    weights[:, list(columns)] = 0
    return weights


def traced(function, *arguments):
    return jax.make_jaxpr(function)(*arguments)


def pruned(function, *arguments):
    before = traced(function, *arguments)
    after = prune(before)
    assert_same(before, after, *arguments)
    return after


def stays(function, *arguments):
    before = traced(function, *arguments)
    return prune(before) is before


def shapes(closed, name=PRODUCT, operand=1):
    """Of an operand of every operation of that name, outside loops, sorted."""
    found = [e for e in closed.jaxpr.eqns if e.primitive.name == name]
    return sorted(e.invars[operand].aval.shape for e in found)


X = jnp.asarray(normal(16, 128, seed=2))
ODD = range(1, 128, 2)
ODD_ROWS = without(normal(128, 96), rows=ODD)
LAST_ROWS = without(normal(128, 96), rows=range(64, 128))
DIAGONAL = in_blocks([[1, 0], [0, 1]])
RANDOM = in_blocks(
    [[1, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 1, 0]], size=32
)
Z = jnp.asarray(normal(64, 160, seed=3))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("weights", "kept"),
    [
        (ODD_ROWS, [(64, 96)]),
        (LAST_ROWS, [(64, 96)]),
        (without(normal(128, 96), columns=range(1, 96, 2)), [(128, 48)]),
        (without(normal(128, 96), columns=range(8, 80)), [(128, 24)]),
        (without(normal(128, 96), rows=ODD, columns=range(48)), [(64, 48)]),
        (DIAGONAL, [(64, 64), (64, 64)]),
        (DIAGONAL[:, np.arange(128).reshape(2, 64).T.reshape(-1)], None),
        (in_blocks([[1, 1, 0], [0, 0, 0]]), [(64, 128)]),
    ],
)
def test_what_is_zero_is_not_multiplied(weights, kept, dtype):
    with jax.enable_x64(dtype == "float64"):
        w, x = jnp.asarray(weights, dtype), jnp.asarray(X, dtype)
        if kept is None:
            assert stays(lambda x: x @ w, x)
            return
        after = pruned(lambda x: x @ w, x)
        assert shapes(after) == kept
        tightly = np.asarray(jex.jaxpr_as_fun(after)(x)[0], np.float64)
        exact = np.asarray(x, np.float64) @ np.asarray(w, np.float64)
        bound = 1e-12 if dtype == "float64" else 1e-5
        np.testing.assert_allclose(tightly, exact, atol=bound)


def test_blocks_in_both_directions_are_a_product_for_each_pattern():
    after = pruned(lambda x: x @ RANDOM, Z)
    assert shapes(after) == [(32, 32), (64, 32), (64, 32), (64, 32)]


def test_columns_of_equal_blocks_share_a_product_and_find_their_places():
    # Columns of blocks 0 and 2 keep the same rows.
    weights = in_blocks([[1, 0, 1], [0, 1, 0], [0, 1, 0], [1, 0, 1]])
    x = jnp.asarray(normal(16, 256, seed=4))
    assert shapes(pruned(lambda x: x @ weights, x)) == [(128, 64), (128, 128)]


def test_many_patterns_become_few_products():
    kept = np.random.default_rng(0).random((16, 32)) < 0.1
    weights = in_blocks(kept, size=16)
    x = jnp.asarray(normal(64, 256, seed=4))
    after = pruned(lambda x: x @ weights, x)
    assert 1 < len(shapes(after)) <= 16


def test_a_program_of_many_layers_has_not_many_more_products():
    kept = np.random.default_rng(0).random((16, 16)) < 0.1
    layers = [in_blocks(np.roll(kept, k, axis=0), size=16) for k in range(12)]
    gone = without(normal(256, 256), rows=range(128))

    def function(x):
        for layer in (*layers, gone):
            x = jnp.tanh(x @ layer)
        return x

    kept_shapes = shapes(pruned(function, jnp.asarray(normal(64, 256, seed=4))))
    # Rows that are zero as a whole cost no further product.
    assert (128, 256) in kept_shapes
    assert 12 < len(kept_shapes) <= 96 + 13


def heads(x):
    """Summed over two dimensions, of which the result has none."""
    return jnp.einsum("bth,thf->bf", x.reshape(16, 2, 64), LAST_ROWS.reshape(2, 64, 96))


def split(x):
    """Two free dimensions of the weights."""
    return jnp.einsum("bk,khd->bhd", x, LAST_ROWS.reshape(128, 3, 32))


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (lambda x: x @ jnp.asarray(LAST_ROWS.T).T, X),
        (lambda x: lax.dot_general(x, LAST_ROWS.T, (((1,), (1,)), ((), ()))), X),
        (lambda x: x @ jnp.where(jnp.abs(LAST_ROWS) > 0, LAST_ROWS, 0.0), X),
        (lambda x: x @ (normal(128, 96) * (np.arange(128) < 64)[:, None]), X),
        (lambda x: x @ jnp.tanh(jax.jit(jnp.sin)(LAST_ROWS)), X),
        (jax.jit(lambda x: jax.nn.relu(jax.checkpoint(lambda x: x @ ODD_ROWS)(x))), X),
        (heads, X),
        (split, X),
        (lambda x: x @ LAST_ROWS, X.reshape(2, 8, 128)),
    ],
)
def test_constants_are_found_behind_what_is_done_to_them(function, x):
    assert shapes(pruned(function, x)) == [(64, 96)]


def test_a_constant_may_stand_on_the_left():
    after = pruned(lambda x: LAST_ROWS.T @ x, X.T)
    assert shapes(after, operand=0) == [(96, 64)]
    columns = without(normal(128, 96), columns=ODD[:40])
    assert shapes(pruned(lambda x: columns.T @ x, X.T), operand=0) == [(56, 128)]


def test_weights_that_are_all_zero_need_no_product():
    after = pruned(lambda x: x @ np.zeros((128, 96), np.float32), X)
    assert shapes(after) == []


def test_in_loops_constants_from_outside_are_known():
    square = without(normal(128, 128), rows=ODD)

    def scanned(x, w):
        mask = jnp.asarray(square != 0, jnp.float32)
        step = lambda c, _: (jnp.tanh(c @ (square * mask)), c @ w)  # noqa: E731
        return lax.scan(step, x, None, length=3)

    def repeated(x):
        return lax.fori_loop(0, 3, lambda _, c: jnp.tanh(c @ square), x)

    after = pruned(scanned, X, jnp.asarray(normal(128, 128)))
    assert operations(after, PRODUCT) == {1: 2}
    (scan,) = [e for e in after.jaxpr.eqns if e.primitive.name == "scan"]
    assert shapes(scan.params["jaxpr"]) == [(64, 128), (128, 128)]
    assert not stays(repeated, X)
    pruned(repeated, X)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (lambda x: x @ normal(128, 96), (X,)),
        (lambda x, w: x @ w, (X, jnp.asarray(ODD_ROWS))),
        (lambda x, s: x @ (ODD_ROWS * s), (X, jnp.float32(2.0))),
        (lambda x: x @ without(normal(128, 96), rows=range(24)), (X,)),
        (lambda x: x[:2] @ LAST_ROWS, (X,)),
        (lambda x: x * (normal(96, 128) @ LAST_ROWS).sum(), (X,)),
        (lambda x: x @ np.where(normal(128, 96) > 0, normal(128, 96), 0), (X,)),
        (
            lambda x: jnp.einsum("bij,bjk->bik", x, LAST_ROWS.reshape(2, 64, 96)),
            (X.reshape(2, 16, 64),),
        ),
        (
            # The result of a step is not the same in the next.
            lambda x, w: lax.scan(lambda w, x: (w * 2, x @ w), w, x)[1],
            (X.reshape(1, 16, 128), jnp.asarray(ODD_ROWS)),
        ),
    ],
)
def test_what_has_nothing_to_skip_is_the_very_same_program(function, arguments):
    assert stays(function, *arguments)


@pytest.mark.parametrize("layout", [("NHWC", "HWIO", "NHWC"), ("NCHW", "OIHW", "NCHW")])
@pytest.mark.parametrize("size", [1, 3])
def test_convolutions_lose_channels(size, layout):
    kernel = normal(size, size, 32, 24)
    kernel[:, :, ::2] = 0
    kernel[..., 6:20] = 0
    image = jnp.asarray(normal(1, 16, 16, 32))
    if layout[0] == "NCHW":
        kernel, image = kernel.transpose(3, 2, 0, 1), image.transpose(0, 3, 1, 2)

    def function(image):
        return lax.conv_general_dilated(
            image, kernel, (1, 1), "SAME", dimension_numbers=layout
        )

    after = pruned(function, image)
    expected = (10, 16, size, size) if layout[0] == "NCHW" else (size, size, 16, 10)
    assert shapes(after, CONVOLUTION) == [expected]


def test_convolutions_in_groups_and_by_arguments_stay():
    kernel = normal(1, 1, 32, 64)
    kernel[:, :, ::2] = 0
    image = jnp.asarray(normal(1, 8, 8, 64))

    def convolve(image, kernel, groups):
        return lax.conv_general_dilated(
            image,
            kernel,
            (1, 1),
            "SAME",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )

    assert stays(lambda image: convolve(image, kernel, 2), image)
    assert stays(lambda i, k: convolve(i, k, 1), image[..., :32], jnp.asarray(kernel))
    assert not stays(lambda image: convolve(image, kernel, 1), image[..., :32])


def test_what_meets_no_number_is_what_the_licence_is_for():
    x = X.at[0, 1].set(jnp.inf)  # row 1 of the weights is zero
    after = prune(traced(lambda x: x @ ODD_ROWS, x))
    assert np.all(np.isnan(x @ ODD_ROWS)[0])
    assert np.all(np.isfinite(jex.jaxpr_as_fun(after)(x)[0]))
