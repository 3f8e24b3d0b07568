"""Evolution learns: it beats chance within small budgets, and uses failures."""

import math

import numpy as np
import pytest

from mlopt.core.candidate import Candidate, Knob, Space
from mlopt.core.measurement import Failure, FailureStatus, Trial
from mlopt.search.encoding import decode, encode
from mlopt.search.sampling import default_trace
from mlopt.search.strategies import make_strategy
from mlopt.search.strategies.evolution import EvolutionOptions, EvolutionStrategy
from mlopt.search.strategies.neighbours import Neighbours


def best_after(name, landscape, seed, num_trials):
    """Best speedup of a search in batches of 4 that starts from the defaults."""
    seeds = [default_trace(space) for space in landscape.spaces]
    strategy = make_strategy(name, landscape.spaces, seeds, np.random.default_rng(seed))
    best = 0.01
    for _ in range(num_trials // 4):
        trials = [landscape.trial(trace) for trace in strategy.ask(4)]
        strategy.tell(trials)
        best = max([best, *(t.speedup for t in trials if t.speedup is not None)])
    return best


def mean_log_best(name, landscape, num_trials):
    return (
        sum(
            math.log(best_after(name, landscape, seed, num_trials))
            for seed in range(20)
        )
        / 20
    )


@pytest.mark.parametrize("landscape_name", ["matmul", "reduction"])
@pytest.mark.parametrize(("num_trials", "factor"), [(32, 1.1), (64, 1.15)])
def test_evolution_beats_random(landscape_name, num_trials, factor, request):
    """Geometric mean of the best speedup over 20 seeds."""
    landscape = request.getfixturevalue(landscape_name)
    evolution = mean_log_best("evolution", landscape, num_trials)
    random = mean_log_best("random", landscape, num_trials)
    assert evolution - random > math.log(factor)


def test_evolution_is_no_worse_than_random_when_there_is_time_for_eight(matmul):
    evolution = mean_log_best("evolution", matmul, 8)
    assert evolution > mean_log_best("random", matmul, 8) - 0.05


def line(name="line", num_values=100):
    knob = Knob(name="x", values=tuple(range(num_values)), default=0)
    return Space(name=name, version="1", knobs=(knob,))


def trial(trace, speedup, status=FailureStatus.RUN_CRASH):
    return Trial(
        candidate=Candidate(workload="w", trace=trace),
        measurement=Failure(status=status, detail="told"),
        speedup=speedup,
    )


def evolution(*spaces, seed=0, **options):
    rng = np.random.default_rng(seed)
    return EvolutionStrategy(spaces, (), rng, EvolutionOptions(**options))


def test_every_space_gets_its_first_trials_although_one_looks_hopeless():
    strategy = evolution(line("good"), line("bad"), num_explored=4)
    asked = []
    for _ in range(8):
        (trace,) = strategy.ask(1)
        strategy.tell([trial(trace, 2.0 if trace.space == "good" else None)])
        asked.append(trace.space)
    assert sorted(asked) == ["bad"] * 4 + ["good"] * 4


def test_after_the_first_trials_the_better_space_gets_most():
    strategy = evolution(line("good"), line("bad"), num_explored=4)
    spaces = []
    for _ in range(48):
        (trace,) = strategy.ask(1)
        strategy.tell([trial(trace, 2.0 if trace.space == "good" else 0.5)])
        spaces.append(trace.space)
    assert spaces[8:].count("good") > 30


def test_children_avoid_the_neighbourhood_of_failures():
    """Everything above 50 fails; the parent sits at the edge."""
    space = line()
    strategy = evolution(space, num_explored=0, random_probability=0.0, num_children=8)
    strategy.tell([trial(decode(space, (50,)), 1.0), trial(decode(space, (40,)), 1.0)])
    strategy.tell([trial(decode(space, (x,)), None) for x in range(55, 100, 5)])
    asked = [encode(space, trace)[0] for trace in strategy.ask(20)]
    assert sum(x <= 50 for x in asked) > 15


def test_a_duplicate_is_no_mark_against_its_neighbourhood():
    space = line()
    plain, told = (
        evolution(space, num_explored=0, random_probability=0.0) for _ in range(2)
    )
    for strategy in (plain, told):
        strategy.tell([trial(decode(space, (50,)), 1.5)])
    told.tell([trial(decode(space, (0,)), None, FailureStatus.DUPLICATE)])
    assert plain.ask(10) == told.ask(10)


def test_without_a_success_evolution_draws_at_random():
    space = line()
    strategy = evolution(space, num_explored=2)
    strategy.tell([trial(decode(space, (x,)), None) for x in range(10)])
    asked = {encode(space, trace)[0] for trace in strategy.ask(20)}
    assert len(asked) == 20
    assert max(asked) - min(asked) > 50


def test_an_estimate_is_near_its_nearest_trial():
    neighbours = Neighbours(line())
    neighbours.add((0,), 1.0)
    assert neighbours.estimate((99,)) == pytest.approx(1.0)
    neighbours.add((99,), -1.0)
    # Half way the two weigh alike; at one end the other has exp(-1 / 0.49) = 0.13.
    assert neighbours.estimate((0,)) == pytest.approx((1 - 0.13) / 1.13, abs=0.01)
    assert neighbours.estimate((98,)) < -0.7


def test_a_failure_is_estimated_below_the_slowest_success():
    neighbours = Neighbours(line())
    assert neighbours.estimate((5,)) == 0.0
    neighbours.add((0,), -0.5)
    neighbours.add((99,), None)
    assert -1.2 < neighbours.estimate((99,)) < -1.0
