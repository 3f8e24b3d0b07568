"""What pools had in use, from the lines that IREE's profiler prints."""

import json

from mlopt.measure.memory import pool_peak_bytes


def event(pool, in_use):
    return {
        "type": "memory_event",
        "pool_id": pool,
        "pool_stats_available": True,
        "pool_bytes_reserved": in_use,
    }


def report(*rows):
    # The high-water mark of a loop that drops its buffers counts every step.
    device = {"type": "memory_device", "pool_reserved_high_water_bytes": 9999}
    lines = [json.dumps(row) for row in (device, *rows)]
    return "\n".join(["IREE profile", *lines, ""])


def test_the_peak_is_what_was_in_use_and_not_what_was_ever_taken():
    assert pool_peak_bytes(report(event(1, 64), event(1, 192), event(1, 128))) == 192


def test_pools_add_up_at_each_moment():
    rows = (event(1, 100), event(2, 30), event(1, 10), event(2, 90))
    assert pool_peak_bytes(report(*rows)) == 130


def test_a_program_without_temporaries_takes_none():
    other = {"type": "memory_event", "pool_id": 0, "pool_stats_available": False}
    assert pool_peak_bytes(report(other)) == 0


def test_without_numbers_nothing_is_known():
    assert pool_peak_bytes("iree-profile: no such file\n") is None
