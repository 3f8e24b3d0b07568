"""Trials become records and come back as the same trials."""

import dataclasses

import pytest

from mlopt.core.candidate import Schedule
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.driver.recording import Origin, interval_of, record_of, trial_of, trials_of


@pytest.fixture
def origin(target, spaces) -> Origin:
    return Origin(target=target, spaces=spaces, seed=7, provenance="a test")


def _schedule(trial) -> Schedule:
    return Schedule(workload="a1b2", trace=trial.candidate.trace, script="module {}")


def test_a_timed_trial_survives_the_round_trip(timed, workload, origin):
    record = record_of(timed, workload, _schedule(timed), origin, is_final=False)
    assert trials_of([record]) == [timed]


def test_a_failure_survives_without_its_diagnostics(failed, workload, origin):
    record = record_of(failed, workload, None, origin, is_final=False)
    (trial,) = trials_of([record])
    assert trial.candidate == failed.candidate
    assert trial.speedup is None
    assert trial.measurement == Failure(
        status=FailureStatus.WRONG_RESULT, detail="output 0 is off by 2"
    )
    assert record.script == ""


def test_a_record_carries_its_key_its_origin_and_its_script(timed, workload, origin):
    record = record_of(timed, workload, _schedule(timed), origin, is_final=True)
    assert record.workload == "a1b2"
    assert record.kind == "contraction"
    assert record.target == origin.target.key
    assert record.compiler_version == "3.13.0"
    assert record.space_version == "configured@1"
    assert (record.seed, record.provenance) == (7, "a test")
    assert record.script == "module {}"
    assert record.is_final
    assert record.created_at.endswith("+00:00")


def test_final_records_are_no_trials_of_a_search(timed, workload, origin):
    records = [
        record_of(timed, workload, None, origin, is_final=is_final)
        for is_final in (True, False)
    ]
    assert len(trials_of(records)) == 1


def test_the_speedup_is_the_baseline_over_the_candidate(timed, workload, origin):
    # Each pair has the ratio 2, so no resampling can give another one.
    interval = interval_of(timed.measurement, seed=0)
    assert (interval.value, interval.low, interval.high) == (2.0, 2.0, 2.0)
    record = record_of(timed, workload, None, origin, is_final=False)
    assert (record.speedup, record.speedup_low, record.speedup_high) == (2.0, 2.0, 2.0)


def test_a_trial_of_a_slower_candidate_is_below_one(timed):
    slow = dataclasses.replace(timed.measurement, latency_us=(200.0, 240.0, 220.0))
    assert trial_of(timed.candidate, slow).speedup == 0.5
    failure = Failure(status=FailureStatus.RUN_CRASH, detail="died")
    assert trial_of(timed.candidate, failure).speedup is None
