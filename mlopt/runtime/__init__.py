"""Running compiled modules on this machine, with little between caller and kernel.

Answers "how is a compiled module called, and how do arrays get in and out". Knows
nothing of JAX programs, compilers or schedules; must not import iree.compiler, and
imports jax only where arrays become jax arrays (`export`).
"""

from mlopt.runtime.buffers import to_device, to_numpy
from mlopt.runtime.device import Device, MemoryStatistics, open_device
from mlopt.runtime.executable import Executable
from mlopt.runtime.waiting import stop_preempting

__all__ = [
    "Device",
    "Executable",
    "MemoryStatistics",
    "open_device",
    "stop_preempting",
    "to_device",
    "to_numpy",
]
