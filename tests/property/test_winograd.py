"""For any convolution by a constant 3x3 filter: in tiles, it is the same function."""

import jax
import jax.extend.core as jex
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jax import lax

from mlopt.frontend.rewriting import winograd
from mlopt.frontend.rewriting.minimal_filtering import TILE_SIDES

PADS = st.tuples(st.integers(-1, 4), st.integers(-1, 4))
EXTENT = st.integers(5, 12)  # of which the smallest padding and the filter leave one
FEW = st.integers(1, 4)


@pytest.fixture(scope="module", autouse=True)
def everything_counts():
    """Tiles for convolutions of any size: these are small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "_MAX_SHARE", float("inf"))
        yield


def turned(names, extents):
    return tuple(extents[name] for name in names)


@settings(max_examples=25, deadline=None)
@given(
    extents=st.fixed_dictionaries({"N": FEW, "C": FEW, "H": EXTENT, "W": EXTENT}),
    num_out=FEW,
    padding=st.tuples(PADS, PADS),
    layout=st.tuples(*(st.permutations(d) for d in ("NCHW", "OIHW", "NCHW"))),
    side=st.sampled_from(TILE_SIDES),
    seed=st.integers(0, 99),
)
def test_the_values_are_the_same(extents, num_out, padding, layout, side, seed):
    lhs, rhs, out = map("".join, layout)
    rng = np.random.default_rng(seed)
    filters = {"O": num_out, "I": extents["C"], "H": 3, "W": 3}

    def function(x):
        return lax.conv_general_dilated(
            x, kernel, (1, 1), padding, dimension_numbers=(lhs, rhs, out)
        )

    with jax.enable_x64(True), pytest.MonkeyPatch.context() as patch:
        patch.setattr(winograd, "TILE_SIDES", (side,))
        x = jnp.asarray(rng.uniform(-1, 1, turned(lhs, extents)))
        kernel = jnp.asarray(rng.uniform(-1, 1, turned(rhs, filters)))
        traced = jax.make_jaxpr(function)(x)
        rewritten = winograd.shorten_convolutions(traced)
        assert rewritten is not traced
        assert rewritten.out_avals == traced.out_avals
        (found,) = jax.jit(jex.jaxpr_as_fun(rewritten))(x)
        np.testing.assert_allclose(found, function(x), rtol=1e-9, atol=1e-12)
