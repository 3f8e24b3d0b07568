"""What may become of a job besides its result, as classes with one sentence each.

`Worker.call` raises them; `WorkerPool.map_unordered` yields them as values.
"""

import signal
from typing import ClassVar, Final

from mlopt.core.errors import MloptError, WorkerError

# A sentence fits two lines of a terminal; the rest is in `output`.
_LINE_CHARACTERS: Final = 200


class WorkerFault(WorkerError):
    """Base of all faults of one job.

    Attributes:
        job: "package.module:function".
        output: the last lines the process wrote to stdout and stderr.
    """

    def __init__(self, sentence: str, *, job: str, output: str = "") -> None:
        super().__init__(sentence)
        self.job = job
        self.output = output


class WorkerTimeout(WorkerFault):
    """The job ran past its time; its process group was killed."""

    _failing: ClassVar[str] = "did not finish within"

    def __init__(self, *, job: str, timeout_s: float, output: str = "") -> None:
        sentence = f"{job} {self._failing} {timeout_s:g} s and was stopped"
        super().__init__(sentence, job=job, output=output)
        self.timeout_s = timeout_s


class WorkerStuck(WorkerTimeout):
    """The job computed nothing for so long, twice; `timeout_s` is how long."""

    _failing = "was stuck for"


class WorkerCrashed(WorkerFault):
    """The process died under the job.

    Attributes:
        signal_name: "SIGSEGV", "SIGKILL", ...; None when it exited by itself.
        exit_code: when it exited by itself, else None.
    """

    def __init__(self, *, job: str, returncode: int | None, output: str = "") -> None:
        self.signal_name = _signal_name(returncode)
        self.exit_code = None if self.signal_name else returncode
        death = f"was killed by {self.signal_name}"
        if self.signal_name is None:
            death = f"exited with code {returncode}"
        sentence = f"the worker process {death} while running {job}"
        if line := _telling_line(output):
            sentence = f"{sentence}: {line}"
        super().__init__(sentence, job=job, output=output)


class RemoteError(WorkerFault):
    """The job raised; the process lives on.

    Attributes:
        class_name: of the exception, qualified unless a builtin ("KeyError").
        message: its `str()`.
        traceback_text: as the process would have printed it.
        error: the exception itself when it is an `MloptError`, else None.
    """

    def __init__(
        self,
        *,
        job: str,
        class_name: str,
        message: str,
        traceback_text: str,
        error: MloptError | None = None,
        output: str = "",
    ) -> None:
        sentence = str(error) if error else f"{job} raised {class_name}: {message}"
        super().__init__(sentence, job=job, output=output)
        self.class_name = class_name
        self.message = message
        self.traceback_text = traceback_text
        self.error = error


def _telling_line(output: str) -> str:
    """The first line that speaks of an error, else the last one; "" for no output.

    A crash dump ends in stack frames, which tell a user nothing.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    if not lines:
        return ""
    for line in lines:
        if "error" in line.lower() or "assert" in line.lower():
            return line[:_LINE_CHARACTERS]
    return lines[-1][:_LINE_CHARACTERS]


def _signal_name(returncode: int | None) -> str | None:
    """Name of the signal in a `Popen.returncode`; None when there was none."""
    if returncode is None or returncode >= 0:
        return None
    try:
        return signal.Signals(-returncode).name
    except ValueError:
        return f"signal {-returncode}"
