"""What a command line asks for, as one value."""

from dataclasses import dataclass
from pathlib import Path

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.licence import Licence
from mlopt.core.objective import Goal
from mlopt.core.summary import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramRequest:
    """The flags that say which program is meant, and with which records.

    Attributes:
        constants: arguments, by position or name, that become part of the program.
        db: a path or an SQLAlchemy URL; None is the user's own database.
    """

    source: str
    target: str
    constants: tuple[int | str, ...]
    precision: str | None
    accuracy: float | None
    pruning: bool
    objective: str
    memory_cap: str | None
    db: str | None

    @property
    def licence(self) -> Licence | None:
        """What may be done to the numbers.

        Raises:
            InputError: a precision without an accuracy, or the other way; pruning
                without constants.
        """
        return Licence.of(
            self.precision,
            self.accuracy,
            pruning=self.pruning,
            constants=self.constants,
        )

    @property
    def goal(self) -> Goal:
        """What is minimised, and how much memory the program may take.

        Raises:
            InputError: a cap that is no size.
        """
        return Goal.of(self.objective, self.memory_cap)


@dataclass(frozen=True, slots=True, kw_only=True)
class TuneRequest(ProgramRequest):
    """The flags of `mlopt tune`; each field is one of them.

    Attributes:
        trials, time_budget: None leaves that side unlimited; both None takes the
            default budget.
        space: a file of spaces; None takes mlopt's own.
        schedule: where the chosen schedules go, in the mlopt dialect; "-" is stdout,
            and the report goes to stderr then.
        stop_after: a `Stage` value; None runs to the end.
    """

    trials: int | None
    time_budget: float | None
    strategy: str
    seed: int
    space: Path | None
    export_dir: Path | None
    json_path: Path | None
    schedule: str | None
    quiet: bool
    dry_run: bool
    stop_after: str | None

    @property
    def last_stage(self) -> str | None:
        """Where to stop; a dry run stops when it knows what would be tuned."""
        return Stage.PARTITION.value if self.dry_run else self.stop_after

    @property
    def budget(self) -> Budget:
        """What the search may spend."""
        if self.trials is None and self.time_budget is None:
            return defaults.BUDGET
        return Budget(trials=self.trials, seconds=self.time_budget)
