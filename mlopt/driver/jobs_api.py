"""What the main process must know of the jobs without importing the compiler."""

from dataclasses import dataclass
from typing import Final

from mlopt.core.candidate import Candidate, Schedule

JOBS: Final = "mlopt.driver.jobs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A candidate's schedule and flatbuffer."""

    schedule: Schedule
    vmfb: bytes


# The one kind of schedule that runs a script of its own from a file.
_SCRIPTED: Final = "packed.contraction"


def library_file(schedule: Schedule) -> str | None:
    """Name of the file a scripted schedule must be found under; None if configured."""
    if schedule.trace.space != _SCRIPTED:
        return None
    candidate = Candidate(workload=schedule.workload, trace=schedule.trace)
    return f"mlopt_{candidate.id}.mlir"
