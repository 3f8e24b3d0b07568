"""The programs of the CPU benchmark, a line each: for the terminal and as Markdown."""

from collections.abc import Sequence
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.bench.outcomes import DEFAULT, STOCK_BEST, TUNED, XLA, Outcome
from mlopt.core.measurement import Interval
from mlopt.measure.statistics import median
from mlopt.report.numbers import duration, percent, ratio

_RIVALS: Final = (DEFAULT, STOCK_BEST, XLA)
_COLUMNS: Final = (
    "",
    "tuned",
    *(f"over {name}" for name in _RIVALS),
    "of roofline",
    "changed",
)
_LEGEND: Final = (
    "Speedups with 95% intervals, above 1 is faster. Of roofline: the shortest time "
    "that sgemm's rate and the copy bandwidth, measured just before, allow, over the "
    "time; above 100% where data stays in the caches, and in bf16. Changed: workloads "
    "that got a schedule of ours, and the option set below them."
)


def print_listing(outcomes: Sequence[Outcome], seed: int, console: Console) -> None:
    """One table, in the order given."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in _COLUMNS:
        is_text = column in ("", "changed")
        table.add_column(column, justify="left" if is_text else "right")
    for outcome in outcomes:
        table.add_row(*map(Text, _cells(outcome, seed)))
    console.print(table)
    console.print(Text(_LEGEND), soft_wrap=True)


def listing_markdown(outcomes: Sequence[Outcome], seed: int) -> str:
    """The same as a fragment of Markdown."""
    rule = ["---"] * len(_COLUMNS)
    lines = [_COLUMNS, rule, *(_cells(outcome, seed) for outcome in outcomes)]
    table = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([*table, "", _LEGEND]) + "\n"


def _cells(outcome: Outcome, seed: int) -> tuple[str, ...]:
    if not outcome.latency_us:
        return (outcome.name, *["-"] * (len(_COLUMNS) - 2), outcome.error)
    tuned = median(outcome.latency_us[TUNED])
    return (
        outcome.name,
        duration(tuned),
        *(_speedup(outcome.speedup(name, seed)) for name in _RIVALS),
        percent(outcome.roofline_us / tuned),
        _changed(outcome),
    )


def _speedup(interval: Interval) -> str:
    value, low, high = map(ratio, (interval.value, interval.low, interval.high))
    return f"{value} ({low} to {high})"


def _changed(outcome: Outcome) -> str:
    base = "" if outcome.base == DEFAULT else f" on {outcome.base}"
    return f"{outcome.num_changed} of {outcome.num_workloads}{base}"
