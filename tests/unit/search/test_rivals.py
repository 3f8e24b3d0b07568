"""Rivals of a winner: cut otherwise, hardly slower, the fastest of each cut."""

import dataclasses

import pytest

from mlopt.core.candidate import Trace
from mlopt.search.rivals import rivals_of


@pytest.fixture
def trial(matmul):
    """A trial by its distribution, another decision and its speedup."""

    def make(dist, rows, speedup):
        decisions = (("dist_m", dist), ("rows", rows))
        made = matmul.trial(Trace(space="packed", decisions=decisions))
        return dataclasses.replace(made, speedup=speedup)

    return make


def cuts(trials):
    return [dict(t.candidate.trace.decisions)["dist_m"] for t in trials]


def test_of_each_other_distribution_the_fastest_is_one(trial):
    winner = trial(64, 4, 3.0)
    best = trial(16, 4, 2.9)
    trials = [trial(32, 8, 2.8), winner, trial(16, 8, 2.7), best, trial(64, 8, 2.95)]
    rivals = rivals_of(winner.candidate.trace, trials)
    assert cuts(rivals) == [16, 32]
    assert rivals[0] is best


def test_slow_and_failed_ones_are_none(trial):
    winner = trial(64, 4, 3.0)
    trials = [winner, trial(16, 4, 2.0), trial(32, 4, None)]
    assert rivals_of(winner.candidate.trace, trials) == []
    assert rivals_of(winner.candidate.trace, []) == []


def test_they_are_few(trial):
    winner = trial(64, 4, 3.0)
    trials = [winner, *(trial(dist, 4, 3.0) for dist in (1, 2, 4, 8, 16))]
    assert len(rivals_of(winner.candidate.trace, trials)) == 3
