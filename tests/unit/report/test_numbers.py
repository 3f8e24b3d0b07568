"""Three significant digits, the right unit, no exponents."""

import pytest

from mlopt.core.measurement import FailureStatus, Interval
from mlopt.report import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.95149, "0.951"),
        (1.0, "1.00"),
        (1.4, "1.40"),
        (9.996, "10.0"),
        (12.345, "12.3"),
        (99.96, "100"),
        (123.4, "123"),
        (1234.0, "1230"),
        (0.0123, "0.0123"),
    ],
)
def test_digits(value, text):
    assert numbers.digits(value) == text


@pytest.mark.parametrize(
    ("latency_us", "text"),
    [
        (0.25, "0.250 us"),
        (8.214, "8.21 us"),
        (999.4, "999 us"),
        (999.6, "1.00 ms"),
        (12_345.0, "12.3 ms"),
        (999_700.0, "1.00 s"),
        (75e6, "75.0 s"),
    ],
)
def test_duration(latency_us, text):
    assert numbers.duration(latency_us) == text


def test_both_ends_of_a_range_have_one_unit():
    assert numbers.duration_range(980.0, 1020.0) == "0.980 to 1.02 ms"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (59.6, "1 min 00 s"), (200, "3 min 20 s"), (3725, "1 h 02 min")],
)
def test_elapsed(seconds, text):
    assert numbers.elapsed(seconds) == text


@pytest.mark.parametrize(
    ("num_bytes", "text"),
    [
        (None, "unknown"),
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.00 KiB"),
        (12 << 20, "12.0 MiB"),
        (5 << 50, "5120 TiB"),
    ],
)
def test_size(num_bytes, text):
    assert numbers.size(num_bytes) == text


def test_a_speedup_names_its_baseline_and_its_interval():
    interval = Interval(value=1.479, low=1.45, high=1.52)
    expected = "1.48x over default (95% interval 1.45 to 1.52)"
    assert numbers.speedup_over(interval, "default") == expected


def test_failures_without_a_count_are_left_out():
    counts = ((FailureStatus.COMPILE_ERROR, 8), (FailureStatus.TOO_SLOW, 0))
    assert numbers.failure_counts(counts) == "8 compile_error"
