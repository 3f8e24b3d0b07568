"""Sentences that faults are shown as."""

from mlopt.core.errors import MloptError
from mlopt.isolation import RemoteError, WorkerCrashed, WorkerTimeout


def test_a_crash_quotes_the_line_that_speaks_of_an_error_not_the_last_frame():
    output = "loading\nLLVM ERROR: bad thing\n#0 0x00 frame\n#1 0x01 frame"
    fault = WorkerCrashed(job="mlopt.a:b", returncode=-6, output=output)
    assert str(fault) == (
        "the worker process was killed by SIGABRT while running mlopt.a:b: "
        "LLVM ERROR: bad thing"
    )


def test_a_crash_without_such_a_line_quotes_the_last_one_and_cuts_it():
    fault = WorkerCrashed(job="mlopt.a:b", returncode=2, output="one\n" + "x" * 999)
    assert str(fault).endswith(
        "exited with code 2 while running mlopt.a:b: " + "x" * 200
    )


def test_an_unknown_signal_still_has_a_name():
    assert WorkerCrashed(job="j", returncode=-99).signal_name == "signal 99"


def test_faults_are_mlopt_errors_with_their_job():
    fault = WorkerTimeout(job="mlopt.a:b", timeout_s=2.5)
    assert isinstance(fault, MloptError)
    assert fault.job == "mlopt.a:b"
    assert "2.5 s" in str(fault)


def test_a_remote_error_of_mlopts_own_keeps_its_sentence():
    fault = RemoteError(
        job="mlopt.a:b",
        class_name="mlopt.core.errors.MloptError",
        message="plain",
        traceback_text="",
        error=MloptError("plain"),
    )
    assert str(fault) == "plain"
