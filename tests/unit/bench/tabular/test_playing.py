"""A search in a table: what was found when, and what was tried in vain."""

import dataclasses

import numpy as np
import pytest

from mlopt.bench.tabular.playing import play
from mlopt.core.errors import InputError
from mlopt.core.measurement import FailureStatus
from mlopt.search.strategies import STRATEGIES


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_the_whole_table_holds_the_best(tabled, strategy):
    played = play(strategy, tabled, num_trials=1000, seed=1)
    assert len(played.best) == 36
    assert np.all(np.diff(played.best) >= 0)
    assert played.best[-1] == tabled.best == 2.0
    assert played.failures == {FailureStatus.COMPILE_ERROR: 1}


def test_experts_come_first_if_they_may(tabled):
    # (8, 8) has 1.6.
    assert play("random", tabled, num_trials=1, seed=0).best.tolist() == [1.6]
    played = play("random", tabled, num_trials=36, seed=0, with_experts=False)
    without = dataclasses.replace(tabled, experts=())
    again = play("random", without, num_trials=36, seed=0)
    assert played.best.tolist() == again.best.tolist()


def test_the_same_seed_plays_the_same(tabled):
    plays = [play("evolution", tabled, num_trials=20, seed=s) for s in (3, 3, 4)]
    curves = [p.best.tolist() for p in plays]
    assert curves[0] == curves[1] != curves[2]


def test_code_that_was_met_before_is_a_duplicate(tabled):
    same = {
        key: dataclasses.replace(r, code="one") if r.code else r
        for key, r in tabled.results.items()
    }
    played = play(
        "random", dataclasses.replace(tabled, results=same), num_trials=36, seed=0
    )
    assert played.failures == {
        FailureStatus.DUPLICATE: 34,
        FailureStatus.COMPILE_ERROR: 1,
    }


def test_it_says_when_something_as_fast_was_found(tabled):
    played = play("random", tabled, num_trials=36, seed=0)
    found = played.trials_to(1.9)
    assert found is not None
    assert played.best[found - 1] >= 1.9
    assert found == 1 or played.best[found - 2] < 1.9
    assert played.trials_to(2.5) is None
    assert played.after(10**6) == 2.0
    stopped = play("random", tabled, num_trials=36, seed=0, until=1.9)
    assert len(stopped.best) < 36 or found > 32
    assert stopped.trials_to(1.9) == found


def test_a_table_of_failures_leaves_the_compilers_own_choice(tabled):
    failed = {
        key: dataclasses.replace(
            tabled.results["packed", (0, 0)], status=FailureStatus.TOO_SLOW
        )
        for key in tabled.results
    }
    tabled = dataclasses.replace(tabled, results=failed)
    played = play("evolution", tabled, num_trials=8, seed=0)
    assert tabled.best == 1.0
    assert played.best.tolist() == [1.0] * 8


def test_an_unknown_strategy_is_named(tabled):
    with pytest.raises(InputError, match="no strategy called 'psychic'"):
        play("psychic", tabled, num_trials=8, seed=0)
