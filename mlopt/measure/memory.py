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

from mlopt.measure.command_line import Invocation

_ALLOCATOR_PEAK: Final = re.compile(r"DEVICE_LOCAL:\s+(\d+)B peak")
_MAXRSS_BYTES: Final = 1 if sys.platform == "darwin" else 1024


def peak_memory_bytes(invocation: Invocation, *, timeout_s: float) -> int | None:
    """Inputs and constants plus the highest sum of results and temporaries, in bytes.

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
    transient = _pool_peak_bytes(report)
    if resident is None or transient is None:
        return None
    return int(resident.group(1)) + transient


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


def _pool_peak_bytes(report: str) -> int | None:
    """Sum over devices of the pools' high-water marks; None without such rows."""
    rows = [json.loads(line) for line in report.splitlines() if line.startswith("{")]
    peaks = [
        int(row["pool_reserved_high_water_bytes"])
        for row in rows
        if row.get("type") == "memory_device"
    ]
    return sum(peaks) if peaks else None
