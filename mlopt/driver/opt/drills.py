"""Jobs in place of `run`, for tests: some misbehave on purpose, one runs many requests.

Runs in a worker process.
"""

import os
import pickle
import time
from collections.abc import Sequence
from pathlib import Path

from mlopt.driver.opt.request import OptRequest, OptResult


def hang(request: OptRequest, log_path: str) -> None:
    """Never return."""
    while True:
        time.sleep(60)


def abort(request: OptRequest, log_path: str) -> None:
    """Die as LLVM does, with a word in the log."""
    Path(log_path).write_text("LLVM ERROR: on purpose\n", encoding="utf-8")
    os.abort()


def run_each(requests: Sequence[OptRequest], folder: str) -> int:
    """Run requests one after another; how many there were.

    Results, logs included, are pickled into `results` in the folder as they arise, so
    that those before a crash outlive it. What a request raises is raised.
    """
    from mlopt.driver.opt.run import run

    log = Path(folder) / "log"
    with (Path(folder) / "results").open("wb") as results:
        for request in requests:
            log.write_bytes(b"")
            done = run(request, str(log))
            text = log.read_text(encoding="utf-8", errors="replace")
            pickle.dump(_with_log(done, text), results)
            results.flush()
    return len(requests)


def _with_log(result: OptResult, log: str) -> OptResult:
    return OptResult(
        status=result.status, output=result.output, log=log, sentence=result.sentence
    )
