"""Results of a call as jax arrays, none of which shares memory with an argument.

Answers "how does device memory become a jax.Array for the least cost": small results
by a copy into arrays made beforehand (see `fresh`), large ones by sharing, where the
70 us of `jax.device_put` are less than the copy. May import jax.
"""

from collections.abc import Sequence
from typing import Any, Final, final

import jax
import jax.numpy as jnp
import numpy as np
from iree import runtime as iree_runtime

from mlopt.core.errors import RunError
from mlopt.core.tensors import TensorSpec
from mlopt.runtime.buffers import to_numpy
from mlopt.runtime.executable import Executable
from mlopt.runtime.fresh import FreshArrays
from mlopt.runtime.memory import CARRIED_DTYPES, byte_copier

# Where sharing memory begins to cost less than filling and copying it.
_SHARED_BYTES: Final = 512 * 1024

_View = iree_runtime.HalBufferView
_Values = iree_runtime.VmVariantList


@final
class ResultExporter:
    """Turns the results of one signature into jax arrays.

    Small results are copied. Large ones share the device's memory and keep it (and
    the executable, whose constants a result may be) alive.
    """

    __slots__ = (
        "_argument_sizes",
        "_copied",
        "_copy",
        "_device",
        "_executable",
        "_fresh",
        "_shared",
    )

    def __init__(
        self,
        specs: Sequence[TensorSpec],
        weak_types: Sequence[bool],
        executable: Executable,
        argument_sizes: Sequence[int],
    ) -> None:
        """Prepare for results of these shapes and dtypes.

        Args:
            argument_sizes: in bytes, of what the executable is called with.
            weak_types: for each result whether it is promoted like a Python scalar;
                large results are not, as in the NumPy arrays they come from.
        """
        self._executable = executable
        self._argument_sizes = tuple(argument_sizes)
        small = [index for index, spec in enumerate(specs) if _is_copied(spec)]
        self._copied = [(index, specs[index].num_bytes) for index in small]
        self._shared = [
            (index, jnp.dtype(spec.dtype), spec.num_bytes)
            for index, spec in enumerate(specs)
            if not _is_copied(spec)
        ]
        self._fresh = FreshArrays(
            [specs[index] for index in small], [weak_types[index] for index in small]
        )
        self._copy = byte_copier(executable.device)
        self._device = _cpu_unless_default()

    def __call__(self, results: _Values, addresses: Sequence[int]) -> list[jax.Array]:
        """The results of one call, in order.

        Args:
            results: what the executable returned.
            addresses: of its arguments: a result that is an argument handed back
                is copied, whatever its size.
        """
        arrays, targets = self._fresh.take()
        view_at, copy = results.get_as_object, self._copy
        for (index, size), target in zip(self._copied, targets, strict=True):
            if size:
                copy(view_at(index, _View), target, size)
        if self._shared:
            taken = tuple(zip(addresses, self._argument_sizes, strict=True))
            # In ascending order: each index is right once those before are in place.
            for index, dtype, _ in self._shared:
                array = to_numpy(view_at(index, _View)).view(dtype)
                arrays.insert(index, self._share(array, taken))
        return arrays

    def check(self, results: _Values) -> None:
        """Refuse results of another size than the specs; once is enough.

        Raises:
            RunError: the module returns something else, such as float32 for float64.
        """
        expected = [*self._copied, *((i, size) for i, _, size in self._shared)]
        for index, size in expected:
            actual = results.get_as_object(index, _View).byte_length
            if actual != size:
                raise RunError(
                    f"result {index} of {self._executable.entry} has {actual} bytes, "
                    f"and {size} were expected"
                )

    def _share(self, array: np.ndarray, taken: Sequence[tuple[int, int]]) -> jax.Array:
        if _overlaps(array, taken):
            return jax.device_put(array.copy(), self._device, may_alias=True)
        owner = _MemoryOwner(array, self._executable)
        owned = np.asarray(owner).view(array.dtype).reshape(array.shape)
        return jax.device_put(owned, self._device, may_alias=True)


@final
class _MemoryOwner:
    """Keeps a result's memory and its executable alive behind plain bytes."""

    __slots__ = ("__array_interface__", "_kept")

    def __init__(self, array: np.ndarray, executable: Executable) -> None:
        self._kept = (array, executable)
        self.__array_interface__ = {
            "version": 3,
            "shape": (array.nbytes,),
            "typestr": "|u1",
            "data": (array.ctypes.data, True),
        }


def _is_copied(spec: TensorSpec) -> bool:
    return spec.num_bytes < _SHARED_BYTES and spec.dtype in CARRIED_DTYPES


def _overlaps(array: np.ndarray, taken: Sequence[tuple[int, int]]) -> bool:
    start = array.ctypes.data
    stop = start + array.nbytes
    return any(start < other + size and other < stop for other, size in taken)


def _cpu_unless_default() -> Any:
    """JAX's CPU device where its default device is another; None where it is not."""
    if jax.default_backend() == "cpu":
        return None
    return jax.local_devices(backend="cpu")[0]
