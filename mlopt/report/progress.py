"""What a search has done so far, and the interface through which it says so."""

import abc
import time
from collections.abc import Callable
from typing import Final, Self

from mlopt.core.budget import Budget
from mlopt.core.measurement import FailureStatus
from mlopt.report.numbers import elapsed, ratio

# The stage a budget is spent in.
SEARCH: Final = "search"


class Progress(abc.ABC):
    """Told by the driver what happens, in order. A context manager that closes."""

    @abc.abstractmethod
    def stage(self, name: str) -> None:
        """A stage begins ("partition", "search"); no workload is current."""

    @abc.abstractmethod
    def workload(self, name: str) -> None:
        """Trials from now on are of this workload."""

    @abc.abstractmethod
    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        """A trial ended: None and its speedup over candidate 0, or why it failed."""

    @abc.abstractmethod
    def close(self) -> None:
        """Give the terminal back; closing twice is fine."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class NullProgress(Progress):
    """Says nothing."""

    def stage(self, name: str) -> None: ...

    def workload(self, name: str) -> None: ...

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None: ...

    def close(self) -> None: ...


class Tally:
    """Counts what a progress display shows.

    Attributes:
        trials: ended so far, `num_failures` of them without a time.
        best: highest speedup over candidate 0 by workload name; only above 1.0.
    """

    def __init__(self, budget: Budget, clock: Callable[[], float] = time.monotonic):
        """`clock` counts seconds from anywhere."""
        self.budget = budget
        self.stage = ""
        self.workload = ""
        self.trials = 0
        self.num_failures = 0
        self.best: dict[str, float] = {}
        self._clock = clock
        self._start = self._stage_start = clock()

    def enter(self, stage: str) -> None:
        """Count a new stage; the budget's seconds run while SEARCH does."""
        self.stage, self.workload = stage, ""
        self._stage_start = self._clock()

    def add(self, status: FailureStatus | None, speedup: float | None) -> None:
        """Count a trial of the current workload."""
        self.trials += 1
        self.num_failures += status is not None
        if speedup is not None and speedup > self.best.get(self.workload, 1.0):
            self.best[self.workload] = speedup

    @property
    def seconds(self) -> float:
        """Since the tally was made."""
        return self._clock() - self._start

    def counts(self) -> str:
        """What changes with each trial, as one phrase."""
        limit = "" if self.budget.trials is None else f"/{self.budget.trials}"
        parts = [f"{self.trials}{limit} trials"] if self.trials else []
        if self.workload in self.best:
            parts.append(f"best {ratio(self.best[self.workload])} over default")
        if self.num_failures:
            parts.append(f"{self.num_failures} failed")
        return ", ".join([*parts, self._time()])

    def sentence(self) -> str:
        """Everything, as one line."""
        where = f"{self.stage}: {self.workload}" if self.workload else self.stage
        return f"{where}: {self.counts()}"

    def _time(self) -> str:
        if self.budget.seconds is None or self.stage != SEARCH:
            return elapsed(self.seconds)
        searched = self._clock() - self._stage_start
        return f"{elapsed(searched)} of {elapsed(self.budget.seconds)}"
