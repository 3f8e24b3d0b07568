"""One worker: results, exceptions, and every way in which a process can fail."""

import os
import pickle
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest

from mlopt.core.errors import CompileError, ScheduleError
from mlopt.isolation import (
    RemoteError,
    Worker,
    WorkerCrashed,
    WorkerStuck,
    WorkerTimeout,
)

DRILLS = "mlopt.isolation.drills:"
# Far above what a job needs, far below pytest's own limit.
PATIENT_S = 60.0


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.close()


def call(worker, drill, *args, timeout_s=PATIENT_S) -> Any:
    return worker.call(DRILLS + drill, *args, timeout_s=timeout_s)


def is_running(pid):
    """Whether a process exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


def wait_until(claim, timeout_s=20.0):
    deadline = time.monotonic() + timeout_s
    while not claim() and time.monotonic() < deadline:
        time.sleep(0.01)
    return claim()


def test_a_result_comes_back_as_it_was_sent(worker):
    value = {"a": (1, b"\x00", "é"), "b": [None, 2.5]}
    assert call(worker, "echo", value) == value


def test_a_deadline_may_be_far_off(worker):
    assert call(worker, "echo", 1, timeout_s=1e9) == 1


def test_an_array_comes_back_equal_with_its_dtype_and_shape(worker):
    array = np.arange(12, dtype=np.int16).reshape(3, 4)
    result = call(worker, "echo", array)
    np.testing.assert_array_equal(result, array)
    assert result.dtype == np.int16


def test_a_result_above_64_mib_comes_back_whole(worker):
    num_bytes = (80 << 20) + 3
    assert call(worker, "make_bytes", num_bytes) == b"\x5a" * num_bytes


def test_a_large_argument_arrives_whole(worker):
    value = os.urandom(1 << 20) * 70
    assert call(worker, "echo", value) == value


def test_the_process_is_another_one_and_stays_warm(worker):
    first = call(worker, "process_id")
    assert first != os.getpid()
    assert call(worker, "process_id") == first == worker.pid


def test_a_worker_imports_nothing_heavy_before_a_job_needs_it(worker):
    loaded = call(worker, "loaded_modules")
    assert not {"iree", "jax", "numpy"} & set(loaded)


def test_preloaded_modules_are_there_before_the_first_job(worker):
    preloading = Worker(preload=("decimal", "no_such_module_anywhere"))
    assert "decimal" not in set(call(worker, "loaded_modules"))
    assert "decimal" in set(call(preloading, "loaded_modules"))
    preloading.close()


def test_an_mlopt_error_is_raised_as_itself_with_its_fields(worker):
    with pytest.raises(ScheduleError, match=r"^tile 7 does not divide 12$"):
        call(worker, "refuse", "tile 7 does not divide 12")
    with pytest.raises(CompileError) as caught:
        call(worker, "refuse_with_diagnostics", "first", "first\nsecond")
    assert caught.value.diagnostics == "first\nsecond"
    assert isinstance(caught.value.__cause__, RemoteError)


def test_another_exception_becomes_a_remote_error_and_the_process_lives(worker):
    before = call(worker, "process_id")
    with pytest.raises(RemoteError) as caught:
        call(worker, "stumble")
    assert caught.value.class_name == "KeyError"
    assert "no such thing" in caught.value.message
    assert "in stumble" in caught.value.traceback_text
    assert call(worker, "process_id") == before


def test_a_result_that_cannot_travel_is_a_remote_error(worker):
    with pytest.raises(RemoteError, match="return_unpicklable"):
        call(worker, "return_unpicklable")


@pytest.mark.parametrize("job", ["os:getcwd", "mlopt.core.errors", "mloptx.a:b"])
def test_only_jobs_of_mlopt_are_run(worker, job):
    with pytest.raises(RemoteError, match="is no job"):
        worker.call(job, timeout_s=PATIENT_S)


def test_an_endless_loop_in_c_is_stopped_and_the_next_call_works(worker):
    before = call(worker, "process_id")
    start = time.monotonic()
    with pytest.raises(WorkerTimeout, match=r"within 0\.3 s"):
        call(worker, "spin_in_c", timeout_s=0.3)
    assert time.monotonic() - start < 10
    assert not is_running(before)
    assert call(worker, "process_id") != before


def test_a_timeout_kills_what_the_job_started_too(worker):
    grandchild = call(worker, "start_grandchild")
    assert is_running(grandchild)
    with pytest.raises(WorkerTimeout):
        call(worker, "sleep", 60, timeout_s=0.1)
    assert wait_until(lambda: not is_running(grandchild))


@pytest.fixture
def impatient():
    worker = Worker(patience_s=2.0)
    yield worker
    worker.close()


def test_a_job_that_computes_nothing_is_run_again(impatient, tmp_path):
    first = call(impatient, "process_id")
    again = call(impatient, "sleep_the_first_time", str(tmp_path / "mark"), 60)
    assert again not in (first, os.getpid())
    assert not is_running(first)
    assert call(impatient, "process_id") == again


def test_a_job_that_is_stuck_twice_is_given_up(impatient):
    start = time.monotonic()
    with pytest.raises(WorkerStuck, match="was stuck for 2 s"):
        call(impatient, "sleep", 60)
    assert 4 <= time.monotonic() - start < 30
    assert call(impatient, "echo", 1) == 1


@pytest.mark.parametrize("drill", ["compute", "compute_in_child"])
def test_a_job_that_computes_is_left_alone(impatient, drill):
    first = call(impatient, "process_id")
    assert call(impatient, drill, 5) in (5, 0)
    assert call(impatient, "process_id") == first


def test_a_process_that_somebody_stopped_is_waited_for(impatient):
    process = call(impatient, "process_id")
    resume = threading.Timer(4, os.kill, (process, signal.SIGCONT))
    os.kill(process, signal.SIGSTOP)
    resume.start()
    assert call(impatient, "process_id") == process
    resume.join()


def test_starting_the_process_does_not_count_as_the_jobs_time(tmp_path):
    (tmp_path / "slow_to_import.py").write_text("import time; time.sleep(3)")
    worker = Worker(preload=("slow_to_import",), env={"PYTHONPATH": str(tmp_path)})
    assert call(worker, "echo", 1, timeout_s=2.5) == 1
    worker.close()


@pytest.mark.parametrize("drill", ["eat_memory", "eat_memory_in_c"])
def test_memory_beyond_the_limit_ends_the_job_not_the_machine(drill):
    worker = Worker(memory_limit_bytes=256 << 20)
    with pytest.raises((RemoteError, WorkerCrashed)) as caught:
        call(worker, drill, 1 << 30)
    fault = caught.value
    if drill == "eat_memory":
        assert isinstance(fault, RemoteError)
        assert fault.class_name == "MemoryError"
    else:
        assert isinstance(fault, WorkerCrashed)
        assert fault.signal_name == "SIGABRT"
        assert "LLVM ERROR: out of memory" in str(fault)
    assert call(worker, "eat_memory", 64 << 20) == 64 << 20
    worker.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_death_by_a_signal_is_named_and_the_next_call_works(worker, number):
    with pytest.raises(WorkerCrashed) as caught:
        call(worker, "kill_self", int(number))
    assert caught.value.signal_name == signal.Signals(number).name
    assert signal.Signals(number).name in str(caught.value)
    assert call(worker, "echo", 1) == 1


def test_an_exit_in_the_middle_of_a_job_carries_its_code(worker):
    with pytest.raises(WorkerCrashed) as caught:
        call(worker, "leave", 3)
    assert (caught.value.signal_name, caught.value.exit_code) == (None, 3)


def test_sigkill_from_outside_is_noticed_at_once(worker):
    pid = call(worker, "process_id")
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    start = time.monotonic()
    with pytest.raises(WorkerCrashed, match="SIGKILL"):
        call(worker, "sleep", 30)
    assert time.monotonic() - start < 10
    assert call(worker, "echo", 2) == 2


def test_death_is_noticed_while_a_grandchild_holds_the_socket(worker):
    pid = call(worker, "process_id")
    call(worker, "fork_and_linger")
    threading.Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    start = time.monotonic()
    with pytest.raises(WorkerCrashed, match="SIGKILL"):
        call(worker, "sleep", 30)
    assert time.monotonic() - start < 10


def test_death_while_idle_costs_no_job(worker):
    pid = call(worker, "process_id")
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: not is_running(pid))
    assert call(worker, "echo", 3) == 3


def test_output_is_captured_and_attached_but_never_shown(worker, capfd):
    call(worker, "shout", "hear me")
    assert worker.output_tail().splitlines() == ["hear me"] * 3
    with pytest.raises(RemoteError) as caught:
        call(worker, "stumble")
    assert "hear me" not in caught.value.output  # each job has its own
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


def test_a_crash_carries_the_last_lines_only(worker):
    with pytest.raises(WorkerCrashed) as caught:
        call(worker, "shout_and_abort", 1000)
    lines = caught.value.output.splitlines()
    assert lines[-1] == "line 999"
    assert len(lines) <= 40


def test_close_ends_a_busy_worker_from_another_thread(worker):
    pid = call(worker, "process_id")
    threading.Timer(0.2, worker.close).start()
    with pytest.raises(WorkerCrashed):
        call(worker, "spin_in_c")
    assert wait_until(lambda: not is_running(pid))


def test_a_process_outlives_the_thread_that_first_called_it(worker):
    thread = threading.Thread(target=call, args=(worker, "echo", 1))
    thread.start()
    thread.join()
    pid = worker.pid
    time.sleep(0.2)  # the kernel would have killed it by now
    assert call(worker, "process_id") == pid


def test_an_unpicklable_argument_is_the_callers_error_and_harms_nothing(worker):
    before = call(worker, "process_id")
    with pytest.raises((AttributeError, pickle.PicklingError)):
        call(worker, "echo", lambda: None)
    assert call(worker, "process_id") == before


def test_environment_and_affinity_reach_the_process():
    core = min(os.sched_getaffinity(0))
    worker = Worker(env={"MLOPT_TEST_VALUE": "7"}, cpu_affinity=(core,))
    assert call(worker, "cpu_affinity") == {core}
    assert call(worker, "environment", "MLOPT_TEST_VALUE") == "7"
    worker.close()
