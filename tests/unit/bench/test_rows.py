"""Samples to rows, against numbers worked out by hand."""

import pytest

from mlopt.bench import imports
from mlopt.bench.imports import ImportCosts
from mlopt.bench.plan import ContestTimes
from mlopt.bench.programs import cases
from mlopt.bench.rows import (
    Goal,
    Spread,
    Unit,
    contest_row,
    import_row,
    ratio_row,
    search_row,
)
from mlopt.bench.searches import SearchStatistics

OURS = [10.0, 11.0, 9.0, 10.0]
THEIRS = [20.0, 22.0, 18.0, 20.0]
LIMIT = Goal(limit=0.3, is_upper=True)


def row(unit, goal=None):
    return ratio_row(
        "name",
        "what",
        {"ours": OURS, "theirs": THEIRS},
        ours="ours",
        against="theirs",
        unit=unit,
        seed=0,
        goal=goal,
    )


@pytest.mark.parametrize(
    ("unit", "value"), [(Unit.SPEEDUP, 2.0), (Unit.SHARE, 2.0), (Unit.COST, 0.5)]
)
def test_a_ratio_is_above_one_when_we_are_faster_but_a_cost_below(unit, value):
    found = row(unit)
    assert found.value == value
    # Every pair has the same ratio, so that no draw can have another one.
    assert found.ci95 == (value, value)
    assert found.num_samples == 4


def test_a_ratio_names_its_baseline_and_keeps_both_times():
    found = row(Unit.SPEEDUP)
    assert found.against == "theirs"
    assert found.ours == Spread(median_us=10.0, quartile_range_us=0.5)
    assert found.theirs == Spread(median_us=20.0, quartile_range_us=1.0)


@pytest.mark.parametrize(
    ("goal", "is_met"),
    [
        (Goal(limit=1.9), True),
        (Goal(limit=2.1), False),
        (Goal(limit=2.1, is_upper=True), True),
        (Goal(limit=1.9, is_upper=True), False),
        (None, None),
    ],
)
def test_a_goal_is_judged_by_the_value(goal, is_met):
    assert row(Unit.SPEEDUP, goal).is_met is is_met


def test_a_contest_says_what_pauses_are_worth():
    times = ContestTimes(
        latency_us={"tuned": (10.0, 10.0), "numpy": (9.0, 9.0)},
        max_relative_error={"tuned": 1e-6},
        pauses_s={"tuned": 0.0, "numpy": 0.2},
        rushed_us={"tuned": (30.0,), "numpy": (9.0,)},
    )
    case = cases(quick=True)[1]
    found = contest_row(case, times, "numpy", seed=0, goal=Goal(limit=0.95))
    assert found.unit is Unit.SHARE
    assert found.value == pytest.approx(0.9)
    assert not found.is_met
    assert found.details["pause_after_s"] == 0.2
    assert found.details["value_without_pauses"] == pytest.approx(0.3)


def test_search_speed_counts_failed_trials_apart():
    search = SearchStatistics(
        measured=50, failed={"compile_error": 7, "duplicate": 3}, seconds=20.0
    )
    found = search_row("name", "what", search, Goal(limit=2.0))
    assert found.value == 2.5
    assert found.details["failed_per_s"] == 0.5
    assert found.is_met


@pytest.mark.parametrize("heavy", [frozenset(), frozenset({"jax"})])
def test_an_import_that_loads_jax_meets_no_goal(heavy):
    costs = ImportCosts(
        wall_us={imports.BARE: (2e4, 2e4), imports.IMPORT: (5e4, 7e4)},
        heavy={imports.BARE: frozenset(), imports.IMPORT: heavy},
    )
    found = import_row(imports.IMPORT, costs, LIMIT)
    assert found.value == pytest.approx(0.06)
    assert found.is_met is (not heavy)
    assert ("jax" in found.note) and ("neither" in found.note) is (not heavy)


def test_what_is_heavy_is_found():
    assert imports.loaded_heavy("import iree") == {"iree"}
    assert imports.loaded_heavy("import json") == frozenset()


def test_equal_code_is_timed_once_and_reported_under_all_its_names():
    times = ContestTimes(
        latency_us={"default": (2.0,), "numpy": (1.0,)},
        max_relative_error={"default": 0.0},
        pauses_s={"default": 0.0, "numpy": 0.1},
        rushed_us={},
    )
    twins = {"default": "default", "stock-best": "default", "tuned": "default"}
    found = times.with_twins(twins)
    assert found.latency_us["tuned"] == (2.0,)
    assert found.max_relative_error["stock-best"] == 0.0
    assert found.latency_us["numpy"] == (1.0,)
    assert found.rushed_us == {}
