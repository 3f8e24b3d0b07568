"""What a program settles on: rivals of the winners that make the whole faster."""

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.measurement import Interval
from mlopt.driver.composing import best, settling
from mlopt.driver.searching.confirming import Winner
from mlopt.measure.plan import Comparison
from mlopt.records import Database

pytestmark = pytest.mark.usefixtures("shares_compiled")


@pytest.fixture
def winners(monkeypatch):
    """The first candidate of each kernel wins, the second is its rival."""
    found = {}

    def confirm(search):
        for key, subject in search.subjects.items():
            first, second, *_ = (each.schedule for each in subject.built.values())
            found[key] = Winner(
                schedule=first,
                speedup=Interval(value=2.0, low=1.9, high=2.1),
                rivals=(second,),
            )
        return found

    monkeypatch.setattr("mlopt.driver.searching.finding.confirm_all", confirm)
    return found


@pytest.fixture
def settles(monkeypatch):
    """Programs take these times beside each other; what the choice was made among."""
    offered = []

    def choose(**times):
        def turns(workbench, key, contenders, num_turns):
            return Comparison(
                latency_us={n: (times.get(n, 1.0),) * num_turns for n in contenders},
                max_relative_error={},
                failures={},
            )

        def fastest(variants, prepared):
            offered.extend(variants)
            return "settled" if "settled" in variants else "tuned"

        monkeypatch.setattr(settling, "compare_in_turns", turns)
        monkeypatch.setattr(best, "_fastest", fastest)
        return offered

    return choose


def test_rivals_that_are_faster_in_place_replace_the_winners(
    layers, tmp_path, winners, settles
):
    settles(**{"swap 0": 0.5, "swap 1": 0.6})
    db = str(tmp_path / "r.db")
    result = driver.tune(layers, budget=Budget(trials=12), db=db)
    assert len(winners) == 2
    for workload in result.workloads:
        (rival,) = winners[workload.hash].rivals
        assert workload.trace == rival.trace
        # What is claimed was measured, and is not the winner's.
        assert workload.speedup is not None
        assert workload.speedup != winners[workload.hash].speedup
    assert result.max_relative_error < 1e-4
    with Database.open(db) as database:
        finals = [r.trace for r in database.all() if r.is_final]
    assert {w.trace for w in result.workloads} <= set(finals)
    explained = driver.explain(layers, db=db)
    traces = {c.record.trace for c in explained.choices if c.record is not None}
    assert traces == {w.trace for w in result.workloads}
    assert [k.is_scheduled for k in explained.kernels] == [True, True]
    again = driver.tune(layers, budget=Budget(trials=12), db=db)
    assert "nothing was searched" in " ".join(again.notes)
    assert [w.trace for w in again.workloads] == [w.trace for w in result.workloads]


def test_only_the_faster_of_them_do(layers, tmp_path, winners, settles):
    settles(**{"swap 0": 0.5, "swap 1": 1.2})
    db = str(tmp_path / "r.db")
    result = driver.tune(layers, budget=Budget(trials=12), db=db)
    ours = {w.hash: w.trace for w in result.workloads}
    is_rival = [ours[key] == w.rivals[0].trace for key, w in winners.items()]
    assert sorted(is_rival) == [False, True]


def test_winners_stay_where_no_rival_is_faster(layers, tmp_path, winners, settles):
    offered = settles(**{"swap 0": 0.995, "swap 1": 1.2})
    db = str(tmp_path / "r.db")
    result = driver.tune(layers, budget=Budget(trials=12), db=db)
    assert "settled" not in offered and "tuned" in offered
    ours = {w.hash: w.trace for w in result.workloads}
    assert ours == {key: w.schedule.trace for key, w in winners.items()}


def test_a_program_is_not_built_for_rivals_it_has_not_got(
    layers, tmp_path, winners, settles, monkeypatch
):
    offered = settles()
    for name, value in (("MOST_SWAPS", 0), ("SETTLE_S", 0.0)):
        monkeypatch.setattr(f"mlopt.defaults.{name}", value)
    db = str(tmp_path / "r.db")
    driver.tune(layers, budget=Budget(trials=12), db=db)
    assert "settled" not in offered and "tuned" in offered
