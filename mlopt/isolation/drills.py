"""Jobs that misbehave on purpose, to prove that a worker contains them.

Used by the tests of everything that relies on workers. Each is a fault of the kind
that a candidate schedule can cause.
"""

import collections
import itertools
import os
import signal
import sys
import time
from pathlib import Path

from mlopt.core.errors import CompileError, ScheduleError


def echo(value: object) -> object:
    """Return the argument."""
    return value


def process_id() -> int:
    """Return the id of the process that runs the job."""
    return os.getpid()


def sleep(seconds: float) -> float:
    """Return the argument after that time."""
    time.sleep(seconds)
    return seconds


def sleep_the_first_time(mark: str, seconds: float) -> int:
    """Sleep unless a file of that name is there; it is afterwards. The process's id."""
    if not Path(mark).exists():
        with open(mark, "x"):
            time.sleep(seconds)
    return os.getpid()


def compute(seconds: float) -> float:
    """Use the CPU for that time, by the clock."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return seconds


def compute_in_child(seconds: float) -> int:
    """As `compute`, in another process, and wait for it; its exit code."""
    code = f"from mlopt.isolation.drills import compute; compute({seconds})"
    return os.spawnl(os.P_WAIT, sys.executable, sys.executable, "-P", "-c", code)


def spin_in_c() -> None:
    """Never return, in a C loop that holds the interpreter lock: no Python runs."""
    collections.deque(itertools.repeat(None), maxlen=0)


def eat_memory(limit_bytes: int) -> int:
    """Allocate and touch memory until the limit is reached or allocation fails."""
    chunk = 16 << 20
    held = [b"\xff" * chunk for _ in range(limit_bytes // chunk)]
    return sum(map(len, held))


def eat_memory_in_c(limit_bytes: int) -> int:
    """As `eat_memory`, but abort when allocation fails, as C++ does."""
    try:
        return eat_memory(limit_bytes)
    except MemoryError:
        sys.stderr.write("LLVM ERROR: out of memory\n")
        os.abort()


def kill_self(number: int = signal.SIGKILL) -> None:
    """Die by a signal."""
    os.kill(os.getpid(), number)
    time.sleep(60)


def leave(exit_code: int) -> None:
    """End the process from within C, past all Python clean-up."""
    os._exit(exit_code)


def make_bytes(num_bytes: int) -> bytes:
    """Return so many bytes."""
    return b"\x5a" * num_bytes


def shout(text: str) -> int:
    """Write to stdout and stderr from Python and from beneath it."""
    sys.stdout.write(f"{text}\n")
    sys.stderr.write(f"{text}\n")
    return os.write(2, f"{text}\n".encode())


def refuse(message: str) -> None:
    """Raise an error of mlopt's own."""
    raise ScheduleError(message)


def refuse_with_diagnostics(message: str, diagnostics: str) -> None:
    """Raise an error that carries more than a sentence."""
    raise CompileError(message, diagnostics=diagnostics)


def stumble() -> None:
    """Raise a builtin exception, as a bug would."""
    raise KeyError("no such thing")


def return_unpicklable() -> object:
    """Return what cannot travel."""
    return lambda: None


def interrupt_signal_is_ignored() -> bool:
    """Whether Ctrl-C would leave this process alone."""
    return signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def loaded_modules() -> list[str]:
    """Names of all modules imported so far."""
    return sorted(sys.modules)


def cpu_affinity() -> set[int]:
    """Cores this process may run on."""
    return os.sched_getaffinity(0)


def start_grandchild() -> int:
    """Start a process of one's own that outlives the job; return its id."""
    return os.spawnlp(os.P_NOWAIT, "sleep", "sleep", "60")


def fork_and_linger() -> int:
    """Leave a copy of this process, socket included, behind; return its id."""
    child = os.fork()
    if child == 0:
        time.sleep(30)
        os._exit(0)
    return child


def shout_and_abort(num_lines: int) -> None:
    """Write so many lines to stderr and abort."""
    for index in range(num_lines):
        sys.stderr.write(f"line {index}\n")
    os.abort()


def in_mood(mood: str) -> str:
    """Do what the mood says: "crash", "refuse", "stumble", or return it."""
    if mood == "crash":
        kill_self()
    if mood == "refuse":
        refuse(mood)
    if mood == "stumble":
        stumble()
    return mood


def environment(name: str) -> str | None:
    """An environment variable of this process."""
    return os.environ.get(name)
