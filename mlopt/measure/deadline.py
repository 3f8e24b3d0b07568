"""How long may a job of the measuring worker take? From the baseline's own time."""

from typing import Final

from mlopt.measure.plan import Baseline, MeasurePlan

# Loading, poisoning and comparing take what they took when the baseline was prepared.
_LEAST_OVERHEAD_S: Final = 2.0
# A machine that is busy with something else must not turn into timeouts.
_SLACK: Final = 4.0
# First calls, to warm up and to decide whether a candidate is too slow.
_NUM_FIRST_CALLS: Final = 5
# Programs that were measured before are not this much slower than their baseline.
_SLOW_FACTOR: Final = 5.0


def overhead_s(prepare_s: float) -> float:
    """What a job may take beside its timed calls, from how long preparing took."""
    return _LEAST_OVERHEAD_S + _SLACK * prepare_s


def timed_limit_s(facts: Baseline, plan: MeasurePlan, num_seeds: int) -> float:
    """Limit for all calls of one measurement.

    Every call of the candidate may take `too_slow_factor` times the baseline's, and
    all of it four times as long as that.
    """
    num_pairs = plan.num_rounds * plan.pairs_per_round
    num_timed = num_pairs * facts.calls_per_sample
    num_candidate_calls = num_seeds + _NUM_FIRST_CALLS + num_timed
    num_calls = num_timed + plan.too_slow_factor * num_candidate_calls
    return _SLACK * num_calls * facts.latency_us * 1e-6


def repeated_limit_s(facts: Baseline, num_calls: int) -> float:
    """Limit for calls of a program that was measured before."""
    return _SLACK * _SLOW_FACTOR * num_calls * facts.latency_us * 1e-6
