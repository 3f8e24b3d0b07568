"""Tuning a program of the benchmark, and how fast that search was.

A search is timed when it happens. Its statistics stay in a file beside the records,
so that a later run that finds the records can still say how fast they were made.
"""

import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import final

from mlopt.bench.programs import Case
from mlopt.core.measurement import FailureStatus
from mlopt.core.target import Target
from mlopt.driver.api import tune_ingested
from mlopt.frontend.ingest import Ingested
from mlopt.report.progress import SEARCH, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchStatistics:
    """One search.

    Attributes:
        measured: trials that ran correctly and were timed.
        failed: the others, by status.
        seconds: wall time from the first question to the strategy to its last trial;
            baselines, confirmation and the final comparison are not in it.
    """

    measured: int
    failed: dict[str, int]
    seconds: float

    @property
    def num_failed(self) -> int:
        """Trials without a time."""
        return sum(self.failed.values())


@final
class SearchClock(Progress):
    """Counts the trials of a search and its time, and passes everything on."""

    def __init__(
        self, inner: Progress, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`clock` counts seconds from anywhere."""
        self._inner = inner
        self._clock = clock
        self._start: float | None = None
        self._seconds = 0.0
        self._measured = 0
        self._failed: Counter[str] = Counter()

    def stage(self, name: str) -> None:
        if self._start is not None:
            self._seconds += self._clock() - self._start
        self._start = self._clock() if name == SEARCH else None
        self._inner.stage(name)

    def workload(self, name: str) -> None:
        self._inner.workload(name)

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        if status is None:
            self._measured += 1
        else:
            self._failed[status.value] += 1
        self._inner.trial(status, speedup)

    def close(self) -> None:
        self._inner.close()

    def statistics(self) -> SearchStatistics | None:
        """Of the searches so far; None when nothing was tried."""
        if not self._measured and not self._failed:
            return None
        return SearchStatistics(
            measured=self._measured,
            failed=dict(sorted(self._failed.items())),
            seconds=self._seconds,
        )


def search(
    case: Case,
    ingested: Ingested,
    target: Target,
    folder: Path,
    *,
    seed: int,
    progress: Progress,
) -> SearchStatistics | None:
    """Tune a program, or find that its records are there already.

    Args:
        folder: of the benchmark's own database and statistics.

    Returns:
        What the search was like; None where only another one would know.

    Raises:
        MloptError: the program cannot be tuned.
    """
    with SearchClock(progress) as clock:
        tune_ingested(
            ingested,
            target=target,
            budget=case.budget,
            seed=seed,
            db=str(database(folder)),
            progress=clock,
        )
        found = clock.statistics()
    path = folder / f"search-{case.name}.json"
    if found is None:
        return _read(path)
    path.write_text(json.dumps(asdict(found)), encoding="utf-8")
    return found


def database(folder: Path) -> Path:
    """The benchmark's own records."""
    return folder / "records.db"


def _read(path: Path) -> SearchStatistics | None:
    try:
        return SearchStatistics(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
