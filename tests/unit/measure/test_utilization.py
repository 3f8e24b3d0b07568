"""The roofline, and speeds beyond it."""

import pytest

from mlopt.measure.plan import MachineLimits, Work
from mlopt.measure.utilization import (
    explain_impossible_speed,
    roofline_us,
    utilization,
)

LIMITS = MachineLimits(
    flops_per_s=1e11, bytes_per_s=1e10, cache_bytes=1 << 20, cached_bytes_per_s=1e11
)


def test_the_roofline_is_the_slower_of_compute_and_memory():
    assert roofline_us(Work(flops=1e6, num_bytes=1e4), LIMITS) == pytest.approx(10.0)
    assert roofline_us(Work(flops=1e6, num_bytes=1e6), LIMITS) == pytest.approx(100.0)


def test_utilization_is_roofline_time_over_time():
    assert utilization(Work(flops=1e6), LIMITS, 40.0) == pytest.approx(0.25)
    assert utilization(Work(), LIMITS, 40.0) == 0.0


@pytest.mark.parametrize(("latency_us", "is_impossible"), [(6.7, False), (6.6, True)])
def test_one_and_a_half_times_the_peak_is_impossible(latency_us, is_impossible):
    sentence = explain_impossible_speed(Work(flops=1e6), LIMITS, latency_us)
    assert bool(sentence) == is_impossible
    assert not is_impossible or "faster than the machine can be" in sentence


def test_narrow_types_may_compute_faster():
    narrow = Work(flops=1e6, rate_multiplier=4.0)
    assert not explain_impossible_speed(narrow, LIMITS, 2.0)
    assert explain_impossible_speed(narrow, LIMITS, 1.0)


def test_bandwidth_limits_only_what_no_cache_can_hold():
    assert not explain_impossible_speed(Work(num_bytes=1 << 21), LIMITS, 1.0)
    assert explain_impossible_speed(Work(num_bytes=1 << 23), LIMITS, 1.0)
    unknown_cache = MachineLimits(
        flops_per_s=1e11, bytes_per_s=1e10, cache_bytes=0, cached_bytes_per_s=1e11
    )
    assert not explain_impossible_speed(Work(num_bytes=1 << 23), unknown_cache, 1.0)
