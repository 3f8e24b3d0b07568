"""Arrays into device buffers and back, without a copy where memory can be shared.

Answers "how does memory cross between NumPy, JAX and the device". Ownership is kept
by DLPack: a shared buffer keeps the array it came from alive, and the array that
`to_numpy` returns keeps the buffer alive. Must not import jax (jax arrays are taken
through NumPy's protocols).
"""

import ctypes
from typing import Any, Final

import ml_dtypes
import numpy as np
from iree import runtime as iree_runtime
from numpy.typing import ArrayLike

from mlopt.core.errors import UnsupportedError
from mlopt.runtime.device import Device

# The compiler emits aligned vector loads; the runtime refuses less where it looks.
ALIGNMENT: Final = 64

# The stubs do not say that these are integers.
_Hal: Final[Any] = iree_runtime.HalElementType
ELEMENT_TYPES: Final[dict[str, int]] = {
    "bool": int(_Hal.BOOL_8),
    "int8": int(_Hal.SINT_8),
    "uint8": int(_Hal.UINT_8),
    "int16": int(_Hal.SINT_16),
    "uint16": int(_Hal.UINT_16),
    "int32": int(_Hal.SINT_32),
    "uint32": int(_Hal.UINT_32),
    "int64": int(_Hal.SINT_64),
    "uint64": int(_Hal.UINT_64),
    "float16": int(_Hal.FLOAT_16),
    "bfloat16": int(_Hal.BFLOAT_16),
    "float32": int(_Hal.FLOAT_32),
    "float64": int(_Hal.FLOAT_64),
    "complex64": int(_Hal.COMPLEX_64),
    "complex128": int(_Hal.COMPLEX_128),
    "float8_e4m3fn": int(_Hal.FLOAT_8_E4M3_FN),
    "float8_e5m2": int(_Hal.FLOAT_8_E5M2),
}
# Signless integers are what a module without an ABI encoding returns.
_DTYPES: Final[dict[int, np.dtype]] = {
    **{
        int(getattr(_Hal, f"INT_{bits}")): np.dtype(f"int{bits}")
        for bits in (8, 16, 32, 64)
    },
    **{
        element_type: np.dtype(getattr(ml_dtypes, name, name))
        for name, element_type in ELEMENT_TYPES.items()
    },
}


def element_type_of(dtype: str) -> int:
    """IREE's element type for a NumPy (or ml_dtypes) dtype name.

    Raises:
        UnsupportedError: the device has no such type.
    """
    element_type = ELEMENT_TYPES.get(dtype)
    if element_type is None:
        raise UnsupportedError(f"arrays of {dtype} cannot be passed to IREE")
    return element_type


def to_device(array: ArrayLike, device: Device) -> iree_runtime.HalBufferView:
    """A buffer view of an array: its own memory where possible, else a copy.

    Memory is shared when it is C-contiguous and 64-byte aligned (jax arrays on a CPU
    are); the view then keeps the array alive, and whoever writes to the array
    changes the view.

    Raises:
        UnsupportedError: a dtype that the device has no type for.
    """
    host = np.asarray(array)
    element_type = element_type_of(host.dtype.name)
    shape = list(host.shape)
    capsule = _shared_bytes(host).__dlpack__()
    buffer = device.hal.from_dlpack_capsule(capsule).get_buffer()
    return iree_runtime.HalBufferView(buffer, shape, element_type)


def to_numpy(view: iree_runtime.HalBufferView) -> np.ndarray:
    """The array that a buffer view holds, sharing its memory and keeping it alive.

    Raises:
        UnsupportedError: an element type NumPy has no dtype for.
    """
    element_type: Any = view.element_type
    dtype = _DTYPES.get(element_type)
    if dtype is None:
        raise UnsupportedError(f"element type {element_type:#x} has no NumPy dtype")
    return view.map().asarray(view.shape, dtype)


def aligned_empty(num_bytes: int) -> np.ndarray:
    """Writable, 64-byte aligned bytes, at least one."""
    size = max(num_bytes, 1)
    storage = np.empty(size + ALIGNMENT, np.uint8)
    start = -storage.ctypes.data % ALIGNMENT
    return storage[start : start + size]


def _shared_bytes(host: np.ndarray) -> np.ndarray:
    """The array's memory as writable aligned bytes; a copy where that cannot be."""
    address = host.ctypes.data
    if host.nbytes and host.flags.c_contiguous and address % ALIGNMENT == 0:
        return _writable_window(host, address)
    copy = aligned_empty(host.nbytes)
    typed = copy[: host.nbytes].view(host.dtype).reshape(host.shape)
    typed[...] = host
    return copy


def _writable_window(host: np.ndarray, address: int) -> np.ndarray:
    # DLPack cannot carry NumPy's read-only flag, so NumPy refuses to export the
    # read-only arrays that jax arrays become. Nothing writes through this window:
    # compiled modules only read their arguments.
    window: Any = (ctypes.c_char * host.nbytes).from_address(address)
    window.owner = host
    return np.frombuffer(window, np.uint8)
