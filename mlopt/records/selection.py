"""Which tuning records a question is about, and what a workload's records amount to."""

import dataclasses
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true

from mlopt.records.schema import TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Conditions that all hold; None stands for any.

    Attributes:
        is_final: True for re-measured winners only, False for the others only.
    """

    workload: str | None = None
    kind: str | None = None
    target: str | None = None
    compiler_version: str | None = None
    space_version: str | None = None
    is_final: bool | None = None

    def clause(self) -> ColumnElement[bool]:
        """The same as SQL."""
        wanted = dataclasses.asdict(self).items()
        conditions = [
            TRIALS.c[column] == value for column, value in wanted if value is not None
        ]
        return and_(true(), *conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """All records of one workload on one target with one compiler, counted.

    Attributes:
        best_speedup: over candidate 0, of the winners re-measured; None without one.
        last_at: when the newest was made; UTC, ISO 8601.
    """

    workload: str
    kind: str
    target: str
    compiler_version: str
    num_trials: int
    num_failures: int
    best_speedup: float | None
    last_at: str
