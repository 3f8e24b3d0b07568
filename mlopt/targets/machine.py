"""What this machine is made of, read from the kernel without running anything.

Answers: how many cores may we use, how large are the caches, which processor is it.
Every reader takes the file system's root, so that tests can bring their own.
"""

import hashlib
import json
import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path("/")
LSCPU_TIMEOUT_S: Final = 5.0
_UNITS: Final = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
# Lines of /proc/cpuinfo that say which processor it is; the others (MHz, BogoMIPS,
# microcode) differ between two readings on one machine.
_IDENTITY: Final = (
    "vendor_id",
    "cpu family",
    "model",
    "model name",
    "stepping",
    "flags",
    "Features",
    "CPU implementer",
    "CPU variant",
    "CPU part",
    "isa",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSizes:
    """Data cache sizes of one core; `l3_bytes` is shared. 0 when unknown."""

    l1d_bytes: int = 0
    l2_bytes: int = 0
    l3_bytes: int = 0


def count_cores(root: Path = ROOT) -> int:
    """Count the cores we may use: the affinity mask, cut by the cgroup's CPU quota.

    A quota of 1.5 cores counts as 1: a second thread would only be throttled.
    """
    quota = _cpu_quota(root)
    allowed = _num_schedulable()
    return allowed if quota is None else max(1, min(allowed, int(quota)))


def read_cache_sizes(root: Path = ROOT) -> CacheSizes:
    """Read the first core's caches from sysfs, else from `lscpu`, else all 0."""
    sizes = _sysfs_cache_sizes(root / "sys/devices/system/cpu/cpu0/cache")
    if not sizes and root == ROOT:
        sizes = _lscpu_cache_sizes()
    return CacheSizes(
        l1d_bytes=sizes.get("L1d", 0),
        l2_bytes=sizes.get("L2", 0),
        l3_bytes=sizes.get("L3", 0),
    )


def processor_name(root: Path = ROOT) -> str:
    """Name the processor as its maker does; its architecture when that is unknown."""
    return _cpuinfo(root).get("model name", platform.machine())


def processor_fingerprint(root: Path = ROOT) -> str:
    """Hash what identifies the processor: equal on equal machines, across reboots."""
    fields = _cpuinfo(root)
    identity = {key: fields[key] for key in _IDENTITY if key in fields}
    text = json.dumps([platform.machine(), identity], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def memory_bytes() -> int:
    """Physical memory of the machine; 0 when unknown."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _num_schedulable() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cpu_quota(root: Path) -> float | None:
    """Cores' worth of CPU time the tightest enclosing cgroup grants, or None."""
    mount = root / "sys/fs/cgroup"
    quotas = []
    for line in _read(root / "proc/self/cgroup").splitlines():
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        if controllers == "":
            quotas += _quotas_above(mount, path, _v2_quota)
        elif "cpu" in controllers.split(","):
            quotas += _quotas_above(mount / "cpu", path, _v1_quota)
            quotas += _quotas_above(mount / controllers, path, _v1_quota)
    return min(quotas, default=None)


def _quotas_above(mount: Path, path: str, read_quota) -> list[float]:
    """Quotas of a group and of every group around it; a parent's limit binds too."""
    group = mount / path.lstrip("/")
    # Inside a container the path may name a group that only the host can see.
    groups = [group, *group.parents]
    inside = [g for g in groups if g == mount or mount in g.parents]
    return [quota for g in inside if (quota := read_quota(g)) is not None]


def _v2_quota(group: Path) -> float | None:
    return _ratio(*(_read(group / "cpu.max").split() or ["max", "1"])[:2])


def _v1_quota(group: Path) -> float | None:
    quota = _read(group / "cpu.cfs_quota_us").strip()
    period = _read(group / "cpu.cfs_period_us").strip()
    return _ratio(quota, period)


def _ratio(quota: str, period: str = "100000") -> float | None:
    """Divide two counts of microseconds; "max", "-1" and "" mean no limit."""
    if not (quota.isdigit() and period.isdigit()) or int(period) == 0:
        return None
    return int(quota) / int(period)


def _sysfs_cache_sizes(folder: Path) -> dict[str, int]:
    sizes = {}
    for index in sorted(folder.glob("index*")):
        level = _read(index / "level").strip()
        kind = _read(index / "type").strip()
        size = _parse_size(_read(index / "size").strip())
        if kind == "Data":
            sizes[f"L{level}d"] = size
        elif kind == "Unified":
            sizes[f"L{level}"] = size
    return sizes


def _lscpu_cache_sizes() -> dict[str, int]:
    """Sizes by name ("L1d", "L2", "L3"); empty where lscpu is missing or older."""
    program = shutil.which("lscpu")
    if program is None:
        return {}
    command = [program, "--caches=NAME,ONE-SIZE", "--bytes", "--json"]
    try:
        result = subprocess.run(
            command, capture_output=True, timeout=LSCPU_TIMEOUT_S, check=True
        )
        rows = json.loads(result.stdout)["caches"]
        return {row["name"]: int(row["one-size"]) for row in rows}
    except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError):
        return {}


def _parse_size(text: str) -> int:
    """Turn "32K" into 32768; 0 for what is not a size."""
    digits = text.rstrip("KMG")
    if not digits.isdigit():
        return 0
    return int(digits) * _UNITS.get(text[len(digits) :], 1)


def _cpuinfo(root: Path) -> dict[str, str]:
    """Fields of the first processor in /proc/cpuinfo."""
    first, _, _ = _read(root / "proc/cpuinfo").partition("\n\n")
    pairs = [line.partition(":") for line in first.splitlines()]
    return {key.strip(): value.strip() for key, _, value in pairs}


def _read(path: Path) -> str:
    """Text of a kernel file; empty where there is none."""
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
