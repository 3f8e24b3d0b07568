"""Constants in panels change no number of a product, only where its columns lie."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.program import LinalgForm
from mlopt.frontend.ingest import ingest_callable
from mlopt.frontend.prepacking import in_panels
from mlopt.runtime import Executable, open_device
from mlopt.runtime.buffers import to_device, to_numpy
from tests.e2e.frontend.conftest import COMPILE, FLAGS, LIMIT_S

RNG = np.random.default_rng(0)
LANES = 8
PANELS = LinalgForm(panel_lanes=LANES)


def normal(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


U, V, W = normal(24, 48), normal(48, 40), normal(3, 24, 48)
S = normal(48, 24)
TABLE = jnp.asarray(U)


def dense(x):
    return jax.nn.relu(x @ U) @ V  # 40 columns: panels of one vector


def heads(x):
    return jnp.einsum("mk,khn->mhn", x, U.reshape(24, 6, 8))


def repeated(x):
    def step(carry, _):
        return jnp.tanh(carry @ jnp.asarray(U)) @ S, None

    return jax.lax.scan(step, x, None, length=3)[0]


def lowered(lower, function, *arrays):
    ingested = ingest_callable(function, [jnp.asarray(a) for a in arrays])
    plain = lower(ingested.stablehlo, "product")
    return plain, lower(ingested.stablehlo, "product", None, False, PANELS)


@pytest.mark.parametrize(
    ("function", "x"),
    [
        (dense, normal(17, 24)),
        (dense, normal(5, 6, 24)),
        (lambda x: x @ W, normal(3, 7, 24)),
        (heads, normal(9, 24)),
        (repeated, normal(4, 24)),
    ],
    ids=["dense", "rank 3", "batch", "reshaped", "in a loop"],
)
def test_every_number_is_the_same(worker, lower, function, x):
    plain, panels = lowered(lower, function, x)
    assert panels.module != plain.module
    assert (panels.inputs, panels.outputs) == (plain.inputs, plain.outputs)
    vmfb = worker.call(COMPILE, panels.module, FLAGS, timeout_s=LIMIT_S)
    device = open_device("local-sync")
    executable = Executable.load(vmfb, panels.entry, device)
    (found,) = executable(to_device(x, device))
    expected = np.asarray(jax.jit(function)(x))
    np.testing.assert_allclose(to_numpy(found), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("function", "arrays"),
    [
        (lambda x, w: x @ w, (normal(8, 24), U)),
        (lambda x: x @ U, (normal(1, 24),)),
        (lambda x: x @ U[:, :12], (normal(8, 24),)),
        (lambda x: x @ U[:, :8], (normal(8, 24),)),
        (lambda x: x @ U.astype(np.float16), (normal(8, 24).astype(np.float16),)),
        (lambda x: (x @ TABLE) + TABLE[:8], (normal(8, 24),)),
        (lambda x: (x @ TABLE) @ TABLE.T, (normal(8, 24),)),
    ],
    ids=[
        "an argument",
        "one row",
        "half a vector left over",
        "one panel",
        "float16",
        "read twice",
        "read through a transposition",
    ],
)
def test_what_no_panel_serves_stays(lower, function, arrays):
    plain, panels = lowered(lower, function, *arrays)
    assert panels.module == plain.module


def test_panels_are_contiguous_pieces_of_whole_columns():
    matrix = np.arange(2 * 3 * 8, dtype=np.float32).reshape(2, 3, 8)
    panels = in_panels(matrix, 4)
    assert panels.shape == (2, 2, 3, 4)
    assert panels.flags.c_contiguous
    np.testing.assert_array_equal(panels[1, 1], matrix[1, :, 4:])
