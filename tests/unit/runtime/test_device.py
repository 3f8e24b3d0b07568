"""Devices are opened once, with the threads asked for, or refused by a sentence."""

import subprocess
import sys

import pytest

from mlopt.core.errors import TargetError
from mlopt.runtime import Device, open_device


def test_a_device_is_opened_once():
    assert open_device("local-sync") is open_device("local-sync")
    assert open_device("local-task", 1) is not open_device("local-sync")


def test_local_task_starts_as_many_workers_as_asked_for():
    # In a process of its own: threads of other devices are named when they first run.
    code = """
import time
from pathlib import Path
from mlopt.runtime import Device
device = Device("local-task", num_threads=1)
def workers():
    names = [path.read_text() for path in Path("/proc/self/task").glob("*/comm")]
    return sum(name.startswith("iree-worker") for name in names)
deadline = time.monotonic() + 10
while not workers() and time.monotonic() < deadline:
    time.sleep(0.01)
time.sleep(0.1)
print(workers(), device.num_threads)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "1 1\n"), done.stderr


@pytest.mark.parametrize("uri", ["nonsense", "local-sync-typo", ""])
def test_an_unknown_device_is_refused_by_a_sentence_that_names_those_there_are(uri):
    with pytest.raises(TargetError, match="local-task"):
        open_device(uri)


def test_a_device_without_threads_is_refused():
    with pytest.raises(TargetError, match="at least one thread"):
        open_device("local-task", 0)


def test_memory_statistics_of_an_unused_device_are_unknown():
    assert Device("local-sync").memory_statistics() is None


def test_nothing_is_printed_at_exit():
    code = """
from mlopt.runtime import open_device, to_device, to_numpy
kept = to_numpy(to_device([1.0], open_device("local-task")))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
