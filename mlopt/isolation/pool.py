"""The WorkerPool: many jobs on several workers, a fault costing only its own job."""

import collections
import queue
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from mlopt.core.errors import MloptError
from mlopt.isolation.faults import RemoteError, WorkerFault
from mlopt.isolation.worker import Worker

# How long a thread may take to end by itself before its process is killed.
_RETRY_S: Final = 0.02


class WorkerPool:
    """A fixed number of warm workers; a context manager that kills them at the end.

    Args:
        num_workers: at least 1.
        others: as in `Worker`, for each of them.

    Raises:
        ValueError: num_workers below 1.
    """

    def __init__(
        self,
        num_workers: int,
        *,
        memory_limit_bytes: int | None = None,
        env: Mapping[str, str] | None = None,
        name: str = "worker",
        preload: Sequence[str] = (),
        patience_s: float | None = None,
    ) -> None:
        if num_workers < 1:
            raise ValueError(f"a pool needs at least 1 worker, got {num_workers}")
        self.workers = tuple(
            Worker(
                memory_limit_bytes=memory_limit_bytes,
                env=env,
                name=f"{name}-{index}",
                preload=preload,
                patience_s=patience_s,
            )
            for index in range(num_workers)
        )

    def start(self) -> None:
        """Begin to start all processes, without waiting; optional."""
        for worker in self.workers:
            worker.start()

    def map_unordered(
        self, job: str, arglists: Iterable[Sequence[object]], *, timeout_s: float
    ) -> Iterator[tuple[int, object | WorkerFault]]:
        """Run a job on every argument list and yield what becomes of each.

        Yields (index, result or fault) as jobs end, in any order. A job that raises
        an MloptError yields a RemoteError whose `error` is that exception. Leaving the
        iteration early, by an exception such as Ctrl-C too, kills the running jobs.

        Args:
            timeout_s: for each job, from its own start.
        """
        pending = collections.deque(enumerate(arglists))
        num_left = len(pending)
        done: queue.SimpleQueue[_Outcome] = queue.SimpleQueue()
        threads = {
            worker: threading.Thread(
                target=_drain, args=(worker, job, pending, done, timeout_s), daemon=True
            )
            for worker in self.workers[:num_left]
        }
        try:
            for thread in threads.values():
                thread.start()
            while num_left:
                outcome = done.get()
                num_left -= 1
                if outcome.bug is not None:
                    raise outcome.bug
                yield outcome.index, outcome.result
        finally:
            pending.clear()
            _stop(threads)

    def close(self) -> None:
        """Kill all processes at once; later use starts new ones."""
        for worker in self.workers:
            worker.interrupt()
        for worker in self.workers:
            worker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What a thread hands over; `bug` is an error of ours, not of the job."""

    index: int
    result: object | WorkerFault = None
    bug: BaseException | None = None


def _drain(
    worker: Worker,
    job: str,
    pending: collections.deque[tuple[int, Sequence[object]]],
    done: "queue.SimpleQueue[_Outcome]",
    timeout_s: float,
) -> None:
    """Run pending jobs on one worker until none is left."""
    while True:
        try:
            index, args = pending.popleft()
        except IndexError:
            return
        try:
            result = worker.call(job, *args, timeout_s=timeout_s)
            done.put(_Outcome(index=index, result=result))
        except WorkerFault as fault:
            done.put(_Outcome(index=index, result=fault))
        except MloptError as error:
            fault = error.__cause__
            assert isinstance(fault, RemoteError)  # how `call` raises them
            done.put(_Outcome(index=index, result=fault))
        except BaseException as bug:
            done.put(_Outcome(index=index, bug=bug))


def _stop(threads: Mapping[Worker, threading.Thread]) -> None:
    """End the threads; those still in a call lose their process."""
    for worker, thread in threads.items():
        # A thread that has handed over its last result ends within this moment.
        thread.join(timeout=_RETRY_S)
        while thread.is_alive():
            worker.interrupt()
            thread.join(timeout=_RETRY_S)
