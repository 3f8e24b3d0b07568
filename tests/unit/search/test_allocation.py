"""Hand-computed gains and who gets the next batch."""

import math

import pytest

from mlopt.core.budget import Budget
from mlopt.core.candidate import Candidate, Trace
from mlopt.core.errors import InputError
from mlopt.core.measurement import Failure, FailureStatus, Trial
from mlopt.search.allocation import (
    Allocation,
    AllocationOptions,
    Progress,
    expected_gain,
    gap,
    is_finished,
    num_stale,
)

OPTIONS = AllocationOptions()


def trials(*speedups):
    return [
        Trial(
            candidate=Candidate(workload="w", trace=Trace(space="s")),
            measurement=Failure(status=FailureStatus.RUN_CRASH, detail="told"),
            speedup=speedup,
        )
        for speedup in speedups
    ]


def progress(*best, share=0.5, potential=4.0):
    return Progress(workload="w", share=share, potential=potential, best=best)


def test_the_gap_is_the_time_that_can_still_be_saved():
    # 0.5 of the time, 4x possible: 0.375 to save; at 2x, 0.125 of it is left.
    assert gap(progress()) == pytest.approx(0.375)
    assert gap(progress(2.0)) == pytest.approx(0.125)
    assert gap(progress(5.0)) == 0.0
    assert gap(progress(potential=math.inf)) == pytest.approx(0.5)


def test_trials_since_the_last_improvement():
    assert num_stale(progress(), OPTIONS) == 0
    assert num_stale(progress(1.0, 1.0), OPTIONS) == 2
    assert num_stale(progress(1.0, 2.0), OPTIONS) == 0
    assert num_stale(progress(1.0, 2.0, 2.0), OPTIONS) == 1
    # Half a percent is noise.
    assert num_stale(progress(2.0, 2.0, 2.01), OPTIONS) == 2


def test_a_fresh_workload_is_expected_to_close_a_quarter_of_its_gap():
    assert expected_gain(progress(), OPTIONS) == pytest.approx(0.375 / 4)


def test_an_improvement_in_the_window_raises_the_expectation():
    # 1x -> 2x closed 0.5 of 0.75; nothing stale.
    gain = expected_gain(progress(2.0), OPTIONS)
    assert gain == pytest.approx(0.125 * (2 / 3 + 0.25))


def test_an_improvement_before_the_window_counts_no_more():
    best = (2.0,) * 9
    gain = expected_gain(progress(*best), OPTIONS)
    assert gain == pytest.approx(0.125 * 0.25 / (1 + 8 / 8))


def test_a_workload_at_its_bound_has_nothing_to_gain():
    assert expected_gain(progress(potential=1.0), OPTIONS) == 0.0


def test_patience_ends_what_is_near_its_roofline_and_later_everything():
    near = progress(*[3.9] * (OPTIONS.patience + 1))
    far = progress(*[1.5] * (OPTIONS.patience + 1))
    assert is_finished(near, OPTIONS)
    assert not is_finished(progress(*[3.9] * OPTIONS.patience), OPTIONS)
    assert not is_finished(far, OPTIONS)
    assert is_finished(progress(*[1.5] * (OPTIONS.give_up + 1)), OPTIONS)


def allocation(num_trials, **shares):
    made = Allocation(budget=Budget(trials=num_trials))
    for name, share in shares.items():
        made.add(name, share=share, potential=4.0)
    return made


def spend(made, speedup_of, batch=4):
    """Run the allocation to its end; trials by workload, in order of batches."""
    batches = []
    while allotment := made.next_batch(batch):
        batches.append((allotment.workload, allotment.num_trials))
        told = trials(*[speedup_of(allotment.workload)] * allotment.num_trials)
        made.update(allotment.workload, told)
    return batches


def test_large_workloads_get_their_first_trials_by_size():
    batches = spend(allocation(64, small=0.1, tiny=0.01, large=0.6), lambda _: 1.0)
    assert batches[:4] == [("large", 4), ("large", 4), ("small", 4), ("small", 4)]


def test_first_trials_shrink_with_the_budget():
    """8 trials, 4 large workloads: one each, and half is left for the gains."""
    batches = spend(allocation(8, a=0.4, b=0.3, c=0.2, d=0.1), lambda _: 1.0)
    assert batches[:4] == [("a", 1), ("b", 1), ("c", 1), ("d", 1)]


def test_the_budget_is_spent_exactly():
    made = allocation(30, a=0.5, b=0.5)
    assert sum(n for _, n in spend(made, lambda _: 1.2)) == 30
    assert made.num_trials == 30


def test_more_goes_to_the_larger_share():
    batches = spend(allocation(120, large=0.7, small=0.1), lambda _: 1.0)
    totals = dict.fromkeys(("large", "small"), 0)
    for name, count in batches:
        totals[name] += count
    assert totals["large"] > 2 * totals["small"] > 0


def test_what_stops_improving_yields_to_what_improves():
    made = allocation(200, stuck=0.5, moving=0.4)
    for _ in range(2):
        made.update("stuck", trials(*[1.0] * 8))
    made.update("moving", trials(*[1.0] * 7, 1.5))
    allotment = made.next_batch(4)
    assert allotment is not None
    assert allotment.workload == "moving"


def test_failures_are_trials_without_gain():
    made = allocation(16, a=0.5)
    made.update("a", trials(None, 1.5, None))
    assert made.progress[0].best == (1.0, 1.5, 1.5)
    assert made.num_trials == 3


def test_an_empty_batch_ends_a_workload():
    made = allocation(64, a=0.5, b=0.4)
    made.update("a", [])
    assert {name for name, _ in spend(made, lambda _: 1.0)} == {"b"}


def test_everything_finished_ends_the_search_before_the_budget():
    made = allocation(10_000, a=0.5, b=0.5)
    assert sum(n for _, n in spend(made, lambda _: 3.9)) < 100


def test_seconds_end_the_search_too():
    made = Allocation(budget=Budget(seconds=60.0))
    made.add("a", share=1.0)
    assert made.next_batch(4, seconds=59.0) is not None
    assert made.next_batch(4, seconds=60.0) is None


def test_earlier_trials_are_progress_but_not_spent():
    made = Allocation(budget=Budget(trials=16))
    made.add("known", share=0.6, potential=4.0, earlier=trials(*[3.9] * 20))
    made.add("new", share=0.3, potential=4.0)
    assert made.num_trials == 0
    assert {name for name, _ in spend(made, lambda _: 1.0)} == {"new"}


def test_an_allocation_without_workloads_has_no_batch():
    assert allocation(8).next_batch(4) is None


def test_a_workload_enters_once_with_a_share():
    made = allocation(8, a=0.5)
    with pytest.raises(InputError, match="twice"):
        made.add("a", share=0.5)
    with pytest.raises(InputError, match="not 0 to 1"):
        made.add("b", share=1.5)
