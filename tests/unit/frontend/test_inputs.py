"""Random inputs: never zeros, reproducible, in the domain of the example."""

import ml_dtypes
import numpy as np
import pytest

from mlopt.core.tensors import TensorSpec
from mlopt.frontend.inputs import random_inputs

DTYPES = [
    "float32",
    "float64",
    "float16",
    "bfloat16",
    "float8_e4m3fn",
    "int4",
    "int8",
    "int32",
    "uint8",
    "uint32",
    "bool",
    "complex64",
]


def draw(dtype, shape=(64, 3), seed=0, like=None):
    spec = TensorSpec(shape=shape, dtype=dtype)
    (array,) = random_inputs([spec], seed, None if like is None else [like])
    return array


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_spec_is_met_and_values_vary(dtype):
    array = draw(dtype)
    assert array.shape == (64, 3)
    assert array.dtype.name == dtype
    assert len(np.unique(array.astype(np.complex128))) > 1


@pytest.mark.parametrize("dtype", ["int4", "int8", "uint32"])
def test_integers_are_small_and_never_zero(dtype):
    array = draw(dtype).astype(int)
    assert array.min() >= 1
    assert array.max() <= 4


def test_floats_are_standard_normal():
    array = draw("float32", (4096,))
    assert abs(array.mean()) < 0.1
    assert abs(array.std() - 1) < 0.1


@pytest.mark.parametrize("shape", [(), (0, 4)])
def test_scalars_and_empty_arrays_are_arrays(shape):
    for dtype in DTYPES:
        array = draw(dtype, shape)
        assert isinstance(array, np.ndarray)
        assert array.shape == shape


def test_a_seed_decides_and_zero_is_one():
    assert np.array_equal(draw("float32", seed=0), draw("float32", seed=0))
    assert not np.array_equal(draw("float32", seed=0), draw("float32", seed=1))


@pytest.mark.parametrize(
    "kept",
    [
        np.arange(12, dtype=np.int32),
        np.array([True, False, True]),
        np.array([0.0, 1.0, 1.0, 0.0], np.float32),
        np.array([0.0, -np.inf], np.float32),
        np.full(4, -np.inf, np.float32),
        np.array(0.001, np.float32),
    ],
    ids=["indices", "booleans", "mask", "infinite", "all-infinite", "scalar"],
)
def test_what_may_be_an_index_a_mask_or_a_setting_is_kept(kept):
    assert np.array_equal(draw(str(kept.dtype), kept.shape, like=kept), kept)


def test_floats_keep_mean_and_spread_but_not_values():
    like = np.random.default_rng(5).normal(3.0, 0.02, 4096).astype(np.float32)
    drawn = draw("float32", (4096,), like=like)
    assert not np.array_equal(drawn, like)
    assert drawn.mean() == pytest.approx(3.0, abs=0.01)
    assert drawn.std() == pytest.approx(0.02, rel=0.1)


def test_a_variance_stays_positive():
    like = np.random.default_rng(5).random(4096).astype(np.float32) * 0.01
    assert (draw("float32", (4096,), like=like) >= 0).all()


@pytest.mark.parametrize("value", [1.0, 0.0, -2.0])
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_constant_is_varied_and_keeps_its_sign(value, dtype):
    like = np.full(256, value).astype(getattr(ml_dtypes, dtype, dtype))
    drawn = draw(dtype, (256,), like=like).astype(np.float64)
    assert drawn.std() > 0
    assert (drawn >= 0).all() if value >= 0 else (drawn <= 0).all()
    assert abs(drawn - value).max() < 0.5 * max(abs(value), 0.1)
