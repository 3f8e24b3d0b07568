"""The pool: one bad item costs itself only, and leaving early leaves nothing."""

import time

import pytest

from mlopt.core.errors import ScheduleError
from mlopt.isolation import RemoteError, WorkerCrashed, WorkerPool, WorkerTimeout

DRILLS = "mlopt.isolation.drills:"
PATIENT_S = 60.0


@pytest.fixture
def pool():
    with WorkerPool(2) as pool:
        yield pool


def test_every_item_comes_back_once_with_its_index(pool):
    items = [(value,) for value in "abcdefg"]
    outcomes = dict(pool.map_unordered(DRILLS + "echo", items, timeout_s=PATIENT_S))
    assert outcomes == dict(enumerate("abcdefg"))


def test_no_items_give_no_results(pool):
    assert list(pool.map_unordered(DRILLS + "echo", [], timeout_s=PATIENT_S)) == []


def test_a_crashing_item_costs_only_itself(pool):
    moods = ["ok", "crash", "ok", "refuse", "stumble", "ok"]
    items = [(mood,) for mood in moods]
    outcomes = dict(pool.map_unordered(DRILLS + "in_mood", items, timeout_s=PATIENT_S))
    assert [outcomes[index] for index in (0, 2, 5)] == ["ok"] * 3
    assert isinstance(outcomes[1], WorkerCrashed)
    assert isinstance(outcomes[3], RemoteError)
    assert isinstance(outcomes[3].error, ScheduleError)
    assert isinstance(outcomes[4], RemoteError)
    assert outcomes[4].error is None


def test_an_item_that_hangs_times_out_while_others_finish(pool):
    items = [(0.0,), (600.0,), (0.0,), (0.0,)]
    outcomes = dict(pool.map_unordered(DRILLS + "sleep", items, timeout_s=1.0))
    assert isinstance(outcomes.pop(1), WorkerTimeout)
    assert outcomes == {0: 0.0, 2: 0.0, 3: 0.0}


def test_processes_are_reused_between_maps(pool):
    jobs = (DRILLS + "process_id", [()] * 4)
    first = {pid for _, pid in pool.map_unordered(*jobs, timeout_s=PATIENT_S)}
    second = {pid for _, pid in pool.map_unordered(*jobs, timeout_s=PATIENT_S)}
    assert second <= {worker.pid for worker in pool.workers}
    assert first & second


def test_leaving_early_stops_running_jobs_and_the_pool_stays_usable(pool):
    items = [(0.0,), (600.0,), (600.0,)]
    start = time.monotonic()
    for _index, slept_s in pool.map_unordered(
        DRILLS + "sleep", items, timeout_s=PATIENT_S
    ):
        assert slept_s == 0.0
        break
    assert time.monotonic() - start < PATIENT_S / 2
    again = pool.map_unordered(DRILLS + "echo", [(1,)], timeout_s=PATIENT_S)
    assert list(again) == [(0, 1)]


def test_an_error_of_the_caller_is_raised(pool):
    jobs = pool.map_unordered(DRILLS + "echo", [(lambda: 0,)], timeout_s=PATIENT_S)
    with pytest.raises((AttributeError, TypeError)):
        list(jobs)


def test_a_pool_without_workers_is_refused():
    with pytest.raises(ValueError, match="at least 1 worker"):
        WorkerPool(0)
