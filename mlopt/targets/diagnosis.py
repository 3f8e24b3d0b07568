"""Which targets work on this machine, each tried for real, and one line of advice.

Devices are tried in a worker process, because a broken driver may end the process
that loads it.
"""

import ctypes.util
import importlib.util
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mlopt.core.errors import MloptError
from mlopt.isolation import Worker
from mlopt.targets import cpu

DEVICE_TIMEOUT_S: Final = 60.0
_EXPECTED_SUM: Final = [11.0, 12.0, 13.0, 14.0]
_LATER: Final = "not used: this version tunes llvm-cpu only"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCheck:
    """One target's state: does it work, what was found, what to do."""

    name: str
    works: bool
    finding: str
    advice: str


def check_targets() -> tuple[TargetCheck, ...]:
    """Try every target, `llvm-cpu` first; never raises for one that is broken."""
    with closing(Worker(name="doctor")) as worker:
        return (
            check_cpu(worker),
            check_driver(
                worker,
                name="vulkan",
                library="vulkan",
                package="a Vulkan driver (Debian: mesa-vulkan-drivers)",
            ),
            check_driver(
                worker, name="cuda", library="cuda", package="NVIDIA's driver"
            ),
            check_tpu(),
        )


def check_cpu(worker: Worker) -> TargetCheck:
    """Compile a four-element addition for this CPU, run it, look at the sums."""
    job = "mlopt.targets.probe:add_on_device"
    arguments = (cpu.COMPILE_FLAGS, cpu.DEVICE_URI)
    try:
        result = worker.call(job, *arguments, timeout_s=cpu.PROBE_TIMEOUT_S)
    except MloptError as error:
        return TargetCheck(
            name=cpu.KIND,
            works=False,
            finding=_first_line(error),
            advice="reinstall iree-base-compiler and iree-base-runtime, same version",
        )
    works = result == _EXPECTED_SUM
    return TargetCheck(
        name=cpu.KIND,
        works=works,
        finding="compiled and ran a program" if works else f"computed {result}",
        advice="ready: mlopt tune SRC" if works else "report this as a bug",
    )


def check_driver(
    worker: Worker, *, name: str, library: str, package: str
) -> TargetCheck:
    """Look for a GPU driver's library, then for the devices it lists."""
    if ctypes.util.find_library(library) is None:
        return TargetCheck(
            name=name,
            works=False,
            finding=f"no lib{library} found",
            advice=f"install {package} to see its devices; {_LATER}",
        )
    job = "mlopt.targets.probe:list_devices"
    try:
        devices = worker.call(job, name, timeout_s=DEVICE_TIMEOUT_S)
    except MloptError as error:
        return TargetCheck(
            name=name, works=False, finding=_first_line(error), advice=_LATER
        )
    names = ", ".join(devices) if isinstance(devices, list) else ""
    return TargetCheck(
        name=name, works=False, finding=f"sees {names or 'no device'}", advice=_LATER
    )


def check_tpu() -> TargetCheck:
    """Look for libtpu and for the accelerator's device files."""
    has_library = importlib.util.find_spec("libtpu") is not None
    num_chips = len(list(Path("/dev").glob("accel*")))
    found = "libtpu is installed" if has_library else "libtpu is not installed"
    return TargetCheck(
        name="tpu", works=False, finding=f"{found}, {num_chips} chips", advice=_LATER
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
