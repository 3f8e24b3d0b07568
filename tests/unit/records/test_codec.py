"""Records come back equal, and what is not a record is refused by a sentence."""

import dataclasses
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus
from mlopt.records.codec import digest, encode, parse, program_from, tuning_from

FAILED = {
    "status": FailureStatus.RUN_CRASH,
    "latency_us": (),
    "baseline_us": (),
    "speedup": None,
    "speedup_low": None,
    "speedup_high": None,
}


def changed(record, **fields):
    """A record's JSON with some fields replaced."""
    return {**json.loads(encode(record)), **fields}


def test_a_tuning_record_comes_back_equal(tuning):
    assert tuning_from(parse(encode(tuning))) == tuning


def test_a_failure_comes_back_equal(tuning):
    failed = dataclasses.replace(tuning, **FAILED)
    assert tuning_from(parse(encode(failed))) == failed


def test_a_program_record_comes_back_equal(program):
    assert program_from(parse(encode(program))) == program


def test_a_record_of_another_objective_comes_back_equal(program):
    frugal = dataclasses.replace(program, objective="memory")
    assert program_from(parse(encode(frugal))) == frugal
    assert digest(encode(frugal)) != digest(encode(program))


def test_records_from_before_there_were_objectives_are_read_and_written_alike(program):
    body = encode(program)
    assert "objective" not in json.loads(body)
    assert program_from(parse(body)).objective == "latency"


def test_equal_records_have_equal_hashes_and_others_do_not(tuning):
    again = dataclasses.replace(tuning)
    assert digest(encode(again)) == digest(encode(tuning))
    other = dataclasses.replace(tuning, seed=1)
    assert digest(encode(other)) != digest(encode(tuning))


def test_numpy_scalars_are_stored_as_numbers(tuning):
    record = dataclasses.replace(tuning, speedup=np.float32(2.0), seed=np.int64(0))
    assert encode(record) == encode(tuning)


VALUES = st.integers(-(2**70), 2**70) | st.booleans() | st.text(max_size=20)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    samples=st.lists(st.floats(min_value=5e-324, allow_infinity=False), min_size=1),
    decisions=st.lists(st.tuples(st.text(max_size=10), VALUES), max_size=5),
)
def test_any_samples_and_decisions_come_back_equal(tuning, samples, decisions):
    record = dataclasses.replace(
        tuning,
        latency_us=tuple(samples),
        baseline_us=tuple(samples),
        trace=Trace(space="any", decisions=tuple(decisions)),
    )
    assert tuning_from(parse(encode(record))) == record


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("workload", ""),
        ("workload", "x" * 513),
        ("workload", "a\x1b[2J"),
        ("workload", 7),
        ("kind", "sorcery"),
        ("status", "meltdown"),
        ("latency_us", [0.0, 1.0]),
        ("latency_us", [-1.0, 1.0]),
        ("latency_us", ["1", 1.0]),
        ("latency_us", 10.0),
        ("latency_us", [1.0] * 100_001),
        ("speedup", True),
        ("speedup", 1e999),
        ("max_relative_error", -0.5),
        ("peak_memory_bytes", -1),
        ("peak_memory_bytes", 1.5),
        ("peak_rss_bytes", 2**63),
        ("is_final", 1),
        ("seed", True),
        ("script", "\ud800"),
        ("script", "x" * (4 * 2**20 + 1)),
        ("trace", {"space": "s", "decisions": [["a", 1.5]]}),
        ("trace", "gASVDAAAAAAAAACMBXByaW50lC4="),
        ("created_at", "yesterday"),
        ("created_at", "2025-01-02T03:04:05"),
        ("created_at", "2025-01-02T03:04:05+01:00"),
    ],
)
def test_a_wrong_field_is_refused_by_name(tuning, field, value):
    with pytest.raises(ValueError, match=f"^{field}: ") as caught:
        tuning_from(changed(tuning, **{field: value}))
    assert len(str(caught.value)) < 200


def test_a_missing_or_unknown_field_is_refused_by_name(tuning):
    data = changed(tuning, rank=3)
    del data["seed"]
    with pytest.raises(ValueError, match="rank, seed"):
        tuning_from(data)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"status": "run_crash"}, "a failure .run_crash. with a measured time"),
        ({"latency_us": [], "baseline_us": []}, "neither a failure nor"),
        ({"speedup_low": None}, "neither a failure nor"),
        ({"baseline_us": [1.0]}, "2 samples beside 1"),
    ],
)
def test_samples_and_failure_exclude_each_other(tuning, fields, sentence):
    with pytest.raises(ValueError, match=sentence):
        tuning_from(changed(tuning, **fields))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speedup_default", {"value": 1.0, "low": 1.2, "high": 1.1}),
        ("speedup_default", {"value": 1.0, "low": 1.0}),
        ("speedup_default", {"value": 1.0, "low": 1, "high": 2, "n": 3}),
        ("verdict", "amazing"),
        ("chosen", [{"workload": "w"}]),
        ("workloads", {"a": 1}),
    ],
)
def test_a_wrong_field_of_a_program_is_refused_by_name(program, field, value):
    with pytest.raises(ValueError, match=f"^{field}: "):
        program_from(changed(program, **{field: value}))


def test_failure_counts_of_a_workload_are_checked(program):
    data = changed(program)
    data["workloads"][0]["failures"] = [["compile_error", -1]]
    with pytest.raises(ValueError, match="workloads: failures: expected at least 0"):
        program_from(data)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_not_encoded(tuning, number):
    with pytest.raises(ValueError, match="speedup: expected a finite number"):
        encode(dataclasses.replace(tuning, speedup=number))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ('{"a": NaN}', "NaN is not a number"),
        ("[-Infinity]", "-Infinity is not a number"),
        ("[" * 100_000, "nested too deeply"),
        ("{a}", "not JSON"),
        ("", "not JSON"),
        ("9" * 5000, "integer string conversion"),
    ],
)
def test_what_is_not_json_is_refused(line, sentence):
    with pytest.raises(ValueError, match=sentence):
        parse(line)


@pytest.mark.parametrize("data", [None, [], 3, "tuning"])
def test_what_is_not_an_object_is_refused(data):
    with pytest.raises(ValueError, match="expected an object"):
        tuning_from(data)
