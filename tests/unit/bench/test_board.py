"""Outcomes to the rows of the tables, against numbers worked out by hand."""

import dataclasses

import pytest

from mlopt.bench.board import goal_rows
from mlopt.bench.listing import listing_markdown
from mlopt.bench.outcomes import Outcome
from mlopt.bench.peer_listing import peers_markdown
from mlopt.measure.plan import MachineLimits, Work

LIMITS = MachineLimits(
    flops_per_s=1e11, bytes_per_s=1e10, cache_bytes=0, cached_bytes_per_s=1e11
)


def outcome(name, *, suite="operators", family="matmul", tuned=10.0, flops=8e5, **rest):
    """Rivals take 20, 15 and 12 us unless told; 8e5 flops take 8 us at the peak."""
    times = {"default": 20.0, "stock_best": 15.0, "xla": 12.0, **rest}
    names = {
        "tuned": tuned,
        "default": times["default"],
        "stock-best": times["stock_best"],
        "jax.jit": times["xla"],
    }
    return Outcome(
        name=name,
        suite=suite,
        family=family,
        latency_us={key: (us,) * 8 for key, us in names.items()},
        work=Work(flops=flops, num_bytes=1e2),
        limits=LIMITS,
        base="default",
        num_workloads=3,
        num_changed=2,
    )


def rows_of(*outcomes):
    return {row.name: row for row in goal_rows(outcomes, seed=0)}


def test_means_are_geometric_and_name_their_baseline():
    rows = rows_of(outcome("a", tuned=5.0), outcome("b", tuned=20.0))
    over_default = rows["operators/default"]
    assert over_default.value == pytest.approx(2.0)
    assert over_default.ci95 == pytest.approx((2.0, 2.0))
    assert over_default.against == "default"
    assert over_default.num_samples == 2
    assert rows["operators/jax.jit"].value == pytest.approx(1.2)


def test_the_share_of_the_peak_is_of_compute_bound_operators_only():
    memory = outcome("c", flops=1.0)
    rows = rows_of(outcome("a", tuned=10.0), memory)
    assert rows["operators/share_of_sgemm"].value == pytest.approx(0.8)
    assert rows["operators/share_of_sgemm"].num_samples == 1
    assert rows["operators/share_of_sgemm"].is_met is False


@pytest.mark.parametrize(
    ("tuned", "xla", "count"), [(16.0, 9.0, 1), (16.0, 11.0, 0), (12.0, 9.0, 0)]
)
def test_an_operator_is_behind_where_it_is_slow_and_a_stock_tool_is_not(
    tuned, xla, count
):
    rows = rows_of(outcome("a", tuned=tuned, xla=xla))
    behind = rows["operators/behind"]
    assert behind.value == count
    assert behind.is_met is (count == 0)
    assert ("jax.jit 88.9%" in behind.note) is (count == 1)


def test_models_have_their_worst_and_their_families():
    rows = rows_of(
        outcome("net", suite="models", family="CNN", tuned=10.0),
        outcome("text", suite="models", family="RNN", tuned=25.0),
    )
    least = rows["models/default/least"]
    assert least.value == pytest.approx(0.8)
    assert "text" in least.what
    assert least.is_met is False
    assert rows["CNN_models/default"].value == pytest.approx(2.0)
    assert "FNN_models/default" not in rows


PEERS = {"torch": 9.5, "onnxruntime": 14.0}


def with_peers(found, times):
    errors = dict.fromkeys(times, 1e-6)
    samples = {name: (us,) * 8 for name, us in times.items()}
    return dataclasses.replace(
        found,
        latency_us={**found.latency_us, **samples},
        peer_errors=errors,
        absent={"openvino": "not installed"},
    )


def test_the_fastest_peer_of_each_model_is_what_counts():
    rows = rows_of(
        with_peers(outcome("close", suite="models", family="CNN"), PEERS),
        with_peers(outcome("ahead", suite="models", family="CNN"), {"torch": 20.0}),
        with_peers(outcome("behind", suite="models", family="CNN"), {"torch": 9.0}),
        outcome("alone", suite="models", family="CNN"),
    )
    fastest = rows["models/fastest_peer"]
    assert fastest.num_samples == 3
    assert fastest.value == pytest.approx((0.95 * 2.0 * 0.9) ** (1 / 3))
    assert fastest.ci95 is not None
    assert fastest.note.startswith("ahead on 1 of 3, on 1 beyond the interval; within")
    assert fastest.note.endswith("on 1 more")
    assert fastest.details["close"] == {
        "peer": "torch",
        "value": pytest.approx(0.95),
        "ci95": pytest.approx((0.95, 0.95)),
    }
    assert rows["models/torch"].num_samples == 3
    assert rows["models/onnxruntime"].value == pytest.approx(1.4)
    assert "models/openvino" not in rows
    assert "served_models/fastest_peer" not in rows


def test_without_peers_there_is_no_row_and_no_table_of_them():
    alone = outcome("alone", suite="models", family="CNN")
    assert "models/fastest_peer" not in rows_of(alone)
    assert peers_markdown([alone], seed=0) == ""


def test_a_peer_that_is_absent_has_its_sentence():
    found = with_peers(outcome("net", suite="models", family="CNN"), PEERS)
    crashed = dataclasses.replace(
        found, name="other", absent={**found.absent, "torch.compile": "crashed"}
    )
    table = peers_markdown([found, crashed, outcome("a")], seed=0)
    assert "| net | 10.0 us | 0.950x (0.950x to 0.950x) | absent | 1.40x" in table
    assert "| absent | 1.0e-06 |" in table
    assert "- openvino, all: not installed." in table
    assert "- torch.compile, other: crashed." in table
    assert "| a |" not in table


def test_where_nobody_came_all_are_absent():
    found = outcome("net", suite="models", family="CNN")
    absent = dict.fromkeys(("torch", "torch.compile"), "not installed")
    table = peers_markdown([dataclasses.replace(found, absent=absent)], seed=0)
    assert "| net | 10.0 us | absent | absent | absent | absent | - |" in table


def test_what_could_not_be_measured_is_listed_and_counts_nowhere():
    refused = Outcome(name="odd", suite="models", family="CNN", error="cannot be had")
    assert goal_rows([refused], seed=0) == []
    table = listing_markdown([refused, outcome("a")], seed=0)
    assert "| odd | - | - | - | - | - | cannot be had |" in table
    assert "| a | 10.0 us | 2.00x (2.00x to 2.00x) |" in table
    assert "| 80.0% | 2 of 3 |" in table
