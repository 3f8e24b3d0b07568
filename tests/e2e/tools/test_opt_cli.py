"""`mlopt-opt` as a user starts it: exit codes, crashes, start-up, garbage."""

import os
import signal
import subprocess
import sys
import time

import pytest

from mlopt.driver.opt.client import execute
from mlopt.driver.opt.request import OptRequest, Status

_COMMAND = (sys.executable, "-c", "from mlopt.tools.opt import main; main()")
_MODULE = b"func.func @f() {\n  return\n}\n"
# Deeper than the parser's stack: IREE 3.13 dies by SIGSEGV.
_DEEP = b"module attributes {a = " + b"[" * 200_000 + b"]" * 200_000 + b"} {}"


def opt(*arguments: str, data: bytes = _MODULE) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*_COMMAND, *arguments],
        input=data,
        capture_output=True,
        timeout=120,
        check=False,
    )


def test_a_module_goes_through_and_stderr_is_silent():
    done = opt("--canonicalize")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"func.func @f" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--verify-diagnostics"], 0),
        (["no_such_file.mlir"], 1),
        (["-o", "no_such_folder/x"], 1),
        (["--mlopt-timeout=0.001"], 1),
        (["--no-such-pass"], 2),
        (["--pass-pipeline=cse"], 2),
        (["--pass-pipeline=builtin.module(no-such-pass)"], 2),
        (["--pass-pipeline=builtin.module(cse)", "--cse"], 2),
        (["a.mlir", "b.mlir"], 2),
        (["--verify-each=maybe"], 2),
        (["--mlopt-timeout=soon"], 2),
    ],
)
def test_the_exit_code_says_how_it_ended(arguments, code):
    done = opt(*arguments)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr
    assert bool(done.stderr) == bool(code)
    if code:
        assert done.stdout == b""
        assert done.stderr.startswith(b"mlopt-opt: error: ")


def test_a_crash_of_the_compiler_is_a_sentence():
    done = opt(data=_DEEP)
    assert done.returncode == 1
    assert done.stdout == b""
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("mlopt-opt: error: the compiler crashed (SIG")
    assert b"Traceback" not in done.stderr


def test_a_job_that_never_ends_is_stopped():
    request = OptRequest(data=_MODULE)
    job = "mlopt.driver.opt.drills:hang"
    result = execute(request, timeout_s=0.5, job=job)
    assert result.status is Status.FAILED
    assert "did not finish within 0.5 s" in result.sentence


def test_what_the_compiler_said_before_it_died_is_kept():
    request = OptRequest(data=_MODULE)
    result = execute(request, timeout_s=60, job="mlopt.driver.opt.drills:abort")
    assert result.log == "LLVM ERROR: on purpose\n"
    assert result.sentence == ("the compiler crashed (SIGABRT): LLVM ERROR: on purpose")


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfe\x00\x01garbage",
        b"ML\xefR\x00\x01\x02",
        b"ML\xefR" + bytes(range(256)),
        b"\x01" * 64,
        b"oops",
        b"mlopt.\xff",
    ],
)
def test_garbage_is_an_error_with_a_place_and_never_a_traceback(data):
    done = opt(data=data)
    assert done.returncode == 1
    assert done.stderr.startswith(b"<stdin>:")
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["--cse"]])
def test_the_main_process_loads_neither_jax_nor_iree(arguments):
    code = (
        "import sys\n"
        "from mlopt.tools.opt import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    print({'jax', 'iree'} & sys.modules.keys() or 'clean', file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=_MODULE,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"clean\n")


def test_an_interrupt_ends_with_130_and_a_word():
    read_end, write_end = os.pipe()
    with subprocess.Popen(
        _COMMAND, stdin=read_end, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        time.sleep(1)  # it waits for its stdin by then
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=60)
    os.close(read_end)
    os.close(write_end)
    assert (process.returncode, stderr) == (130, b"mlopt-opt: interrupted\n")
