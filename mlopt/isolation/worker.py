"""The Worker: one warm process that runs jobs, and is replaced when it dies."""

import pickle
import threading
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from mlopt.isolation import wire
from mlopt.isolation.faults import (
    RemoteError,
    WorkerCrashed,
    WorkerStuck,
    WorkerTimeout,
)
from mlopt.isolation.process import ChildOptions, ChildProcess
from mlopt.isolation.pulse import Pulse

# Python and the preloaded modules start in under a second; a machine that swaps may
# take long, and a job's own time must not pay for it.
_START_TIMEOUT_S: Final = 120.0
# How often `close` looks whether another thread's call has ended.
_RETRY_S: Final = 0.02


class Worker:
    """One process, started by the first call, reused, restarted after a fault.

    Jobs are functions of mlopt named "package.module:function"; arguments and results
    are pickled. What a job prints goes to a capture file, never to the terminal, and
    its last lines are attached to faults. The process ignores Ctrl-C and dies with
    this one. Calls from several threads wait for each other.

    Args:
        memory_limit_bytes: of writable private memory; a job that exceeds it ends as
            RemoteError("MemoryError") or WorkerCrashed. None is unlimited.
        env: added to this process's environment.
        name: for people.
        cpu_affinity: cores the process may run on; None leaves it as inherited.
        preload: modules the process imports while it starts.
        patience_s: with a job that uses no CPU time. It is deadlocked then, and is run
            once more, in a new process. None waits until its time is over.
    """

    def __init__(
        self,
        *,
        memory_limit_bytes: int | None = None,
        env: Mapping[str, str] | None = None,
        name: str = "worker",
        cpu_affinity: Sequence[int] | None = None,
        preload: Sequence[str] = (),
        patience_s: float | None = None,
    ) -> None:
        self.name = name
        self._patience_s = patience_s
        self._env = dict(env or {})
        self._options = ChildOptions(
            memory_limit_bytes=memory_limit_bytes,
            cpu_affinity=None if cpu_affinity is None else tuple(cpu_affinity),
            preload=tuple(preload),
        )
        self._lock = threading.Lock()
        self._child: ChildProcess | None = None
        self._is_ready = False
        self._release: weakref.finalize | None = None

    @property
    def pid(self) -> int | None:
        """Of the process now; None when there is none, or when it died."""
        child = self._child
        return child.pid if child and child.is_alive else None

    def start(self) -> None:
        """Begin to start the process, without waiting; optional."""
        with self._lock:
            self._ensure_started()

    def call(self, job: str, /, *args: object, timeout_s: float) -> object:
        """Run a job and return its result.

        Args:
            job: "package.module:function" within mlopt.
            timeout_s: for the job, its imports included; starting the process is not.

        Raises:
            WorkerTimeout, WorkerCrashed: the process is gone; the next call has a
                new one.
            WorkerStuck: as WorkerTimeout, the second time.
            RemoteError: the job raised; an MloptError is raised as itself instead.
        """
        with self._lock:
            payload = pickle.dumps(wire.Job(job, args), protocol=5)
            try:
                return self._attempt(job, payload, timeout_s)
            except WorkerStuck:
                return self._attempt(job, payload, timeout_s)

    def output_tail(self) -> str:
        """The last lines that the latest job wrote to stdout and stderr."""
        with self._lock:
            return self._child.output_tail() if self._child else ""

    def interrupt(self) -> None:
        """Kill the process under a job that another thread waits for.

        That call raises WorkerCrashed.
        """
        child = self._child
        if child is not None:
            child.kill_group()

    def close(self) -> None:
        """Kill the process at once, whatever it does; a later call starts anew."""
        # Again and again: the thread in `call` may be about to start the process.
        while not self._lock.acquire(timeout=_RETRY_S):
            self.interrupt()
        try:
            self._discard()
        finally:
            self._lock.release()

    def _ensure_started(self) -> ChildProcess:
        if self._child is not None and not self._child.is_alive:
            self._discard()  # died while idle: nobody's job was lost
        if self._child is None:
            self._child = ChildProcess(self._options, self._env)
            self._release = weakref.finalize(self, self._child.kill)
            self._is_ready = False
        return self._child

    def _attempt(self, job: str, payload: bytes, timeout_s: float) -> object:
        child = self._ensure_started()
        try:
            reply = self._exchange(child, job, payload, timeout_s)
        except BaseException:
            # Half a message may be under way: the process cannot be used again,
            # also when it was Ctrl-C that ended the wait.
            self._discard()
            raise
        if isinstance(reply, wire.Success):
            return reply.result
        self._raise_remote(child, job, reply)

    def _exchange(
        self, child: ChildProcess, job: str, payload: bytes, timeout_s: float
    ) -> wire.Success | wire.JobFailure:
        limit_s = timeout_s if self._is_ready else _START_TIMEOUT_S
        pulse = None
        try:
            if not self._is_ready:
                child.channel.receive(deadline=time.monotonic() + limit_s)
                self._is_ready, limit_s = True, timeout_s
            child.forget_output()
            deadline = time.monotonic() + limit_s
            child.channel.send(payload, deadline=deadline)
            if self._patience_s is not None:
                pulse = Pulse(child.pid, self._patience_s)
            reply = child.channel.receive(deadline=deadline, pulse=pulse)
        except TimeoutError:
            child.kill_group()
            fault = WorkerTimeout
            if pulse is not None and pulse.is_lost:
                fault, limit_s = WorkerStuck, pulse.patience_s
            raise fault(
                job=job, timeout_s=limit_s, output=child.output_tail()
            ) from None
        except EOFError:
            output = child.output_tail()
            returncode = self._discard()
            raise WorkerCrashed(job=job, returncode=returncode, output=output) from None
        return _read_reply(job, reply)

    def _raise_remote(
        self, child: ChildProcess, job: str, failure: wire.JobFailure
    ) -> NoReturn:
        fault = RemoteError(
            job=job,
            class_name=failure.class_name,
            message=failure.message,
            traceback_text=failure.traceback_text,
            error=failure.error,
            output=child.output_tail(),
        )
        if failure.class_name.endswith("MemoryError"):
            self._discard()  # what the job left behind would starve the next one
        if failure.error is not None:
            raise failure.error from fault
        raise fault

    def _discard(self) -> int | None:
        """Kill and reap the process, if any; its return code."""
        if self._child is None:
            return None
        if self._release is not None:
            self._release.detach()
        returncode = self._child.kill()
        self._child = None
        return returncode


def _read_reply(job: str, reply: bytearray) -> wire.Success | wire.JobFailure:
    try:
        return pickle.loads(reply)
    except Exception as error:
        raise RemoteError(
            job=job,
            class_name=type(error).__name__,
            message=f"its result cannot be read here: {error}",
            traceback_text="",
        ) from error
