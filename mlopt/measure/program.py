"""Calling a compiled program over and over, and poisoning the memory it will use.

Runs inside a measuring worker only, since a wrong program may crash its process.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from iree import runtime as iree_runtime

from mlopt.measure.sampling import Call
from mlopt.runtime import Device, Executable, to_numpy

# IREE's pool of results and temporaries is made of slabs of this size.
_SLAB_BYTES: Final = 64 << 20
# NaN in every float type, -1 in every signed integer.
_POISON_BYTE: Final = 0xFF


def bind(executable: Executable, views: Sequence[iree_runtime.HalBufferView]) -> Call:
    """A function that runs the program once and drops its results.

    It returns when they are complete; calling it raises RunError.
    """
    arguments = iree_runtime.VmVariantList(len(views))
    for view in views:
        arguments.push_ref(view.ref)
    invoke = executable.invoke

    def call() -> None:
        invoke(arguments)

    return call


def run_poisoned(
    executable: Executable, views: Sequence[iree_runtime.HalBufferView]
) -> list[np.ndarray]:
    """Run once where unwritten memory shows, and copy the results.

    Raises:
        RunError: the device reported a failure.
        UnsupportedError: a result of a type that NumPy cannot hold.
    """
    poison(executable.device)
    # Copies, because the results' own memory goes back to the pool.
    return [np.array(to_numpy(view)) for view in executable(*views)]


def poison(device: Device) -> None:
    """Fill the device's pool of free memory with NaN and -1.

    The next program's results and temporaries lie there. Only those larger than a
    slab escape: they are fresh pages of zeros, which comparing with results for
    random inputs finds as well.
    """
    hal = device.hal
    done = hal.create_semaphore(0)
    buffer = hal.queue_alloca(_SLAB_BYTES, [(done, 0)], [(done, 1)])
    done.wait(1)
    buffer.map().asarray([_SLAB_BYTES], np.dtype(np.uint8))[:] = _POISON_BYTE
    hal.queue_dealloca(buffer, [(done, 1)], [(done, 2)])
    done.wait(2)
