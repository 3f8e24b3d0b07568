"""Argument lists see the memory at their addresses, and there are never many."""

import numpy as np
import pytest

from mlopt.core.errors import UnsupportedError
from mlopt.core.tensors import TensorSpec
from mlopt.runtime import open_device, to_numpy
from mlopt.runtime.arguments import ArgumentLists
from mlopt.runtime.buffers import aligned_empty
from mlopt.runtime.memory import byte_copier

DEVICE = open_device("local-sync")
PAIR = (
    TensorSpec(shape=(2, 3), dtype="float32"),
    TensorSpec(shape=(), dtype="int32"),
)


def views(values):
    from iree.runtime import HalBufferView

    return [values.get_as_object(i, HalBufferView) for i in range(values.size)]


def test_a_list_shows_what_lies_at_the_addresses_now():
    matrix = aligned_empty(24).view(np.float32).reshape(2, 3)
    scalar = aligned_empty(4).view(np.int32)
    matrix[...], scalar[...] = np.arange(6).reshape(2, 3), 7
    lists = ArgumentLists(PAIR, DEVICE)
    addresses = (matrix.ctypes.data, scalar.ctypes.data)
    first, second = map(to_numpy, views(lists.at(addresses)))
    np.testing.assert_array_equal(first, matrix)
    assert second.shape == ()
    assert second == 7
    matrix[0, 0] = 42.0
    assert lists.at(addresses) is lists.known[addresses]
    assert to_numpy(views(lists.at(addresses))[0])[0, 0] == 42.0


def test_addresses_that_never_repeat_do_not_pile_up():
    lists = ArgumentLists(PAIR, DEVICE)
    memory = aligned_empty(64 * 1000)
    scalar = aligned_empty(4)
    for turn in range(900):
        lists.at((memory.ctypes.data + 64 * turn, scalar.ctypes.data))
    assert len(lists.known) <= 64


def test_a_dtype_without_a_device_type_is_refused():
    with pytest.raises(UnsupportedError, match="int4"):
        ArgumentLists([TensorSpec(shape=(2,), dtype="int4")], DEVICE)


def test_bytes_of_a_view_are_copied_whole():
    source = aligned_empty(24).view(np.float32)
    source[...] = np.arange(6)
    (view, _) = views(
        ArgumentLists(PAIR, DEVICE).at((source.ctypes.data, source.ctypes.data))
    )
    target = np.zeros(8, np.float32)
    byte_copier(DEVICE)(view, target.ctypes.data, 24)
    np.testing.assert_array_equal(target, [0, 1, 2, 3, 4, 5, 0, 0])
