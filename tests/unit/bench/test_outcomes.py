"""What is kept of a program comes back, unless it is of something else."""

import dataclasses
import json

import pytest

from mlopt.bench.outcomes import Outcome, load, save
from mlopt.measure.plan import MachineLimits, Work

IDENTITY = {"target": "cpu", "budget": [64, None]}
OUTCOME = Outcome(
    name="product",
    suite="operators",
    family="matmul",
    latency_us={"tuned": (10.0, 11.0), "default": (20.0, 22.0)},
    work=Work(flops=2e6, num_bytes=1e3),
    limits=MachineLimits(
        flops_per_s=1e11, bytes_per_s=1e10, cache_bytes=0, cached_bytes_per_s=1e11
    ),
    base="default",
    trials=64,
)


def test_an_outcome_survives_its_file(tmp_path):
    save(tmp_path, OUTCOME, IDENTITY)
    assert load(tmp_path, "product", IDENTITY) == OUTCOME


def test_an_outcome_without_times_survives_too(tmp_path):
    refused = Outcome(name="x", suite="models", family="CNN", error="no such operation")
    save(tmp_path, refused, IDENTITY)
    assert load(tmp_path, "x", IDENTITY) == refused


def test_what_other_frameworks_did_survives_too(tmp_path):
    found = dataclasses.replace(
        OUTCOME,
        latency_us={**OUTCOME.latency_us, "torch": (9.0, 9.0), "openvino": (8.0, 9.0)},
        peer_errors={"torch": 1e-6, "openvino": 2e-6},
        absent={"onnxruntime": "not installed"},
    )
    save(tmp_path, found, IDENTITY)
    assert load(tmp_path, "product", IDENTITY) == found
    assert found.fastest_peer == "openvino"
    assert OUTCOME.fastest_peer is None


@pytest.mark.parametrize("key", IDENTITY)
def test_an_outcome_of_something_else_is_none(tmp_path, key):
    save(tmp_path, OUTCOME, IDENTITY)
    assert load(tmp_path, "product", {**IDENTITY, key: "another"}) is None


def broken(change):
    data = {"identity": IDENTITY, "outcome": dataclasses.asdict(OUTCOME)}
    change(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "not json",
        broken(lambda data: data.pop("outcome")),
        broken(lambda data: data["outcome"].update(surprise=1)),
        broken(lambda data: data["outcome"].update(latency_us={"tuned": [-1.0]})),
        broken(lambda data: data["outcome"].update(latency_us={"tuned": ["fast"]})),
        broken(lambda data: data["outcome"].update(limits={"flops_per_s": 1.0})),
    ],
)
def test_a_broken_file_is_measured_again(tmp_path, text):
    (tmp_path / "product.json").write_text(text)
    assert load(tmp_path, "product", IDENTITY) is None


def test_the_roofline_is_the_larger_of_arithmetic_and_traffic():
    assert OUTCOME.roofline_us == pytest.approx(20.0)
    assert OUTCOME.is_compute_bound
    slow_memory = dataclasses.replace(OUTCOME, work=Work(flops=2e6, num_bytes=1e6))
    assert slow_memory.roofline_us == pytest.approx(100.0)
    assert not slow_memory.is_compute_bound


def test_narrow_types_are_not_compared_with_the_rate_of_float32():
    work = Work(flops=2e6, num_bytes=1e3, rate_multiplier=4.0)
    assert not dataclasses.replace(OUTCOME, work=work).is_compute_bound
