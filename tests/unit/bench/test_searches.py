"""What counts as search time, and what is a measured trial."""

import pytest

from mlopt.bench.searches import SearchClock, SearchStatistics
from mlopt.core.measurement import FailureStatus
from mlopt.report.progress import NullProgress, Progress


def test_only_the_search_stage_is_timed(fake_time):
    clock = SearchClock(NullProgress(), clock=fake_time.clock)
    for stage, seconds in (("baselines", 5.0), ("search", 3.0), ("confirm", 7.0)):
        clock.stage(stage)
        fake_time.sleep(seconds)
        clock.trial(None, 1.5) if stage == "search" else None
    clock.stage("final comparison")
    statistics = clock.statistics()
    assert statistics is not None
    assert statistics.seconds == 3.0


def test_failures_are_counted_by_status(fake_time):
    clock = SearchClock(NullProgress(), clock=fake_time.clock)
    clock.stage("search")
    clock.trial(None, 1.5)
    clock.trial(FailureStatus.DUPLICATE, None)
    clock.trial(FailureStatus.DUPLICATE, None)
    fake_time.sleep(2.0)
    clock.stage("confirm")
    assert clock.statistics() == SearchStatistics(
        measured=1, failed={"duplicate": 2}, seconds=2.0
    )


def test_a_run_that_found_its_records_has_no_statistics():
    clock = SearchClock(NullProgress())
    clock.stage("partition")
    clock.stage("final comparison")
    assert clock.statistics() is None


class Listener(Progress):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def stage(self, name: str) -> None:
        self.told.append(name)

    def workload(self, name: str) -> None:
        self.told.append(name)

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        self.told.append((status, speedup))

    def close(self) -> None:
        self.told.append("closed")


@pytest.mark.parametrize("status", [None, FailureStatus.TOO_SLOW])
def test_everything_is_passed_on(status):
    listener = Listener()
    with SearchClock(listener) as clock:
        clock.stage("search")
        clock.workload("matmul")
        clock.trial(status, 2.0)
    assert listener.told == ["search", "matmul", (status, 2.0), "closed"]
