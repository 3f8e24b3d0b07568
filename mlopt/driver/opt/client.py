"""The user's side of `mlopt-opt`: one worker for one request, and its faults as words.

Imports neither jax nor iree: the compiler aborts on some input.
"""

import tempfile
from pathlib import Path
from typing import Final

from mlopt.core.errors import MloptError
from mlopt.driver.opt.request import OptRequest, OptResult, Status, UsageError
from mlopt.isolation import RemoteError, Worker, WorkerCrashed, WorkerTimeout

_JOB: Final = "mlopt.driver.opt.run:run"
# A sentence fits two lines of a terminal; the whole is in the log.
_LINE_CHARACTERS: Final = 200
_FATAL: Final = ("LLVM ERROR", "Assertion", "terminate called")


def execute(request: OptRequest, *, timeout_s: float, job: str = _JOB) -> OptResult:
    """Run a request in a worker; a crash or a hang of it is a result, no exception.

    Args:
        timeout_s: for all of it.
        job: what the worker runs, of the request and the path of the log.
    """
    with tempfile.NamedTemporaryFile(prefix="mlopt-opt-", suffix=".log") as log:
        worker = Worker(name="mlopt-opt")
        try:
            result = worker.call(job, request, log.name, timeout_s=timeout_s)
            assert isinstance(result, OptResult)
        except UsageError as error:
            result = OptResult(status=Status.USAGE, sentence=str(error))
        except MloptError as error:
            sentence = _sentence(error, _text(log.name))
            result = OptResult(status=Status.FAILED, sentence=sentence)
        finally:
            worker.close()
        return OptResult(
            status=result.status,
            output=result.output,
            log=_text(log.name),
            sentence=result.sentence,
        )


def _sentence(error: MloptError, log: str) -> str:
    if isinstance(error, WorkerTimeout):
        limit = f"{error.timeout_s:g} s"
        return f"the compiler did not finish within {limit} and was stopped"
    if isinstance(error, WorkerCrashed):
        how = error.signal_name or f"exit code {error.exit_code}"
        reason = _telling_line(log)
        return f"the compiler crashed ({how}){reason and f': {reason}'}"
    if isinstance(error, RemoteError):
        return f"a bug in mlopt-opt: {error.class_name}: {error.message}"
    return str(error)


def _telling_line(log: str) -> str:
    lines = (line.strip() for line in log.splitlines())
    found = next((line for line in lines if line.startswith(_FATAL)), "")
    return found[:_LINE_CHARACTERS]


def _text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8", errors="replace")
