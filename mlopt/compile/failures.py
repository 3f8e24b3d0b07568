"""What a failed compile job means for the candidate: a recorded status.

Imports neither jax nor iree.
"""

from mlopt.core.errors import CompileError, MloptError, ScheduleError
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.isolation import RemoteError, WorkerCrashed, WorkerTimeout


def compile_failure(error: MloptError) -> Failure:
    """The failure of a candidate whose compile job ended with this error.

    Args:
        error: as `Worker.call` raises it or `WorkerPool.map_unordered` yields it.
    """
    if isinstance(error, RemoteError) and error.error is not None:
        error = error.error
    return Failure(
        status=_status(error), detail=str(error), diagnostics=_diagnostics(error)
    )


def _status(error: MloptError) -> FailureStatus:
    if isinstance(error, WorkerTimeout):
        return FailureStatus.COMPILE_TIMEOUT
    if isinstance(error, WorkerCrashed) or _is_out_of_memory(error):
        return FailureStatus.COMPILE_CRASH
    if isinstance(error, ScheduleError):
        return FailureStatus.ILLEGAL_SCHEDULE
    return FailureStatus.COMPILE_ERROR


def _is_out_of_memory(error: MloptError) -> bool:
    return isinstance(error, RemoteError) and error.class_name == "MemoryError"


def _diagnostics(error: MloptError) -> str:
    if isinstance(error, CompileError):
        return error.diagnostics
    if isinstance(error, RemoteError):
        return error.traceback_text
    if isinstance(error, WorkerTimeout | WorkerCrashed):
        return error.output
    return ""
