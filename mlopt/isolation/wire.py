"""Messages between a worker and its process, and how they travel on a socket.

A frame is a magic word, a length and a pickle. The child's side blocks; the parent's
side (`Channel`) obeys a deadline and notices at once when the process dies.
"""

import os
import select
import socket
import struct
import subprocess
import time
from dataclasses import dataclass
from typing import Final

from mlopt.core.errors import MloptError
from mlopt.isolation.pulse import Pulse

# A process that was overwritten by a wild kernel may send anything: a frame without
# the magic word is refused before its length is believed.
_HEADER: Final = struct.Struct("<8sQ")
_MAGIC: Final = b"mloptjob"
# Where the kernel has no process descriptors (not Linux), look this often.
_POLL_SLICE_S: Final = 0.05
# poll() takes no more than 2**31 ms; a deadline may be as far off as a caller likes.
_LONGEST_POLL_S: Final = 3600.0
# How often a process is looked at that may be stuck.
_PULSE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has started and warmed up; its first message."""


@dataclass(frozen=True, slots=True)
class Job:
    """Call `name`, which is "package.module:function"."""

    name: str
    args: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Success:
    """The job returned."""

    result: object


@dataclass(frozen=True, slots=True)
class JobFailure:
    """The job raised; fields as in `faults.RemoteError`."""

    class_name: str
    message: str
    traceback_text: str
    error: MloptError | None


def write_frame(sock: socket.socket, payload: bytes) -> None:
    """Send one frame on a blocking socket."""
    sock.sendall(_HEADER.pack(_MAGIC, len(payload)))
    sock.sendall(payload)


def read_frame(sock: socket.socket) -> bytearray | None:
    """Receive one frame from a blocking socket; None when the peer is gone."""
    header = _read_exactly(sock, _HEADER.size)
    if header is None:
        return None
    return _read_exactly(sock, _payload_size(header))


def _payload_size(header: bytes | bytearray) -> int:
    magic, size = _HEADER.unpack(header)
    if magic != _MAGIC:
        raise EOFError("the worker process sent something that is no message")
    return size


def _read_exactly(sock: socket.socket, size: int) -> bytearray | None:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        count = sock.recv_into(view)
        if count == 0:
            return None
        view = view[count:]
    return buffer


class Channel:
    """The parent's end: frames with a deadline, watching the process meanwhile.

    Both operations raise TimeoutError past the deadline (`time.monotonic()`), and
    EOFError as soon as the process is dead or its end is closed.
    """

    def __init__(self, sock: socket.socket, process: subprocess.Popen[bytes]) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._process = process
        self._process_fd = _open_process_fd(process.pid)

    def send(self, payload: bytes, *, deadline: float) -> None:
        """Send one frame."""
        for part in (_HEADER.pack(_MAGIC, len(payload)), payload):
            view = memoryview(part)
            while view:
                self._wait(select.POLLOUT, deadline)
                try:
                    view = view[self._sock.send(view) :]
                except BlockingIOError:
                    continue
                except OSError as error:
                    raise EOFError(str(error)) from error

    def receive(self, *, deadline: float, pulse: Pulse | None = None) -> bytearray:
        """Receive one frame; a lost pulse counts as the deadline."""
        header = self._receive_exactly(_HEADER.size, deadline, pulse)
        return self._receive_exactly(_payload_size(header), deadline)

    def close(self) -> None:
        """Release the descriptors; an idle process then exits by itself."""
        self._sock.close()
        if self._process_fd is not None:
            os.close(self._process_fd)
            self._process_fd = None

    def _receive_exactly(
        self, size: int, deadline: float, pulse: Pulse | None = None
    ) -> bytearray:
        buffer = bytearray(size)
        view = memoryview(buffer)
        while view:
            self._wait(select.POLLIN, deadline, pulse)
            try:
                count = self._sock.recv_into(view)
            except BlockingIOError:
                continue
            except OSError as error:
                raise EOFError(str(error)) from error
            if count == 0:
                raise EOFError("the worker process closed its end")
            view = view[count:]
        return buffer

    def _wait(self, events: int, deadline: float, pulse: Pulse | None = None) -> None:
        """Return once the socket may be used."""
        poller = select.poll()
        poller.register(self._sock, events)
        if self._process_fd is not None:
            poller.register(self._process_fd, select.POLLIN)
        while True:
            remaining_s = deadline - time.monotonic()
            if remaining_s <= 0:
                raise TimeoutError
            is_told = self._process_fd is not None
            slice_s = _LONGEST_POLL_S if is_told else _POLL_SLICE_S
            if pulse is not None:
                slice_s = min(slice_s, _PULSE_S)
            remaining_s = min(remaining_s, slice_s)
            # Rounded up: poll(0.4 ms) as poll(0) would spin until the deadline.
            ready = poller.poll(int(remaining_s * 1000) + 1)
            # The socket first: a process may have answered before it died. It may
            # also have left the socket to a grandchild, hence the process itself.
            if any(fd == self._sock.fileno() for fd, _ in ready):
                return
            if ready or (self._process_fd is None and self._process.poll() is not None):
                raise EOFError("the worker process died")
            if pulse is not None and pulse.check():
                raise TimeoutError


def _open_process_fd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process dies; Linux only."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:  # forbidden by an old container's seccomp profile
        return None
