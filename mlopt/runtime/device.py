"""Devices: where a compiled module runs, opened once a process.

Answers "which IREE HAL device serves this URI". Must not import jax.
"""

import threading
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, final

from iree import runtime as iree_runtime

# Public in the binding but neither lifted into `iree.runtime` nor in its stubs.
from iree.runtime import _binding

from mlopt.core.errors import TargetError

_BINDING: Final[Any] = _binding
# Worker threads of the task system are configured by flags of the whole process, which
# a driver reads once, when it is created.
_FLAGS_LOCK: Final = threading.Lock()
# What IREE itself assumes when nothing is said.
_MOST_WORKERS: Final = 64
# IREE's 128 KiB leave a kernel what the thread-local variables of all loaded libraries
# have not taken, and a kernel that needs more kills the process. Only touched pages
# cost memory.
_WORKER_STACK_BYTES: Final = 1 << 20

# Otherwise nanobind prints dozens of lines at exit about types that the interpreter
# never frees anyway.
_BINDING.disable_leak_checker()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStatistics:
    """What a device's allocator has handed out since the device was opened, in bytes.

    Buffers imported from the host are not allocations and do not count.
    """

    peak_bytes: int
    allocated_bytes: int
    freed_bytes: int

    @property
    def live_bytes(self) -> int:
        """What is allocated and not yet freed."""
        return self.allocated_bytes - self.freed_bytes


@final
class Device:
    """One opened HAL device with the VM instance that its contexts live in.

    Attributes:
        uri: "local-sync" runs on the calling thread (3 us a call), "local-task" on
            worker threads (15 us more a call, but all cores).
        num_threads: worker threads asked for; None leaves it to IREE.
        hal, instance, hal_module: the IREE objects.
    """

    __slots__ = ("hal", "hal_module", "instance", "num_threads", "uri")

    def __init__(self, uri: str, num_threads: int | None = None) -> None:
        """Open a device of its own, shared with nobody; see `open_device`.

        Raises:
            TargetError: no such driver, or no such device.
        """
        self.uri = uri
        self.num_threads = num_threads
        self.hal = _create_hal_device(uri, num_threads)
        self.instance = _vm_instance()
        self.hal_module = iree_runtime.create_hal_module(self.instance, self.hal)

    @property
    def has_workers(self) -> bool:
        """Whether a call waits for threads of the device."""
        return self.uri.startswith("local-task")

    def memory_statistics(self) -> MemoryStatistics | None:
        """Allocator statistics; None while the allocator has counted nothing.

        A "local-sync" device counts everything. A "local-task" device of IREE 3.13
        draws on pools that nobody counts, so it always gives None. There is no reset:
        measure with a `Device` opened for the purpose.
        """
        statistics: dict[str, int] = self.hal.allocator.statistics
        if not any(statistics.values()):
            return None
        return MemoryStatistics(
            peak_bytes=_both_heaps(statistics, "bytes_peak"),
            allocated_bytes=_both_heaps(statistics, "bytes_allocated"),
            freed_bytes=_both_heaps(statistics, "bytes_freed"),
        )

    def __repr__(self) -> str:
        return f"Device({self.uri!r}, num_threads={self.num_threads})"


@cache
def open_device(uri: str, num_threads: int | None = None) -> Device:
    """The process's device for a URI, opened at the first call.

    Args:
        uri: "local-sync", "local-task", or any HAL device URI.
        num_threads: workers of a "local-task" device, each pinned to a physical core
            and at most one a core; None takes all of them. Other devices ignore it.

    Raises:
        TargetError: no such driver or device, or fewer than one thread.
    """
    return Device(uri, num_threads)


@cache
def _vm_instance() -> iree_runtime.VmInstance:
    return iree_runtime.VmInstance()


def _create_hal_device(uri: str, num_threads: int | None) -> iree_runtime.HalDevice:
    if num_threads is not None and num_threads < 1:
        raise TargetError(f"a device needs at least one thread, not {num_threads}")
    workers = _MOST_WORKERS if num_threads is None else num_threads
    with _FLAGS_LOCK:
        iree_runtime.flags.parse_flags(
            f"--task_topology_max_group_count={workers}",
            f"--task_worker_stack_size={_WORKER_STACK_BYTES}",
        )
        try:
            # Not the cached driver: it keeps the workers of its first use.
            driver = _BINDING.create_hal_driver(uri)
            return driver.create_device_by_uri(uri)
        except (ValueError, RuntimeError) as error:
            known = ", ".join(iree_runtime.query_available_drivers())
            raise TargetError(
                f"no device {uri!r} can be opened here; IREE's drivers are: {known}"
            ) from error


def _both_heaps(statistics: dict[str, int], name: str) -> int:
    # Host-local and device-local heaps; on a CPU both are the machine's memory.
    return statistics[f"host_{name}"] + statistics[f"device_{name}"]
