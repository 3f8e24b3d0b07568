"""How much memory does a program take at its highest?

Device memory comes from IREE's own accounting: a program's results and temporaries
live in a pool beside the device's allocator, whose statistics do not count them, so
the program is run once in IREE's command-line tool with its memory events recorded.
Resident memory is this process's, as the kernel counts it.
"""

import json
import re
import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

from mlopt.core.memory import PeakMemory
from mlopt.measure.command_line import Invocation

_ALLOCATOR_PEAK: Final = re.compile(r"DEVICE_LOCAL:\s+(\d+)B peak")
_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024


def peak_memory_bytes(invocation: Invocation, *, timeout_s: float) -> int | None:
    """As `peak_memory`, the total."""
    peak = peak_memory(invocation, timeout_s=timeout_s)
    return None if peak is None else peak.total_bytes


def peak_memory(invocation: Invocation, *, timeout_s: float) -> PeakMemory | None:
    """Inputs and constants, and the highest sum of results and temporaries.

    None when the tool fails, takes longer than `timeout_s`, or reports no numbers.
    """
    try:
        with invocation.scratch_file() as profile:
            run = invocation.run(
                "iree-run-module",
                "--print_statistics",
                "--device_profiling_mode=memory-events",
                f"--device_profiling_output={profile}",
                *["--output="] * invocation.num_outputs,
                timeout_s=timeout_s,
            )
            report = invocation.inspect(
                "iree-profile", "memory", "--format=jsonl", profile, timeout_s=timeout_s
            )
    except (OSError, subprocess.SubprocessError):
        return None
    resident = _ALLOCATOR_PEAK.search(run)
    transient = pool_peak_bytes(report)
    if resident is None or transient is None:
        return None
    return PeakMemory(resident_bytes=int(resident.group(1)), pool_bytes=transient)


def reset_peak_rss() -> bool:
    """Let the kernel count the peak from now on; False where it cannot."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def peak_rss_bytes() -> int:
    """Highest resident size of this process since `reset_peak_rss`, or ever."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        status = ""
    if match := re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE):
        return int(match.group(1)) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _MAXRSS_BYTES


def pool_peak_bytes(report: str) -> int | None:
    """Highest sum of what the pools said they had in use; None if they said nothing.

    Not the report's own high-water marks, which count a buffer until it is returned by
    the program: a loop's carried values are dropped instead, and would add up over all
    its steps. Each event has what its pool had in use then.

    Args:
        report: JSON lines of `iree-profile memory`.
    """
    rows = [json.loads(line) for line in report.splitlines() if line.startswith("{")]
    if not any(row.get("type") == "memory_device" for row in rows):
        return None
    in_use: dict[int, int] = {}
    peak = 0
    for row in rows:
        if row.get("pool_stats_available"):
            in_use[row["pool_id"]] = row["pool_bytes_reserved"]
            peak = max(peak, sum(in_use.values()))
    return peak
