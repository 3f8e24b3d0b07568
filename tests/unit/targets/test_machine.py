"""The kernel's files are read as they are written on real machines."""

import os
from pathlib import Path

import pytest

from mlopt.targets import machine


def _write(root: Path, path: str, text: str) -> None:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def _cache(root: Path, index: int, level: int, kind: str, size: str) -> None:
    folder = f"sys/devices/system/cpu/cpu0/cache/index{index}"
    _write(root, f"{folder}/level", f"{level}\n")
    _write(root, f"{folder}/type", f"{kind}\n")
    _write(root, f"{folder}/size", f"{size}\n")


def test_data_and_unified_caches_are_read_and_instruction_caches_are_not(tmp_path):
    _cache(tmp_path, 0, 1, "Data", "48K")
    _cache(tmp_path, 1, 1, "Instruction", "32K")
    _cache(tmp_path, 2, 2, "Unified", "2048K")
    _cache(tmp_path, 3, 3, "Unified", "32M")
    assert machine.read_cache_sizes(tmp_path) == machine.CacheSizes(
        l1d_bytes=49152, l2_bytes=2097152, l3_bytes=33554432
    )


def test_a_cache_of_unreadable_size_is_unknown(tmp_path):
    _cache(tmp_path, 0, 1, "Data", "big")
    assert machine.read_cache_sizes(tmp_path).l1d_bytes == 0


def test_a_machine_without_sysfs_has_unknown_caches(tmp_path):
    assert machine.read_cache_sizes(tmp_path) == machine.CacheSizes()


@pytest.fixture
def eight_cores(monkeypatch):
    monkeypatch.setattr(
        os, "sched_getaffinity", lambda pid: set(range(8)), raising=False
    )


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        ("max 100000", 8),
        ("300000 100000", 3),
        ("150000 100000", 1),
        ("10000 100000", 1),
        ("1600000 100000", 8),
        ("", 8),
    ],
)
def test_a_v2_quota_cuts_the_cores_and_never_below_one(
    tmp_path, eight_cores, quota, expected
):
    _write(tmp_path, "proc/self/cgroup", "0::/job\n")
    _write(tmp_path, "sys/fs/cgroup/job/cpu.max", quota)
    assert machine.count_cores(tmp_path) == expected


def test_the_quota_of_an_enclosing_group_binds(tmp_path, eight_cores):
    _write(tmp_path, "proc/self/cgroup", "0::/slice/job\n")
    _write(tmp_path, "sys/fs/cgroup/slice/cpu.max", "200000 100000")
    _write(tmp_path, "sys/fs/cgroup/slice/job/cpu.max", "400000 100000")
    assert machine.count_cores(tmp_path) == 2


def test_a_v1_quota_cuts_the_cores(tmp_path, eight_cores):
    _write(tmp_path, "proc/self/cgroup", "3:cpu,cpuacct:/job\n1:memory:/job\n0::/\n")
    _write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "500000\n")
    _write(tmp_path, "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n")
    assert machine.count_cores(tmp_path) == 5


def test_an_unlimited_v1_quota_changes_nothing(tmp_path, eight_cores):
    _write(tmp_path, "proc/self/cgroup", "1:cpu:/\n")
    _write(tmp_path, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n")
    _write(tmp_path, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n")
    assert machine.count_cores(tmp_path) == 8


def test_a_path_that_climbs_out_of_the_mount_is_ignored(tmp_path, eight_cores):
    # A container may see its group as one outside of what is mounted.
    _write(tmp_path, "proc/self/cgroup", "0::/../../elsewhere\n")
    assert machine.count_cores(tmp_path) == 8


_CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
model name\t: A Processor
cpu MHz\t\t: {mhz}
flags\t\t: {flags}

processor\t: 1
model name\t: Another
"""


def test_the_fingerprint_ignores_the_clock_and_sees_the_features(tmp_path):
    def fingerprint(name: str, mhz: str, flags: str) -> str:
        _write(tmp_path / name, "proc/cpuinfo", _CPUINFO.format(mhz=mhz, flags=flags))
        return machine.processor_fingerprint(tmp_path / name)

    slow = fingerprint("slow", "800.0", "sse avx")
    fast = fingerprint("fast", "3600.0", "sse avx")
    wide = fingerprint("wide", "3600.0", "sse avx avx512f")
    assert slow == fast
    assert slow != wide


def test_the_first_processor_gives_the_name(tmp_path):
    _write(tmp_path, "proc/cpuinfo", _CPUINFO.format(mhz="1", flags="sse"))
    assert machine.processor_name(tmp_path) == "A Processor"


def test_this_machine_has_cores_and_memory():
    assert 1 <= machine.count_cores() <= (os.cpu_count() or 1)
    assert machine.memory_bytes() > 0
