"""Workers are killed in the middle of a search: one candidate each, nothing more."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from mlopt.core.measurement import FailureStatus
from mlopt.records import Database, RecordFilter
from mlopt.report.progress import Progress

HERE = Path(__file__).parent
KILL_AFTER_S = 1.0
COMPILING, RUNNING = 2, 4


def _kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def _wait_until_dead(workbench) -> None:
    """A signal takes a moment to arrive, and all threads of a process one to end."""
    deadline = time.monotonic() + 30.0
    while workbench.compile_pids or workbench.measurer.pid:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def compiling_when_killed(workbench, workload, built):
    """A compilation that is under way for certain when its worker is killed."""
    script = (HERE / "schedules" / "never_compiles.mlir").read_text()
    pid = workbench.compile_pids[0]
    threading.Timer(KILL_AFTER_S, _kill, [pid]).start()
    return workbench.compile_script(workload, built, script, 120.0)


def running_when_killed(workbench, workload, built):
    """A measurement that is under way for certain when its worker is killed."""
    program = (HERE / "programs" / "never_returns.mlir").read_text()
    return workbench.replace_code(built, program)


class Killer(Progress):
    """Kills all workers after the first trial, when none has anything to do, and the
    measuring worker once more while it runs the endless candidate.
    """

    def __init__(self, workbench) -> None:
        self.workbench = workbench
        self.num_trials = 0

    def stage(self, name: str) -> None:
        pass

    def workload(self, name: str) -> None:
        pass

    def close(self) -> None:
        pass

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        if self.num_trials == 0:
            for pid in (*self.workbench.compile_pids, self.workbench.measurer.pid):
                _kill(pid)
            _wait_until_dead(self.workbench)
        if self.num_trials == RUNNING - 1:
            timer = threading.Timer(
                KILL_AFTER_S, lambda: _kill(self.workbench.measurer.pid)
            )
            timer.start()
        self.num_trials += 1


@pytest.fixture(scope="module")
def searched(saboteur, tune_with, tmp_path_factory):
    workbench = saboteur()
    workbench.faults = {
        COMPILING: compiling_when_killed,
        RUNNING: running_when_killed,
    }
    db = tmp_path_factory.mktemp("killed") / "records.db"
    # Batches of 8: candidates 8 and 9 are compiled by workers that died idle.
    return tune_with(workbench, db, trials=10, progress=Killer(workbench))


@pytest.fixture(scope="module")
def records(searched):
    with Database.open(searched.db) as database:
        return list(database.all(RecordFilter(is_final=False)))


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (COMPILING, FailureStatus.COMPILE_CRASH),
        (RUNNING, FailureStatus.RUN_CRASH),
    ],
)
def test_a_killed_worker_costs_the_candidate_it_worked_on(records, number, status):
    assert records[number].status is status
    assert "SIGKILL" in records[number].detail


def test_no_other_candidate_is_lost(searched, records):
    assert searched.result.trials == len(records) == 10
    others = [r for i, r in enumerate(records) if i not in (COMPILING, RUNNING)]
    crashes = {FailureStatus.RUN_CRASH, FailureStatus.COMPILE_CRASH}
    assert not [r.detail for r in others if r.status in crashes]
    # What came after all the deaths was compiled and judged as ever.
    judged = {None, FailureStatus.DUPLICATE, FailureStatus.TOO_SLOW}
    assert [r.detail for r in records[-2:] if r.status not in judged] == []
