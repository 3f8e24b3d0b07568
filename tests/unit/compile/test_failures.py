"""Errors of compile jobs as recorded statuses."""

import pytest

from mlopt.compile.failures import compile_failure
from mlopt.core.errors import CompileError, ScheduleError
from mlopt.core.measurement import FailureStatus
from mlopt.isolation import RemoteError, WorkerCrashed, WorkerTimeout


def remote(class_name, error=None):
    return RemoteError(
        job="mlopt.a:b",
        class_name=class_name,
        message="m",
        traceback_text="Traceback",
        error=error,
    )


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CompileError("x"), FailureStatus.COMPILE_ERROR),
        (ScheduleError("x"), FailureStatus.ILLEGAL_SCHEDULE),
        (remote("a.B", ScheduleError("x")), FailureStatus.ILLEGAL_SCHEDULE),
        (remote("KeyError"), FailureStatus.COMPILE_ERROR),
        (remote("MemoryError"), FailureStatus.COMPILE_CRASH),
        (WorkerTimeout(job="mlopt.a:b", timeout_s=1), FailureStatus.COMPILE_TIMEOUT),
        (WorkerCrashed(job="mlopt.a:b", returncode=-6), FailureStatus.COMPILE_CRASH),
    ],
)
def test_each_error_has_its_status(error, status):
    failure = compile_failure(error)
    assert failure.status is status
    assert failure.detail


def test_the_sentence_and_the_rest_are_kept_apart():
    failure = compile_failure(CompileError("first", diagnostics="first\nsecond"))
    assert (failure.detail, failure.diagnostics) == ("first", "first\nsecond")


def test_a_crash_keeps_its_output():
    fault = WorkerCrashed(job="mlopt.a:b", returncode=-6, output="LLVM ERROR: x")
    assert compile_failure(fault).diagnostics == "LLVM ERROR: x"
