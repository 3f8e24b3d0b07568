"""Progress while a search runs: a display that repaints, or plain lines, or nothing.

Measuring goes on meanwhile, so both cost little: the display is two lines painted
twice a second, the plain lines come at most every few seconds.
"""

import time
from collections.abc import Callable
from typing import Final

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from mlopt.core.budget import Budget
from mlopt.core.measurement import FailureStatus
from mlopt.report.progress import NullProgress, Progress, Tally

_REPAINTS_PER_SECOND: Final = 2
_SECONDS_BETWEEN_LINES: Final = 5.0
_BAR_WIDTH: Final = 24


def show_progress(console: Console, budget: Budget, *, quiet: bool = False) -> Progress:
    """The progress that fits: live on a terminal, lines elsewhere, nothing if quiet."""
    if quiet:
        return NullProgress()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveProgress(console, budget)
    return PlainProgress(console, budget)


class PlainProgress(Progress):
    """Lines without control codes: each stage, and what was done every few seconds."""

    def __init__(
        self,
        console: Console,
        budget: Budget,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` counts seconds from anywhere."""
        self._console = console
        self._tally = Tally(budget, clock)
        self._printed_at = 0.0
        self._printed = ""

    def stage(self, name: str) -> None:
        if self._tally.trials:
            self._print()
        self._tally.enter(name)
        self._print()

    def workload(self, name: str) -> None:
        self._tally.workload = name

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        self._tally.add(status, speedup)
        if self._tally.seconds - self._printed_at >= _SECONDS_BETWEEN_LINES:
            self._print()

    def close(self) -> None:
        if self._tally.trials:
            self._print()

    def _print(self) -> None:
        line = self._tally.sentence()
        self._printed_at = self._tally.seconds
        if line != self._printed:
            self._printed = line
            self._console.print(Text(line), soft_wrap=True)


class LiveProgress(Progress):
    """Two lines that repaint in place; the last state stays when it closes."""

    def __init__(
        self,
        console: Console,
        budget: Budget,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Takes the terminal at once; `clock` counts seconds from anywhere."""
        self._tally = Tally(budget, clock)
        self._live = Live(
            _View(self._tally),
            console=console,
            refresh_per_second=_REPAINTS_PER_SECOND,
        )
        self._live.start()

    def stage(self, name: str) -> None:
        self._tally.enter(name)

    def workload(self, name: str) -> None:
        self._tally.workload = name

    def trial(self, status: FailureStatus | None, speedup: float | None) -> None:
        self._tally.add(status, speedup)

    def close(self) -> None:
        self._live.stop()


class _View:
    """Reads the tally whenever it is painted, so that the time goes on by itself."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        tally = self._tally
        heading = Table.grid(padding=(0, 1))
        bar = self._bar()
        title = Text(tally.stage, style="bold")
        title.append(f"  {tally.workload}" if tally.workload else "", style="not bold")
        title.no_wrap, title.overflow = True, "ellipsis"
        heading.add_row(*([bar] if bar else []), title)
        yield Group(heading, Text(tally.counts(), no_wrap=True, overflow="ellipsis"))

    def _bar(self) -> ProgressBar | None:
        """How much of the budget is spent, by the limit that is nearer."""
        tally, budget = self._tally, self._tally.budget
        spent = []
        if budget.trials:
            spent.append(tally.trials / budget.trials)
        if budget.seconds:
            spent.append(tally.seconds / budget.seconds)
        if not spent:
            return None
        done = min(max(spent), 1.0)
        return ProgressBar(total=1.0, completed=done, width=_BAR_WIDTH)
