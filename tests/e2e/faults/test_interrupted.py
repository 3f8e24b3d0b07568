"""`mlopt tune` is interrupted, killed, or meets another one; no record is lost."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from mlopt.records import Database, RecordFilter

COMMAND = (sys.executable, "-m", "mlopt")
WAIT_S = 120.0


def start(cache: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `mlopt` as the leader of a process group, as a shell does."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        env=os.environ | {"MLOPT_CACHE_DIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def num_trials(db: Path) -> int:
    """How many trials a database that others write to holds now."""
    if not db.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT count(*) FROM mlopt_trials").fetchone()[0]
    except sqlite3.OperationalError:  # its tables are not there yet
        return 0


def wait_for_trials(process: subprocess.Popen[str], db: Path, number: int) -> None:
    deadline = time.monotonic() + WAIT_S
    while num_trials(db) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, "the search never came that far"
        time.sleep(0.05)


def wait_for_jax(process: subprocess.Popen[str]) -> None:
    """Until the libraries are being loaded, where an exception would be a crash."""
    deadline = time.monotonic() + WAIT_S
    while "jaxlib" not in Path(f"/proc/{process.pid}/maps").read_text():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.005)


def wait_until_gone(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are still there after a while."""
    return psutil.wait_procs(processes, timeout=10.0)[1]


def is_whole(db: Path) -> bool:
    with closing(sqlite3.connect(db)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.usefixtures("shares_compiled")
def test_ctrl_c_keeps_finished_trials_and_the_same_command_resumes(
    model, tmp_path, cache_dir
):
    db, json_path = tmp_path / "records.db", tmp_path / "result.json"
    command = ("tune", f"{model}:slow", "--trials", "10", "--db", str(db))
    command = (*command, "--json", str(json_path), "--quiet")
    process = start(cache_dir, *command)
    wait_for_trials(process, db, 2)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stdout == ""
    (sentence,) = stderr.splitlines()
    assert sentence.startswith("mlopt: interrupted")
    assert "the same command resumes" in sentence
    assert children
    assert wait_until_gone(children) == []
    assert not json_path.exists()
    with Database.open(db) as database:
        kept = list(database.all())
        assert not list(database.programs())
    assert len(kept) >= 2

    process = start(cache_dir, *command)
    _, stderr = process.communicate(timeout=WAIT_S)
    assert process.returncode == 0, stderr
    result = json.loads(json_path.read_text())
    with Database.open(db) as database:
        records = list(database.all(RecordFilter(is_final=False)))
    assert records[: len(kept)] == kept
    assert len({record.trace for record in records}) == len(records)
    # What was interrupted is finished, not begun again.
    assert result["trials"] == len(records) == 10
    assert sum(result["failures"].values()) == sum(
        record.status is not None for record in records
    )


@pytest.mark.parametrize("moment_s", [0.0, 0.3, 0.8, 1.5])
def test_ctrl_c_at_any_moment_is_a_sentence(model, tmp_path, moment_s):
    process = start(tmp_path, "tune", f"{model}:slow", "--quiet")
    wait_for_jax(process)
    time.sleep(moment_s)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == 130
    assert stdout == ""
    assert stderr.splitlines()[-1].startswith("mlopt: interrupted")
    assert "Traceback" not in stderr


@pytest.mark.usefixtures("shares_compiled")
def test_a_killed_mlopt_leaves_no_worker_and_a_whole_database(
    model, tmp_path, cache_dir
):
    db = tmp_path / "records.db"
    command = ("tune", f"{model}:slow", "--trials", "10000", "--db", str(db))
    process = start(cache_dir, *command)
    wait_for_trials(process, db, 2)
    workers = psutil.Process(process.pid).children(recursive=True)
    assert workers
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=30)
    assert wait_until_gone(workers) == []
    assert is_whole(db)
    with Database.open(db) as database:
        assert database.count() >= 2


@pytest.mark.usefixtures("shares_compiled")
def test_two_processes_tune_into_one_database(model, tmp_path, cache_dir):
    db = tmp_path / "records.db"
    processes = {
        name: start(
            cache_dir,
            *("tune", f"{model}:{name}", "--trials", "3", "--db", str(db)),
            *("--json", str(tmp_path / f"{name}.json"), "--quiet"),
        )
        for name in ("dense", "slow")
    }
    for process in processes.values():
        _, stderr = process.communicate(timeout=WAIT_S)
        assert process.returncode == 0, stderr
        assert stderr == ""
    assert is_whole(db)
    with Database.open(db) as database:
        records = list(database.all(RecordFilter(is_final=False)))
        assert {program.name for program in database.programs()} == set(processes)
    for name in processes:
        (workload,) = json.loads((tmp_path / f"{name}.json").read_text())["workloads"]
        mine = [r for r in records if r.workload == workload["hash"]]
        assert len(mine) == workload["trials"] == 3
