"""Which tuning records a question is about, and what a workload's records amount to."""

import dataclasses
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, true

from mlopt.records.schema import TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """Conditions that all hold; None stands for any.

    Attributes:
        space_versions: any of these; others name one value each.
        is_final: True for re-measured winners only, False for the others only.
    """

    workload: str | None = None
    kind: str | None = None
    target: str | None = None
    compiler_version: str | None = None
    space_versions: tuple[str, ...] | None = None
    is_final: bool | None = None

    def clause(self) -> ColumnElement[bool]:
        """The same as SQL."""
        wanted = dataclasses.asdict(self)
        versions = wanted.pop("space_versions")
        conditions = [
            TRIALS.c[column] == value
            for column, value in wanted.items()
            if value is not None
        ]
        if versions is not None:
            conditions.append(TRIALS.c.space_version.in_(versions))
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
