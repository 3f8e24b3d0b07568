"""What the parent does to its workers: Ctrl-C, sudden death, and a silent exit.

Each test runs a parent of its own, because it is the parent that ends.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

SINGLE = """
from mlopt.isolation import Worker
worker = Worker()
print(worker.call("mlopt.isolation.drills:process_id", timeout_s=60), flush=True)
try:
    worker.call("mlopt.isolation.drills:spin_in_c", timeout_s=600)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    print(worker.call("mlopt.isolation.drills:echo", "usable", timeout_s=60))
    worker.close()
"""

POOL = """
from mlopt.isolation import WorkerPool
with WorkerPool(2) as pool:
    pids = {w.call("mlopt.isolation.drills:process_id", timeout_s=60)
            for w in pool.workers}
    print(*pids, flush=True)
    job, items = "mlopt.isolation.drills:spin_in_c", [()] * 8
    try:
        list(pool.map_unordered(job, items, timeout_s=600))
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""

IDLE = """
from mlopt.isolation import Worker
worker = Worker()
print(worker.call("mlopt.isolation.drills:process_id", timeout_s=60), flush=True)
"""

FORKED = """
import os, sys
from mlopt.isolation import Worker
worker = Worker()
print(worker.call("mlopt.isolation.drills:process_id", timeout_s=60), flush=True)
if os.fork() == 0:
    print(Worker().call("mlopt.isolation.drills:echo", "works", timeout_s=60))
    sys.stdout.flush()
    os._exit(0)
os.wait()
print(worker.call("mlopt.isolation.drills:echo", "still works", timeout_s=60))
"""


def start_parent(program):
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    pids = [int(word) for word in parent.stdout.readline().split()]
    assert pids
    return parent, pids


def all_gone(pids, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.parametrize("program", [SINGLE, POOL], ids=["worker", "pool"])
def test_ctrl_c_leaves_the_call_promptly_and_no_process_behind(program):
    parent, pids = start_parent(program)
    time.sleep(0.5)  # into the job
    start = time.monotonic()
    parent.send_signal(signal.SIGINT)
    output, errors = parent.communicate(timeout=60)
    assert time.monotonic() - start < 20
    assert output.splitlines()[0] == "interrupted"
    assert errors == ""
    assert parent.returncode == 0
    assert all_gone(pids)


def test_a_worker_is_usable_again_after_ctrl_c():
    parent, _ = start_parent(SINGLE)
    time.sleep(0.5)
    parent.send_signal(signal.SIGINT)
    output, _ = parent.communicate(timeout=60)
    assert output.splitlines()[1:] == ["usable"]


def test_a_busy_worker_dies_with_a_killed_parent():
    parent, pids = start_parent(SINGLE)
    time.sleep(0.5)
    parent.kill()
    parent.communicate(timeout=60)
    assert all_gone(pids)


def test_an_idle_worker_ends_with_its_parent_and_says_nothing():
    parent, pids = start_parent(IDLE)
    output, errors = parent.communicate(timeout=60)
    assert (output, errors, parent.returncode) == ("", "", 0)
    assert all_gone(pids)


def test_a_forked_copy_of_the_parent_can_start_workers_of_its_own():
    parent, _ = start_parent(FORKED)
    output, _ = parent.communicate(timeout=60)
    assert output.splitlines() == ["works", "still works"]
