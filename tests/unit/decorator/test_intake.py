"""Addresses of a call's arrays: shared where they can be, copied where they must."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mlopt.core.tensors import TensorSpec
from mlopt.decorator.intake import Intake
from mlopt.runtime.buffers import ALIGNMENT, aligned_empty


def intake_of(*arrays):
    return Intake([TensorSpec(shape=x.shape, dtype=str(x.dtype)) for x in arrays])


def aligned(values: np.ndarray, offset: int = 0) -> np.ndarray:
    """The values in memory that begins `offset` bytes after an aligned address."""
    memory = aligned_empty(values.nbytes + ALIGNMENT)
    view = memory[offset : offset + values.nbytes].view(values.dtype)
    view = view.reshape(values.shape)
    view[...] = values
    return view


VALUES = np.arange(12, dtype=np.float32).reshape(3, 4)


def test_jax_arrays_are_shared():
    x = jax.device_put(jnp.asarray(np.zeros((64, 64), np.float32)))
    (address,), kept = intake_of(x)([x])
    assert address == x.unsafe_buffer_pointer()
    assert kept == []


def test_aligned_arrays_of_numpy_are_shared_too():
    x = aligned(VALUES)
    (address,), _ = intake_of(x)([x])
    assert address == x.ctypes.data


@pytest.mark.parametrize(
    "x",
    [aligned(VALUES, offset=4), VALUES.T, VALUES[:, ::2], VALUES[::-1]],
    ids=["misaligned", "transposed", "strided", "reversed"],
)
def test_others_are_copied_with_their_values(x):
    (address,), (copy,) = intake_of(x)([x])
    assert address == copy.ctypes.data != x.ctypes.data
    assert address % ALIGNMENT == 0
    np.testing.assert_array_equal(copy, x)


def test_python_numbers_take_the_dtype_of_the_signature():
    specs = [TensorSpec(shape=(), dtype="float32"), TensorSpec(shape=(), dtype="int8")]
    _, (one, two) = Intake(specs)([1.5, 2])
    assert (one.dtype, one.item()) == (np.float32, 1.5)
    assert (two.dtype, two.item()) == (np.int8, 2)
    with pytest.raises(OverflowError):
        Intake(specs)([1.5, 1000])


def test_a_deleted_array_is_an_error_not_a_crash():
    x = jnp.zeros(8) + 1
    intake = intake_of(x)
    x.delete()
    with pytest.raises(RuntimeError, match="deleted"):
        intake([x])


def test_only_concrete_jax_arrays_are_trusted():
    x = jnp.zeros(4)
    intake = intake_of(x)
    assert intake.are_trusted([x, x])
    assert not intake.are_trusted([x, np.zeros(4)])
