"""What can go wrong for a user, as classes: one clear sentence each, with what to do.

Between stages a failure of one candidate is a value (`measurement.Failure`), not an
exception. These classes are for what ends a command: the tools print the sentence
and exit with 1, and a traceback stays reserved for bugs. Imports nothing of mlopt.
"""


class MloptError(Exception):
    """Base of everything mlopt raises on purpose; `str()` is the sentence shown."""


class InputError(MloptError):
    """The user's input cannot be read: missing file or name, unparsable IR."""


class UnsupportedError(MloptError):
    """The program is valid but the back end cannot take an operation in it."""


class SignatureError(MloptError):
    """Arguments do not match the shapes, dtypes or tree a function was built for."""


class StaleConstantError(SignatureError):
    """A constant argument is not what was compiled in."""


class CompileError(MloptError):
    """The compiler refused a whole program (not one candidate).

    `diagnostics` holds everything it said; `str()` only the first error.
    """

    def __init__(self, message: str, *, diagnostics: str = "") -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


class AccuracyError(MloptError):
    """No program of the precision asked for is within the accuracy asked for."""


class MemoryCapError(MloptError):
    """No program takes as little memory as was asked for; the sentence says the least.

    `smallest_bytes` is that peak; the smallest among the programs that were right.
    """

    def __init__(self, message: str, *, smallest_bytes: int) -> None:
        super().__init__(message)
        self.smallest_bytes = smallest_bytes


class MeasureError(MloptError):
    """A baseline cannot be run or timed, so nothing can be compared with it."""


class RunError(MloptError):
    """A compiled module cannot be loaded, or failed while it ran."""


class ScheduleError(MloptError):
    """A schedule is malformed or does not fit the workload it is applied to."""


class SpaceError(MloptError):
    """A search space is malformed: duplicate knob, default outside its values."""


class RecordError(MloptError):
    """The record database cannot be opened, read or written."""


class RecordVersionError(RecordError):
    """The record database or file has a schema this version does not know."""


class TargetError(MloptError):
    """The requested target does not exist here or cannot do what was asked."""


class WorkerError(MloptError):
    """A worker process could not be started, or died outside any one candidate."""
