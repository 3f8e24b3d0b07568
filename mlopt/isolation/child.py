"""The process side: serve jobs from a socket until the parent is gone.

Run as `python -m mlopt.isolation.child OPTIONS`. Imports nothing heavy: what a job
needs is imported when it is first called, or by `preload`.
"""

import contextlib
import ctypes
import importlib
import os
import pickle
import resource
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Final

from mlopt.core.errors import MloptError
from mlopt.isolation import wire
from mlopt.isolation.process import ChildOptions

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Serve jobs; never returns.

    `os._exit` skips interpreter teardown: the compiler's bindings print leak
    warnings there, and a killed device library may hang in it.
    """
    exit_code = 1
    try:
        options = ChildOptions.from_json(sys.argv[1])
        _tie_to_parent(options.parent_pid)
        _apply_limits(options)
        _serve(socket.socket(fileno=options.socket_fd), options.preload)
        exit_code = 0
    except (BrokenPipeError, ConnectionResetError):
        exit_code = 0  # the parent closed its end in mid-message
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(exit_code)


def _tie_to_parent(parent_pid: int) -> None:
    """Ignore Ctrl-C, which is the parent's to handle, and die when it dies.

    A closed socket ends an idle child; the signal also ends one that is busy.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:  # it died before the line above
        os._exit(0)


def _apply_limits(options: ChildOptions) -> None:
    """Limit memory and cores, and write no core files.

    RLIMIT_DATA counts writable private memory, the kind a blow-up consists of.
    RLIMIT_AS would also count what IREE, JAX and thread stacks only reserve: 1.9 GB
    of address space where 0.3 GB can be written.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    limit = options.memory_limit_bytes
    if limit is not None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # Should memory run out all the same, the kernel ends this process first.
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    if options.cpu_affinity is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, options.cpu_affinity)


def _serve(sock: socket.socket, preload: tuple[str, ...]) -> None:
    """Answer jobs one by one until the parent closes its end."""
    sock.set_inheritable(False)
    for module in preload:
        # Whoever needs it will say what is wrong with it.
        with contextlib.suppress(Exception):
            importlib.import_module(module)
    wire.write_frame(sock, pickle.dumps(wire.Ready()))
    while (frame := wire.read_frame(sock)) is not None:
        reply = _run(frame)
        del frame
        _flush()
        wire.write_frame(sock, reply)
        del reply


def _run(frame: bytearray) -> bytes:
    """Run one pickled job and return the pickled reply."""
    try:
        job: wire.Job = pickle.loads(frame)
        frame.clear()  # arguments may be large: keep one copy of them, not two
        result = _resolve(job.name)(*job.args)
        return pickle.dumps(wire.Success(result), protocol=5)
    except BaseException as error:  # SystemExit too: nothing a job raises ends us
        return pickle.dumps(_describe(error), protocol=5)


def _resolve(name: str) -> Callable[..., object]:
    """The function that a job names; only mlopt's own are run."""
    module, _, function = name.partition(":")
    if module.partition(".")[0] != "mlopt" or not function:
        raise ValueError(f"{name!r} is no job: expected 'mlopt.module:function'")
    return getattr(importlib.import_module(module), function)


def _describe(error: BaseException) -> wire.JobFailure:
    kind = type(error)
    is_builtin = kind.__module__ == "builtins"
    name = kind.__qualname__ if is_builtin else f"{kind.__module__}.{kind.__qualname__}"
    return wire.JobFailure(
        class_name=name,
        message=str(error),
        traceback_text="".join(traceback.format_exception(error)),
        error=_portable(error),
    )


def _portable(error: BaseException) -> MloptError | None:
    """The exception if it is mlopt's own and survives pickling."""
    if not isinstance(error, MloptError):
        return None
    try:
        return pickle.loads(pickle.dumps(error))
    except Exception:
        return None


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


if __name__ == "__main__":
    main()
