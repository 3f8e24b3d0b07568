"""One child process: how it is started, limited, listened to and killed."""

import contextlib
import dataclasses
import fcntl
import json
import os
import signal
import site
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from mlopt.isolation.wire import Channel

# One line of a compiler's crash dump can be long: cut by bytes, then by lines.
_TAIL_BYTES: Final = 16 * 1024
_TAIL_LINES: Final = 40
# Weights and inputs travel here; the default of 200 KiB makes thousands of turns.
_SOCKET_BUFFER_BYTES: Final = 4 << 20
# Long enough for a process in uninterruptible sleep to be reaped, short enough that
# nobody believes the parent hangs.
_REAP_TIMEOUT_S: Final = 5.0
# On Linux PR_SET_PDEATHSIG follows the *thread* that started the child, so children
# are started by one thread that lives as long as this process.
_starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlopt-starter")


def _renew_starter() -> None:
    """A forked copy of this process has the executor but not its thread."""
    global _starter
    _starter = ThreadPoolExecutor(max_workers=1, thread_name_prefix="mlopt-starter")


os.register_at_fork(after_in_child=_renew_starter)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildOptions:
    """What a child must know about itself; travels as JSON on its command line.

    Attributes:
        socket_fd: its end of the socket pair; filled in when it is started.
        parent_pid: whose death ends it; filled in when it is started.
        memory_limit_bytes: of writable private memory; None is unlimited.
        cpu_affinity: cores it may run on; None leaves it as inherited.
        preload: modules imported before the first job is served.
    """

    socket_fd: int = -1
    parent_pid: int = -1
    memory_limit_bytes: int | None = None
    cpu_affinity: tuple[int, ...] | None = None
    preload: tuple[str, ...] = ()

    def to_json(self) -> str:
        """Inverse of `from_json`."""
        return json.dumps(dataclasses.asdict(self))

    @staticmethod
    def from_json(text: str) -> "ChildOptions":
        """Inverse of `to_json`."""
        fields = json.loads(text)
        fields["preload"] = tuple(fields["preload"])
        if fields["cpu_affinity"] is not None:
            fields["cpu_affinity"] = tuple(fields["cpu_affinity"])
        return ChildOptions(**fields)


class ChildProcess:
    """A started child with its channel and the file that captures its output."""

    def __init__(self, options: ChildOptions, env: Mapping[str, str]) -> None:
        # Closed in `kill`: the file lives as long as the process.
        self._capture = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
        starting = _starter.submit(_start, theirs, self._capture, options, env)
        self._popen = starting.result()
        self.channel = Channel(ours, self._popen)

    @property
    def pid(self) -> int:
        """Of the child, which leads its own process group and session."""
        return self._popen.pid

    @property
    def is_alive(self) -> bool:
        """Whether it still runs."""
        return self._popen.poll() is None

    def kill(self) -> int | None:
        """Kill the process group and release everything; safe to repeat.

        Returns:
            The return code as `subprocess` gives it, None if it could not be reaped.
        """
        self.kill_group()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=_REAP_TIMEOUT_S)
        self.channel.close()
        self._capture.close()
        return self._popen.returncode

    def kill_group(self) -> None:
        """Send SIGKILL to all of the group, without waiting; callable by any thread."""
        # Also after the leader's death: its own children may live on. The kernel
        # gives no process the number of a group that still has members.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._popen.pid, signal.SIGKILL)

    def forget_output(self) -> None:
        """Drop what was captured so far; the child appends, so this is safe."""
        os.ftruncate(self._capture.fileno(), 0)

    def output_tail(self) -> str:
        """The last lines written to stdout and stderr."""
        fd = self._capture.fileno()
        size = os.fstat(fd).st_size
        text = os.pread(fd, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        lines = text.decode(errors="replace").splitlines()
        return "\n".join(lines[-_TAIL_LINES:])


def _start(
    theirs: socket.socket,
    capture: IO[bytes],
    options: ChildOptions,
    env: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start the child and close our copy of its end of the socket."""
    # Appending, `forget_output` may truncate under the child's feet.
    flags = fcntl.fcntl(capture, fcntl.F_GETFL)
    fcntl.fcntl(capture, fcntl.F_SETFL, flags | os.O_APPEND)
    # -P: the user's folder must not shadow modules; -u: a crash loses no output.
    command = [sys.executable, "-P", "-u", "-m", "mlopt.isolation.child"]
    with theirs:
        options = dataclasses.replace(
            options, socket_fd=theirs.fileno(), parent_pid=os.getpid()
        )
        return subprocess.Popen(
            [*command, options.to_json()],
            stdin=subprocess.DEVNULL,
            stdout=capture,
            stderr=capture,
            pass_fds=(options.socket_fd,),
            start_new_session=True,
            env=_environment(env),
        )


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, `extra` on top, and mlopt importable.

    mlopt may have been found in a checkout that only this process's path names.
    """
    environment = {**os.environ, **extra}
    root = str(Path(__file__).parents[2])
    if root not in {*site.getsitepackages(), site.getusersitepackages()}:
        paths = [root, environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    return environment
