"""Jobs in place of `run` that misbehave on purpose, to prove that the client copes."""

import os
import time
from pathlib import Path

from mlopt.driver.opt.request import OptRequest


def hang(request: OptRequest, log_path: str) -> None:
    """Never return."""
    while True:
        time.sleep(60)


def abort(request: OptRequest, log_path: str) -> None:
    """Die as LLVM does, with a word in the log."""
    Path(log_path).write_text("LLVM ERROR: on purpose\n", encoding="utf-8")
    os.abort()
