"""Arrays cross into buffers and back unchanged, shared where they can be."""

import sys

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest

from mlopt.core.errors import UnsupportedError
from mlopt.runtime import open_device, to_device, to_numpy
from mlopt.runtime.buffers import ALIGNMENT, ELEMENT_TYPES, aligned_empty

DEVICE = open_device("local-sync")


def aligned(values: np.ndarray) -> np.ndarray:
    """The same values in 64-byte aligned memory."""
    storage = aligned_empty(values.nbytes)[: values.nbytes]
    array = storage.view(values.dtype).reshape(values.shape)
    array[...] = values
    return array


@pytest.mark.parametrize("name", sorted(ELEMENT_TYPES))
def test_every_dtype_comes_back_as_it_went_in(name):
    dtype = np.dtype(getattr(ml_dtypes, name, name))
    array = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    back = to_numpy(to_device(array, DEVICE))
    assert back.dtype == dtype
    np.testing.assert_array_equal(back, array)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (2, 3, 4)])
def test_every_shape_comes_back_as_it_went_in(shape):
    array = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    back = to_numpy(to_device(array, DEVICE))
    assert back.shape == shape
    np.testing.assert_array_equal(back, array)


def test_python_scalars_are_arrays_of_rank_0():
    assert to_numpy(to_device(np.float32(2.5), DEVICE)) == np.float32(2.5)


def test_strided_arrays_are_copied_densely():
    array = np.arange(12, dtype=np.int32).reshape(3, 4).T
    np.testing.assert_array_equal(to_numpy(to_device(array, DEVICE)), array)


def test_aligned_memory_is_shared():
    array = aligned(np.arange(8, dtype=np.float32))
    view = to_device(array, DEVICE)
    array[0] = 42.0
    assert to_numpy(view)[0] == 42.0


def test_a_jax_array_is_shared():
    array = jnp.arange(8, dtype=jnp.float32)
    back = to_numpy(to_device(array, DEVICE))
    assert back.ctypes.data == array.unsafe_buffer_pointer()


def test_misaligned_memory_is_copied_to_where_vectors_may_load():
    storage = aligned_empty(64)
    array = storage[4:36].view(np.float32)
    array[...] = np.arange(8)
    back = to_numpy(to_device(array, DEVICE))
    assert back.ctypes.data % ALIGNMENT == 0
    np.testing.assert_array_equal(back, array)
    array[0] = 42.0
    assert back[0] == 0.0


def test_a_view_keeps_its_array_alive_and_no_longer():
    array = aligned(np.arange(8, dtype=np.float32))
    before = sys.getrefcount(array)
    view = to_device(array, DEVICE)
    assert sys.getrefcount(array) > before
    del view
    assert sys.getrefcount(array) == before


def test_an_array_keeps_its_view_alive():
    back = to_numpy(to_device(np.full(1000, 7.0), DEVICE))
    churn = [np.full(1000, 1.0) for _ in range(50)]
    assert churn
    assert (back == 7.0).all()


def test_a_read_only_array_is_shared_too():
    array = aligned(np.arange(8, dtype=np.float32))
    array.flags.writeable = False
    assert to_numpy(to_device(array, DEVICE)).ctypes.data == array.ctypes.data


@pytest.mark.parametrize("dtype", ["datetime64[s]", "U3", object])
def test_what_iree_has_no_type_for_is_refused(dtype):
    with pytest.raises(UnsupportedError, match="cannot be passed to IREE"):
        to_device(np.zeros(2, dtype), DEVICE)


def test_jax_arrays_on_the_cpu_are_aligned():
    for size in (1, 3, 17, 1000):
        pointer = jax.random.normal(jax.random.key(0), (size,)).unsafe_buffer_pointer()
        assert pointer % ALIGNMENT == 0
