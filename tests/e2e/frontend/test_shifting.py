"""An unsigned left operand changes no number of a product of int8, only its code."""

import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from mlopt.core.program import AS_IT_IS, LinalgForm
from mlopt.frontend.ingest import ingest_callable
from mlopt.runtime import Executable, open_device
from mlopt.runtime.buffers import to_device, to_numpy
from mlopt.targets.cpu import COMPILE_FLAGS
from mlopt.targets.cpu_options import OPTION_SETS

RNG = np.random.default_rng(0)
COMPILE = "mlopt.compile.session:compile_program"
LIMIT_S = 180.0
TILED = OPTION_SETS["int8-unsigned+O2+dt"]


def product(x, w, dtype=jnp.int32):
    return lax.dot_general(x, w, (((1,), (0,)), ((), ())), preferred_element_type=dtype)


def integers(*shape):
    return RNG.integers(-128, 128, shape, dtype=np.int8)


def lowered(lower, function, *arrays):
    ingested = ingest_callable(function, [jnp.asarray(a) for a in arrays])
    return [
        lower(ingested.stablehlo, "product", None, False, form)
        for form in (AS_IT_IS, LinalgForm(is_left_unsigned=True))
    ]


@pytest.mark.parametrize("flags", [(), TILED], ids=["default", "tiled"])
@pytest.mark.parametrize("shape", [(17, 70, 33)])
def test_every_number_is_the_same(worker, lower, shape, flags):
    m, k, n = shape
    x, w = integers(m, k), integers(k, n)
    x[0], w[:, 0] = -128, -128  # the largest sum there is
    x[-1, : k // 2] = 127
    program = lowered(lower, product, x, w)[1]
    vmfb = worker.call(
        COMPILE, program.module, (*COMPILE_FLAGS, *flags), timeout_s=LIMIT_S
    )
    device = open_device("local-sync")
    executable = Executable.load(vmfb, program.entry, device)
    (found,) = executable(*(to_device(array, device) for array in (x, w)))
    expected = x.astype(np.int32) @ w.astype(np.int32)
    np.testing.assert_array_equal(to_numpy(found), expected)


@pytest.mark.parametrize(
    ("function", "arrays", "is_changed"),
    [
        (product, (integers(16, 32), integers(32, 16)), True),
        (product, (integers(1, 64), integers(64, 32)), False),
        (
            lambda x, w: jnp.tanh(product(x, w, jnp.float32)),
            (np.ones((4, 8), np.float32), np.ones((8, 4), np.float32)),
            False,
        ),
        (
            lambda x, w: product(x, w, jnp.int8),
            (integers(16, 32), integers(32, 16)),
            False,
        ),
        (product, (integers(1, 65537), integers(65537, 1)), False),
    ],
    ids=["int8", "one row", "float32", "sums in int8", "a sum that could overflow"],
)
def test_only_products_of_int8_that_sum_in_int32_change(
    lower, function, arrays, is_changed
):
    before, after = lowered(lower, function, *arrays)
    assert (before.module != after.module) is is_changed
    assert (before.inputs, before.outputs) == (after.inputs, after.outputs)
