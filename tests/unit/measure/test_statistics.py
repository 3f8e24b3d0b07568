"""The ratio of two medians, its interval, and drift, against numbers made by hand."""

import numpy as np
import pytest

from mlopt.measure.statistics import (
    bootstrap_geometric_mean,
    bootstrap_ratio_interval,
    drift,
    fastest_in_turns,
    geometric_mean,
    median,
)


def interval_of(baseline, candidate, *, seed=0):
    rng = np.random.default_rng(seed)
    return bootstrap_ratio_interval(baseline, candidate, rng=rng)


def test_median_of_odd_and_even_counts():
    assert median([9.0, 1.0, 5.0]) == 5.0
    assert median([4.0, 1.0, 2.0, 8.0]) == 3.0


def test_the_ratio_is_baseline_over_candidate():
    assert interval_of([20.0, 30.0, 40.0], [10.0, 10.0, 12.0]).value == 3.0


def test_equal_samples_give_an_interval_of_no_width():
    interval = interval_of([6.0] * 9, [2.0] * 9)
    assert (interval.value, interval.low, interval.high) == (3.0, 3.0, 3.0)


def test_two_pairs_give_the_interval_that_can_be_enumerated():
    # Draws of two pairs: (1st, 1st) 1/4, mixed 1/2, (2nd, 2nd) 1/4. Ratios 4/2 = 2,
    # (4+8)/(2+2) = 3, 8/2 = 4: both tails of 2.5% lie inside the outer quarters.
    interval = interval_of([4.0, 8.0], [2.0, 2.0])
    assert (interval.low, interval.value, interval.high) == (2.0, 3.0, 4.0)


def test_what_hits_both_of_a_pair_is_no_difference():
    disturbance = np.array([1.0, 1.0, 3.0, 1.0, 7.0, 1.0, 1.5, 2.0])
    interval = interval_of(20.0 * disturbance, 10.0 * disturbance)
    assert interval.low == pytest.approx(2.0)
    assert interval.high == pytest.approx(2.0)


def test_the_same_generator_state_gives_the_same_interval():
    rng = np.random.default_rng(7)
    baseline, candidate = rng.uniform(1.0, 2.0, (2, 15))
    assert interval_of(baseline, candidate, seed=3) == interval_of(
        baseline, candidate, seed=3
    )
    assert interval_of(baseline, candidate, seed=3) != interval_of(
        baseline, candidate, seed=4
    )


@pytest.mark.parametrize("ratio", [1.0, 1.3])
def test_the_interval_covers_the_truth_as_often_as_it_says(ratio):
    rng = np.random.default_rng(0)
    num_covered = 0
    for _ in range(400):
        shared = rng.lognormal(0.0, 0.2, 30)  # the machine's load, common to a pair
        baseline = ratio * shared * rng.lognormal(0.0, 0.05, 30)
        candidate = shared * rng.lognormal(0.0, 0.05, 30)
        interval = bootstrap_ratio_interval(
            baseline, candidate, rng=rng, num_resamples=400
        )
        num_covered += interval.low <= ratio <= interval.high
    # 95% of 400 is 380; five standard deviations of a binomial are 22.
    assert 358 <= num_covered <= 400


def test_more_pairs_give_a_narrower_interval():
    rng = np.random.default_rng(1)
    baseline, candidate = rng.lognormal(0.0, 0.1, (2, 200))
    few = interval_of(baseline[:20], candidate[:20])
    many = interval_of(baseline, candidate)
    assert many.high - many.low < 0.6 * (few.high - few.low)


@pytest.mark.parametrize(
    ("baseline", "candidate"),
    [([], []), ([1.0], [1.0, 2.0]), ([1.0, 0.0], [1.0, 1.0]), ([1.0], [np.nan])],
)
def test_samples_that_are_no_pairs_of_times_are_refused(baseline, candidate):
    with pytest.raises(ValueError, match="samples"):
        interval_of(baseline, candidate)


def test_drift_is_the_spread_of_the_rounds_medians():
    samples = [10.0, 11.0, 10.0, 12.0, 12.0, 99.0, 9.0, 9.0, 8.0]
    assert drift(samples, 3) == pytest.approx(12.0 / 9.0 - 1.0)


def test_a_steady_baseline_does_not_drift():
    assert drift([5.0] * 7, 3) == 0.0


def test_drift_needs_a_sample_for_each_round():
    with pytest.raises(ValueError, match="2 samples into 3 rounds"):
        drift([1.0, 1.0], 3)


def test_geometric_mean_cancels_a_gain_with_its_loss():
    assert geometric_mean([2.0, 0.5]) == pytest.approx(1.0)
    assert geometric_mean([1.0, 2.0, 4.0]) == pytest.approx(2.0)


def test_programs_timed_in_turns_are_ranked_whatever_the_machine_did_meanwhile():
    speed = np.array([1.0, 1.0, 3.0, 3.0, 1.0, 2.0, 1.0])
    samples = {"b": 1.1 * speed, "c": 1.3 * speed, "a": 1.0 * speed}
    samples["a"][3] *= 10  # one stray interrupt
    assert fastest_in_turns(samples) == ["a", "b", "c"]
    assert fastest_in_turns({}) == []
    with pytest.raises(ValueError, match="same shape"):
        fastest_in_turns({"a": [1.0], "b": [1.0, 2.0]})


def mean_of(pairs, *, seed=0):
    return bootstrap_geometric_mean(pairs, rng=np.random.default_rng(seed))


def test_the_mean_of_several_programs_is_geometric():
    mean = mean_of([([8.0] * 5, [2.0] * 5), ([3.0] * 7, [3.0] * 7)])
    assert mean.value == pytest.approx(2.0)
    assert (mean.low, mean.high) == pytest.approx((2.0, 2.0))


def test_the_mean_of_one_program_has_the_interval_of_its_ratio():
    rng = np.random.default_rng(1)
    pair = 10.0 + rng.random(30), 5.0 + rng.random(30)
    mean, alone = mean_of([pair]), interval_of(*pair)
    assert mean.value == pytest.approx(alone.value)
    assert (mean.low, mean.high) == pytest.approx((alone.low, alone.high))


def test_more_programs_make_the_mean_of_equal_scatter_surer():
    rng = np.random.default_rng(2)
    pairs = [(10.0 + rng.random(20), 5.0 + rng.random(20)) for _ in range(16)]
    one, many = mean_of(pairs[:1]), mean_of(pairs)
    assert (many.high - many.low) < 0.5 * (one.high - one.low)


def test_a_mean_of_nothing_is_an_error():
    with pytest.raises(ValueError, match="no programs"):
        mean_of([])
