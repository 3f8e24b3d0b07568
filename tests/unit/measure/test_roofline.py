"""The size of the last-level cache, from a folder laid out as Linux's sysfs."""

import pytest

from mlopt.measure.roofline import last_level_cache_bytes, measure_limits


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        (["32K", "512K", "32768K"], 32 << 20),
        (["32K", "1M"], 1 << 20),
        ([], 0),
        (["unknown"], 0),
    ],
)
def test_the_largest_cache_is_the_last_level(tmp_path, sizes, expected):
    for index, size in enumerate(sizes):
        folder = tmp_path / f"index{index}"
        folder.mkdir()
        (folder / "size").write_text(f"{size}\n")
    assert last_level_cache_bytes(tmp_path) == expected


def test_limits_are_those_of_a_machine_of_this_century():
    limits = measure_limits(1)
    assert 1e8 < limits.flops_per_s < 1e15
    assert 1e8 < limits.bytes_per_s < 1e14
