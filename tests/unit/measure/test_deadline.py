"""The deadline of a measurement, from the baseline's own time."""

import pytest

from mlopt.measure.deadline import overhead_s, timed_limit_s
from mlopt.measure.plan import Baseline, MeasurePlan

PLAN = MeasurePlan(num_rounds=2, pairs_per_round=10, seed=0, too_slow_factor=5.0)


def limit_of(latency_us, calls_per_sample):
    facts = Baseline(
        latency_us=latency_us,
        outputs_digest="",
        calls_per_sample=calls_per_sample,
        max_relative_error=0.0,
        peak_memory_bytes=None,
    )
    return timed_limit_s(facts, PLAN, num_seeds=5)


def test_a_fast_program_is_called_often():
    # 2000 timed calls of each, 10 more of the candidate at 5 times 1 us, 4 times over.
    assert limit_of(1.0, 100) == pytest.approx(4 * 12_050e-6)


def test_a_slow_program_gets_a_multiple_of_its_own_time():
    # 20 calls of the baseline and 30 of the candidate at 5 s, 4 times over.
    assert limit_of(1e6, 1) == pytest.approx(4 * 170.0)


def test_what_takes_long_to_prepare_may_take_long_to_judge():
    assert overhead_s(0.0) == 2.0
    assert overhead_s(30.0) == 122.0
