"""mlopt: an automatic, honest, learned schedule tuner for JAX programs.

The public names, each loaded on first use (PEP 562), so that `import mlopt` and
`mlopt --help` import neither jax nor iree. The list for people and type checkers is
the TYPE_CHECKING block; `_HOMES` is the same list for the interpreter.
"""

import importlib
from typing import TYPE_CHECKING, Final

__version__ = "0.1.0"

if TYPE_CHECKING:
    from mlopt.core.budget import Budget as Budget
    from mlopt.core.candidate import Candidate as Candidate
    from mlopt.core.candidate import Knob as Knob
    from mlopt.core.candidate import Trace as Trace
    from mlopt.core.errors import CompileError as CompileError
    from mlopt.core.errors import InputError as InputError
    from mlopt.core.errors import MeasureError as MeasureError
    from mlopt.core.errors import MemoryCapError as MemoryCapError
    from mlopt.core.errors import MloptError as MloptError
    from mlopt.core.errors import RecordError as RecordError
    from mlopt.core.errors import RecordVersionError as RecordVersionError
    from mlopt.core.errors import ScheduleError as ScheduleError
    from mlopt.core.errors import SignatureError as SignatureError
    from mlopt.core.errors import SpaceError as SpaceError
    from mlopt.core.errors import TargetError as TargetError
    from mlopt.core.errors import UnsupportedError as UnsupportedError
    from mlopt.core.errors import WorkerError as WorkerError
    from mlopt.core.program import Program as Program
    from mlopt.core.record import TuningRecord as TuningRecord
    from mlopt.core.target import Target as Target
    from mlopt.core.workload import Workload as Workload
    from mlopt.decorator import jit as jit
    from mlopt.dialect.builders import SpaceBuilder as SpaceBuilder
    from mlopt.dialect.builders import space as space
    from mlopt.dialect.printing import space_text as space_text
    from mlopt.driver import tune as tune
    from mlopt.driver.explorer import Explorer as Explorer
    from mlopt.records.database import Database as Database
    from mlopt.search.counting import count_legal as count_legal
    from mlopt.search.enumeration import enumerate_legal as enumerate_legal
    from mlopt.search.sampling import sample as sample

_HOMES: Final = {
    "Budget": "mlopt.core.budget",
    "Candidate": "mlopt.core.candidate",
    "Knob": "mlopt.core.candidate",
    "Trace": "mlopt.core.candidate",
    "CompileError": "mlopt.core.errors",
    "InputError": "mlopt.core.errors",
    "MeasureError": "mlopt.core.errors",
    "MemoryCapError": "mlopt.core.errors",
    "MloptError": "mlopt.core.errors",
    "RecordError": "mlopt.core.errors",
    "RecordVersionError": "mlopt.core.errors",
    "ScheduleError": "mlopt.core.errors",
    "SignatureError": "mlopt.core.errors",
    "SpaceError": "mlopt.core.errors",
    "TargetError": "mlopt.core.errors",
    "UnsupportedError": "mlopt.core.errors",
    "WorkerError": "mlopt.core.errors",
    "Program": "mlopt.core.program",
    "TuningRecord": "mlopt.core.record",
    "Target": "mlopt.core.target",
    "Workload": "mlopt.core.workload",
    "jit": "mlopt.decorator",
    "SpaceBuilder": "mlopt.dialect.builders",
    "space": "mlopt.dialect.builders",
    "space_text": "mlopt.dialect.printing",
    "tune": "mlopt.driver",
    "Explorer": "mlopt.driver.explorer",
    "Database": "mlopt.records.database",
    "count_legal": "mlopt.search.counting",
    "enumerate_legal": "mlopt.search.enumeration",
    "sample": "mlopt.search.sampling",
}


def __getattr__(name: str) -> object:
    """Import the home of a public name and remember the name here."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mlopt' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOMES])
