"""Results of a call as jax arrays, none of which shares memory with an argument.

Answers "how does device memory become a jax.Array for the least cost". Measured on
one EPYC core: `jax.dlpack.from_dlpack` costs 77 us an array and `jax.device_put` 65,
both without a copy; passing NumPy views through an identity under `jax.jit` copies
but costs 9 us for one small array and 84 for twenty. Copying 256 KiB costs 12 us,
1 MiB 160: hence the limit below. May import jax.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias, final

import jax
import jax.numpy as jnp
import numpy as np
from iree import runtime as iree_runtime
from jax.core import Tracer

from mlopt.core.tensors import TensorSpec
from mlopt.runtime.buffers import to_numpy
from mlopt.runtime.executable import Executable

# jax.Device is no type to a type checker.
_Device: TypeAlias = Any
# Where sharing memory begins to cost less than copying it.
_SHARED_BYTES: Final = 512 * 1024

_View = iree_runtime.HalBufferView
_Values = iree_runtime.VmVariantList
# What NumPy reads through DLPack, in 1.0 us instead of the 2.3 of a mapping.
_DLPACK_KINDS: Final = "biuf"
_DLPACK_CPU: Final = 1
# Python scalars are what is weakly typed to begin with.
_PYTHON_SCALARS: Final = {"i": 0, "f": 0.0, "c": 0j}


@final
class ResultExporter:
    """Turns the results of one signature into jax arrays.

    Small results are copied, large ones share the device's memory and keep it (and
    the executable, whose constants a result may be) alive.
    """

    __slots__ = ("_copied", "_device", "_executable", "_place", "_readers", "_shared")

    def __init__(
        self,
        specs: Sequence[TensorSpec],
        weak_types: Sequence[bool],
        executable: Executable,
    ) -> None:
        """Prepare for results of these shapes and dtypes.

        Args:
            weak_types: for each result whether it is promoted like a Python scalar.
        """
        self._executable = executable
        self._readers = tuple(_reader(spec, executable) for spec in specs)
        large = [spec.num_bytes >= _SHARED_BYTES for spec in specs]
        self._shared = tuple(i for i, is_large in enumerate(large) if is_large)
        self._copied = tuple(i for i, is_large in enumerate(large) if not is_large)
        weak_specs = [specs[i] if weak_types[i] else None for i in self._copied]
        self._device = _cpu_unless_default()
        self._place = _placement(weak_specs, self._device)

    def __call__(
        self, results: _Values, occupied: Iterable[tuple[int, int]]
    ) -> list[jax.Array]:
        """The results of one call, in order.

        Args:
            results: what the executable returned.
            occupied: address and size in bytes of each argument: a result that is an
                argument handed back is copied, whatever its size. Read only where
                a result is large enough to be shared.
        """
        arrays: list[Any] = [
            reader(results.get_as_object(index, _View))
            for index, reader in enumerate(self._readers)
        ]
        if not self._shared:
            return self._place(arrays)
        copied = self._place([arrays[i] for i in self._copied])
        for index, array in zip(self._copied, copied, strict=True):
            arrays[index] = array
        taken = tuple(occupied)
        for index in self._shared:
            arrays[index] = self._share(arrays[index], taken)
        return arrays

    def _share(self, array: np.ndarray, taken: Sequence[tuple[int, int]]) -> jax.Array:
        start = array.ctypes.data
        stop = start + array.nbytes
        if any(start < a + size and a < stop for a, size in taken):
            return jax.device_put(array.copy(), self._device, may_alias=True)
        owner = _MemoryOwner(array, self._executable)
        shared = np.asarray(owner).view(array.dtype).reshape(array.shape)
        return jax.device_put(shared, self._device, may_alias=True)


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


@final
class _Exported:
    """A buffer view as NumPy's `from_dlpack` wants to see it."""

    __slots__ = ("_capsule",)

    def __init__(self, capsule: object) -> None:
        self._capsule = capsule

    def __dlpack__(self, **_: object) -> object:
        return self._capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return (_DLPACK_CPU, 0)


def _reader(spec: TensorSpec, executable: Executable) -> Callable[[_View], np.ndarray]:
    """What reads a result of this spec as a NumPy array over the same memory."""
    dtype = jnp.dtype(spec.dtype)
    if dtype.kind not in _DLPACK_KINDS:
        return lambda view: to_numpy(view).view(dtype)
    capsule_of = executable.device.hal.create_dlpack_capsule

    def read(view: _View) -> np.ndarray:
        exported: Any = _Exported(capsule_of(view, _DLPACK_CPU, 0))
        array = np.from_dlpack(exported)
        # Modules may return unsigned integers and booleans as signless ones.
        return array if array.dtype == dtype else array.view(dtype)

    return read


def _placement(
    weak_specs: Sequence[TensorSpec | None], device: _Device | None
) -> Callable[[Sequence[np.ndarray]], list[jax.Array]]:
    """What copies NumPy arrays into jax arrays on the CPU.

    Args:
        weak_specs: for each array its spec when it becomes weakly typed, else None.
        device: where to, None for JAX's default device.
    """

    def identity(*arrays: jax.Array) -> list[jax.Array]:
        return [
            array if spec is None else _weaken(array, spec)
            for array, spec in zip(arrays, weak_specs, strict=True)
        ]

    place = jax.jit(identity)

    def copy(arrays: Sequence[np.ndarray]) -> list[jax.Array]:
        placed = place(*arrays)
        if placed and isinstance(placed[0], Tracer):
            # A caller is being traced: the trace keeps the NumPy arrays themselves.
            return place(*[array.copy() for array in arrays])
        return placed

    if device is None:
        return copy
    return lambda arrays: jax.device_put([a.copy() for a in arrays], device)


def _cpu_unless_default() -> _Device | None:
    """JAX's CPU device where its default device is another; None where it is not."""
    if jax.default_backend() == "cpu":
        return None
    return jax.local_devices(backend="cpu")[0]


def _weaken(array: jax.Array, spec: TensorSpec) -> jax.Array:
    """The array with a weak type, where its dtype is the default one of its kind."""
    scalar = _PYTHON_SCALARS.get(array.dtype.kind)
    if scalar is None:
        return array
    # The one public operation that keeps its first operand's weak type: a scatter.
    weak = jnp.full(spec.shape, scalar)
    return weak.at[...].set(array) if weak.dtype == array.dtype else array
