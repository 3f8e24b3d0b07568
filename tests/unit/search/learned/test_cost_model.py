"""The cost model ranks what it never saw, knows failures, says how sure it is."""

import dataclasses

import numpy as np
import pytest

from mlopt.search.learned.cost_model import SLOWEST, Examples, FitOptions, fit

OPTIONS = FitOptions(steps=500, width=64)
NUM_FEATURES = 12


def drawn(seed, groups, *, offset=0.0):
    """Candidates of kernels: their speed is smooth in the features, some fail."""
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((60 * len(groups), NUM_FEATURES)) + offset
    log_speedup = 0.4 * features[:, 0] - 0.3 * np.abs(features[:, 1])
    return Examples(
        features=features.astype(np.float32),
        log_speedup=log_speedup.astype(np.float32),
        failed=features[:, 2] > 1.2,
        group=np.repeat(groups, 60),
    )


@pytest.fixture(scope="module")
def model():
    return fit(drawn(0, range(40)), seed=0, options=OPTIONS)


def rank_correlation(one, other):
    first, second = (np.argsort(np.argsort(values)) for values in (one, other))
    return np.corrcoef(first, second)[0, 1]


def test_it_ranks_candidates_of_kernels_that_it_never_saw(model):
    unseen = drawn(7, range(3))
    score = model.predict(unseen.features).score
    # Close to where they fail, a low score is right.
    sound = unseen.features[:, 2] < 0.5
    assert rank_correlation(score[sound], unseen.log_speedup[sound]) > 0.9


def test_failures_are_foreseen_and_come_last(model):
    unseen = drawn(8, range(3))
    found = model.predict(unseen.features)
    assert found.failure[unseen.failed].mean() > 0.7
    assert found.failure[~unseen.failed].mean() < 0.1
    worst = np.argsort(found.score)[: unseen.failed.sum()]
    assert unseen.failed[worst].mean() > 0.7


def test_it_is_less_sure_far_from_what_it_saw(model):
    near, far = drawn(9, range(3)), drawn(9, range(3), offset=6.0)
    assert model.predict(far.features).spread.mean() > 2.0 * (
        model.predict(near.features).spread.mean()
    )


def test_the_same_seed_gives_the_same_model(model):
    again = fit(drawn(0, range(40)), seed=0, options=OPTIONS)
    features = drawn(3, range(1)).features
    assert np.array_equal(model.predict(features).score, again.predict(features).score)


def test_it_learns_a_kernel_by_a_few_of_its_candidates(model):
    """A kernel on which the first feature does the opposite."""
    other = drawn(5, range(1))
    turned = dataclasses.replace(other, log_speedup=-other.log_speedup)
    learnt = model.trained(turned, seed=0, steps=150, learning_rate=1e-3)
    ran = ~turned.failed

    def agreement(one):
        score = one.predict(turned.features).score
        return rank_correlation(score[ran], turned.log_speedup[ran])

    assert agreement(model) < -0.5
    assert agreement(learnt) > 0.8
    # The model itself is as it was.
    assert agreement(model) < -0.5


def test_hopeless_candidates_are_as_bad_as_failures(model):
    slow = drawn(1, range(4))
    slow = dataclasses.replace(slow, log_speedup=slow.log_speedup - 9.0)
    fitted = fit(slow, seed=0, options=OPTIONS)
    assert fitted.predict(slow.features).score.min() > SLOWEST - 0.5


def test_what_cannot_be_learnt_from_is_refused(model):
    none = drawn(0, [0])
    empty = dataclasses.replace(
        none,
        features=none.features[:0],
        log_speedup=none.log_speedup[:0],
        failed=none.failed[:0],
        group=none.group[:0],
    )
    with pytest.raises(ValueError, match="nothing to train"):
        fit(empty, seed=0, options=OPTIONS)
    broken = dataclasses.replace(none, log_speedup=np.full(60, np.nan, np.float32))
    with pytest.raises(FloatingPointError, match="diverged"):
        model.trained(broken, seed=0, steps=3, learning_rate=1e-3)
