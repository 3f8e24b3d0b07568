"""The scoreboard as a table for the terminal, and as JSON."""

import json
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from mlopt.bench.tabular.scoreboard import BUDGETS, FOUND, Standing
from mlopt.bench.tabular.table import Table
from mlopt.core.measurement import Interval
from mlopt.report.layout import columns, say
from mlopt.report.numbers import digits, percent


def print_standings(
    standings: Sequence[Standing], table: Table, num_seeds: int, console: Console
) -> None:
    """Print how far each strategy came, the one that needs fewest trials first."""
    num_traces = sum(len(each.results) for each in table.workloads)
    say(
        console,
        f"{len(table.workloads)} workloads, {num_traces} traces, measured on",
        f"{table.origin.machine}",
        ", ".join(f"{name} {v}" for name, v in table.origin.versions),
        "",
        "Share of the best speedup there is after so many trials: geometric mean over",
        f"workloads and {num_seeds} seeds, with its 95% interval over seeds:",
        "",
    )
    board = columns(
        "strategy", *map(str, BUDGETS), f"trials to {FOUND:.0%} of it", "failed"
    )
    for each in sorted(standings, key=lambda each: each.trials_to_found.value):
        board.add_row(
            Text(each.strategy),
            *(_share(each.shares[budget]) for budget in BUDGETS),
            _trials(each.trials_to_found),
            percent(each.failed),
        )
    console.print(board)


def standings_to_json(standings: Sequence[Standing], table: Table) -> str:
    """Indented text that ends with a line's end."""
    content = {
        "machine": table.origin.machine,
        "versions": dict(table.origin.versions),
        "workloads": [each.name for each in table.workloads],
        "strategies": {
            each.strategy: {
                "shares": {str(b): _plain(each.shares[b]) for b in BUDGETS},
                "trials_to_found": _plain(each.trials_to_found),
                "failed": each.failed,
            }
            for each in standings
        },
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _plain(interval: Interval) -> list[float]:
    return [interval.value, interval.low, interval.high]


def _share(interval: Interval) -> str:
    half = (interval.high - interval.low) / 2
    return f"{percent(interval.value)} ±{100 * half:.1f}"


def _trials(interval: Interval) -> str:
    ends = f"{digits(interval.low)} to {digits(interval.high)}"
    return f"{digits(interval.value)} ({ends})"
