"""Workers are killed in the middle of a search: one candidate each, nothing more."""

import os
import signal
import threading
from pathlib import Path

import pytest

from mlopt.core.measurement import FailureStatus
from mlopt.records import Database, RecordFilter
from mlopt.report.progress import Progress

HERE = Path(__file__).parent
KILL_AFTER_S = 1.0


def _kill(pid: int | None) -> None:
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def compiling_when_killed(workbench, workload, built):
    """A compilation that is under way for certain when its worker is killed."""
    script = (HERE / "schedules" / "never_compiles.mlir").read_text()
    pid = workbench.compile_pids[0]
    threading.Timer(KILL_AFTER_S, _kill, [pid]).start()
    return workbench.compile_script(workload, built, script, 120.0)


def running_when_killed(workbench, workload, built):
    """A measurement that is under way for certain when its worker is killed."""
    program = (HERE / "programs" / "never_returns.mlir").read_text()
    endless = workbench.replace_code(built, program)
    threading.Timer(KILL_AFTER_S, lambda: _kill(workbench.measurer.pid)).start()
    return endless


class IdleKiller(Progress):
    """Kills every worker between two trials, when none has anything to do."""

    def __init__(self, workbench) -> None:
        self.workbench = workbench
        self.killed: list[int] = []

    def stage(self, name: str) -> None:
        pass

    def workload(self, name: str) -> None:
        pass

    def close(self) -> None:
        pass

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        if self.killed:
            return
        pids = [*self.workbench.compile_pids, self.workbench.measurer.pid]
        for pid in pids:
            _kill(pid)
        self.killed = pids


@pytest.fixture(scope="module")
def searched(saboteur, tune_with, tmp_path_factory):
    workbench = saboteur()
    workbench.faults = {2: compiling_when_killed, 4: running_when_killed}
    killer = IdleKiller(workbench)
    db = tmp_path_factory.mktemp("killed") / "records.db"
    # Batches of 8: candidates 8 and 9 are compiled by workers that died idle.
    tuned = tune_with(workbench, db, trials=10, progress=killer)
    assert killer.killed
    return tuned


@pytest.fixture(scope="module")
def records(searched):
    with Database.open(searched.db) as database:
        return list(database.all(RecordFilter(is_final=False)))


@pytest.mark.parametrize(
    ("number", "status"),
    [(2, FailureStatus.COMPILE_CRASH), (4, FailureStatus.RUN_CRASH)],
)
def test_a_killed_worker_costs_the_candidate_it_worked_on(records, number, status):
    assert records[number].status is status
    assert "SIGKILL" in records[number].detail


def test_no_other_candidate_is_lost(searched, records):
    assert searched.result.trials == len(records) == 10
    others = [r for i, r in enumerate(records) if i not in (2, 4)]
    assert not [r.detail for r in others if r.status is FailureStatus.RUN_CRASH]
    assert not [r.detail for r in others if r.status is FailureStatus.COMPILE_CRASH]
    assert any(r.latency_us for r in others[5:])
