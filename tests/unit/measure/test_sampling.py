"""The order of calls and when to stop, with a clock that the calls themselves move."""

from itertools import count

import pytest

from mlopt.measure.plan import MeasurePlan
from mlopt.measure.sampling import (
    calls_per_sample,
    sample_in_turns,
    sample_pairs,
    sample_us,
    shortest_us,
)


class Machine:
    """Programs of known cost, and a record of what ran."""

    def __init__(self):
        self.now_s = 0.0
        self.log = ""

    def clock(self):
        return self.now_s

    def program(self, name, *costs_us):
        """A call that takes each cost in turn, and the last one ever after."""
        indices = count()

        def call():
            self.log += name
            self.now_s += costs_us[min(next(indices), len(costs_us) - 1)] * 1e-6

        return call


@pytest.fixture
def machine():
    return Machine()


def plan_of(*, num_rounds=2, pairs_per_round=3, **options):
    return MeasurePlan(
        num_rounds=num_rounds, pairs_per_round=pairs_per_round, seed=0, **options
    )


def test_a_sample_is_the_mean_of_its_calls(machine):
    call = machine.program("a", 10.0, 20.0, 60.0)
    assert sample_us(call, 3, clock=machine.clock) == pytest.approx(30.0)


def test_the_shortest_call_is_not_the_first(machine):
    call = machine.program("a", 900.0, 20.0, 30.0)
    assert shortest_us(call, clock=machine.clock) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("latency_us", "expected"), [(10.0, 200), (1999.0, 2), (2000.0, 1), (5e6, 1)]
)
def test_a_sample_lasts_at_least_as_long_as_asked(latency_us, expected):
    assert calls_per_sample(latency_us, 2e-3) == expected


def test_a_program_that_does_nothing_does_not_take_for_ever():
    assert calls_per_sample(0.0, 2e-3) == 100_000


def test_the_order_within_pairs_alternates(machine):
    baseline, candidate = machine.program("a", 20.0), machine.program("b", 10.0)
    pairs = sample_pairs(baseline, candidate, 2, plan_of(), clock=machine.clock)
    assert machine.log == "aabb bbaa aabb bbaa aabb bbaa".replace(" ", "")
    assert pairs.baseline_us == pytest.approx([20.0] * 6)
    assert pairs.candidate_us == pytest.approx([10.0] * 6)


@pytest.mark.parametrize(
    ("race_against", "num_pairs"), [(None, 6), (2.1, 6), (2.3, 3), (0.5, 6)]
)
def test_a_hopeless_candidate_is_dropped_after_the_first_round(
    machine, race_against, num_pairs
):
    baseline, candidate = machine.program("a", 20.0), machine.program("b", 10.0)
    plan = plan_of(race_against=race_against)
    pairs = sample_pairs(baseline, candidate, 1, plan, clock=machine.clock)
    assert len(pairs.baseline_us) == len(pairs.candidate_us) == num_pairs


def test_a_candidate_whose_interval_is_wide_stays_in_the_race(machine):
    baseline = machine.program("a", 20.0)
    candidate = machine.program("b", 15.0, 2.0, 15.0)
    pairs = sample_pairs(
        baseline, candidate, 1, plan_of(race_against=5.0), clock=machine.clock
    )
    assert len(pairs.baseline_us) == 6


def test_turns_rotate_so_that_no_program_is_always_first(machine):
    calls = {name: machine.program(name, cost) for cost, name in enumerate("abc", 1)}
    samples = sample_in_turns(calls, 4, 0.0, clock=machine.clock)
    assert machine.log == "aaabbbccc abc bca cab abc".replace(" ", "")
    assert {name: len(values) for name, values in samples.items()} == dict.fromkeys(
        "abc", 4
    )
    assert samples["c"] == pytest.approx([3.0] * 4)


def test_no_programs_give_no_samples():
    assert sample_in_turns({}, 3, 0.0) == {}


def test_every_sample_is_as_long_however_fast_the_program_is(machine):
    calls = {"a": machine.program("a", 1.0), "b": machine.program("b", 2.0)}
    samples = sample_in_turns(calls, 2, 5e-6, clock=machine.clock)
    assert machine.log == "aaabbb" + "aaaaabbb" + "bbbaaaaa"
    assert samples["a"] == pytest.approx([1.0] * 2)
