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


def library_file(schedule: Schedule) -> str | None:
    """Name of the file a scripted schedule must be found under; None if configured."""
    candidate = Candidate(workload=schedule.workload, trace=schedule.trace)
    name = f"mlopt_{candidate.id}.mlir"
    # Only a script of its own is run from a file, and the schedule says which.
    return name if name in schedule.script else None
