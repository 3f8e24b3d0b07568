"""Many requests through the tool's own job, in warm workers that may die.

A request under which a worker dies is run again by `execute`, as the command runs it:
what the tool says about it is its result.
"""

import pickle
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Final

from mlopt.driver.opt.client import execute
from mlopt.driver.opt.request import Checking, OptRequest, OptResult, Status
from mlopt.isolation import Worker, WorkerFault

RUN_EACH: Final = "mlopt.driver.opt.drills:run_each"
_CRASHES: Final = ("the compiler crashed (", "the compiler did not finish within ")
_BATCH: Final = 50
# A batch takes 0.3 s on a machine that has time; what is stopped is tried again alone.
_TIMEOUT_S: Final = 5.0
_MEMORY_BYTES: Final = 8 << 30


class Runner:
    """One warm worker, and a folder for what it leaves behind."""

    def __init__(self, worker: Worker, folder: Path) -> None:
        self._worker, self._folder = worker, folder

    def run(self, requests: Sequence[OptRequest]) -> list[OptResult]:
        """What becomes of each, in their order."""
        done: list[OptResult] = []
        while len(done) < len(requests):
            batch = requests[len(done) :][:_BATCH]
            done += self._survivors(batch) or [execute(batch[0], timeout_s=_TIMEOUT_S)]
        return done

    def _survivors(self, batch: Sequence[OptRequest]) -> list[OptResult]:
        """Results of those before the first that ends the worker or raises."""
        results = self._folder / "results"
        results.write_bytes(b"")
        with suppress(WorkerFault):
            self._worker.call(RUN_EACH, batch, str(self._folder), timeout_s=_TIMEOUT_S)
        with results.open("rb") as file:
            return list(_pickled(file))


@contextmanager
def runner() -> Iterator[Runner]:
    """A runner that ends its worker at the end."""
    worker = Worker(name="fuzz", memory_limit_bytes=_MEMORY_BYTES)
    with closing(worker), tempfile.TemporaryDirectory() as folder:
        yield Runner(worker, Path(folder))


def run_all(requests: Sequence[OptRequest], *, num_workers: int) -> list[OptResult]:
    """What becomes of each, in their order, on several workers."""
    with ExitStack() as stack:
        runners = [stack.enter_context(runner()) for _ in range(num_workers)]
        threads = stack.enter_context(ThreadPoolExecutor(num_workers))
        parts = [requests[index::num_workers] for index in range(num_workers)]
        results: list[OptResult | None] = [None] * len(requests)
        jobs = [
            threads.submit(one.run, part)
            for one, part in zip(runners, parts, strict=True)
        ]
        for index, job in enumerate(jobs):
            results[index::num_workers] = job.result()
    return [result for result in results if result is not None]


def is_crash(result: OptResult) -> bool:
    """Whether the compiler died or hung, and the tool says so."""
    return result.status is Status.FAILED and result.sentence.startswith(_CRASHES)


def complaint(result: OptResult) -> str:
    """What is wrong with how the tool took an input; "" if nothing is."""
    if "Traceback" in result.log:
        return "a traceback"
    if "nanobind" in result.log:
        return "Python was asked for something that the bindings cannot give"
    if result.sentence and not is_crash(result):
        return result.sentence
    if result.status is Status.FAILED and not (result.log or result.sentence):
        return "failed without a word"
    return ""


def again(request: OptRequest, result: OptResult) -> OptRequest | None:
    """The request with the output as its input; None where there is none to take."""
    if result.status is not Status.DONE or request.checking is not Checking.OFF:
        return None
    return replace(request, data=result.output)


def _pickled(file: BinaryIO) -> Iterator[OptResult]:
    while True:
        try:
            yield pickle.load(file)
        except (EOFError, pickle.UnpicklingError):
            return
