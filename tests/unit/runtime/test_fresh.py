"""Arrays made in advance are whole, apart from each other, and typed as asked."""

import gc

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.tensors import TensorSpec
from mlopt.runtime.fresh import FreshArrays


def spec(dtype: str, *shape: int) -> TensorSpec:
    return TensorSpec(shape=shape, dtype=dtype)


SPECS = [spec("float32", 2, 3), spec("int32"), spec("bool", 4), spec("bfloat16", 0, 2)]


def test_arrays_have_the_shapes_dtypes_and_weakness_asked_for():
    arrays, addresses = FreshArrays(SPECS, [True, True, False, False]).take()
    assert [TensorSpec(shape=a.shape, dtype=a.dtype.name) for a in arrays] == SPECS
    assert [a.weak_type for a in arrays] == [True, True, False, False]
    assert addresses == [a.unsafe_buffer_pointer() for a in arrays]
    assert not any(a.committed for a in arrays)


def test_no_two_arrays_share_memory():
    fresh = FreshArrays([spec("float32", 16), spec("float32", 16)], [False, False])
    taken = [fresh.take() for _ in range(100)]
    addresses = [address for _, each in taken for address in each]
    assert len(set(addresses)) == 200


def test_dropped_arrays_give_their_memory_back():
    fresh = FreshArrays([spec("float32", 1024)], [False])
    before = len(jax.live_arrays())
    for _ in range(1000):
        fresh.take()
    gc.collect()
    assert len(jax.live_arrays()) - before <= 64


def test_nothing_to_make_is_a_set_of_nothing():
    assert FreshArrays([], []).take() == ([], [])


@pytest.mark.parametrize("is_x64", [False, True])
def test_arrays_are_as_of_the_moment_of_asking(is_x64):
    wanted = "float64" if is_x64 else "float32"
    with jax.enable_x64(is_x64):
        fresh = FreshArrays([spec(wanted, 2)], [True])
    with jax.enable_x64(not is_x64):
        (array,), _ = fresh.take()
    assert array.dtype.name == wanted
    assert array.weak_type


def test_arrays_are_concrete_inside_a_trace_and_under_a_transfer_guard():
    fresh = FreshArrays([spec("float32", 2)], [False])
    seen = []

    @jax.jit
    def traced(x):
        seen.append(fresh.take()[0][0])
        return x

    x = jnp.ones(2)
    with jax.transfer_guard("disallow"):
        traced(x)
    np.testing.assert_array_equal(np.asarray(seen[0]), 0.0)
