"""The benchmark's rows as a table for the terminal, as JSON and as Markdown.

Free of dates and of paths, so that two runs can be compared line by line.
"""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.bench.rows import Goal, Row, Spread, Unit
from mlopt.core.target import Target
from mlopt.report.numbers import digits, duration, percent, ratio, size
from mlopt.targets import machine

_COLUMNS: Final = ("", "result", "95% interval", "n", "times", "goal")
# How the text of a row goes on, by what its value is.
_RELATIONS: Final = {
    Unit.SPEEDUP: " over {}",
    Unit.SHARE: ", share of {}'s rate",
    Unit.COST: ", in calls of {}",
    Unit.RATE: "",
    Unit.SECONDS: ", beside a {}",
    Unit.COUNT: "",
}
_QUICK: Final = "A quick run of small stand-ins: these numbers mean nothing."
_LEGEND: Final = (
    "Times are medians, ours / theirs, with half the range of their middle half. The "
    "samples of a ratio were taken in turns; its interval is a paired bootstrap."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What the numbers are of.

    Attributes:
        processor: its maker's name; `cpu` is LLVM's.
    """

    processor: str
    cpu: str
    num_cores: int
    l1d_bytes: int
    l2_bytes: int
    l3_bytes: int
    memory_bytes: int

    @staticmethod
    def of(target: Target) -> "Machine":
        """The machine that the target was detected on."""
        return Machine(
            processor=machine.processor_name(),
            cpu=target.cpu,
            num_cores=target.num_cores,
            l1d_bytes=target.l1d_bytes,
            l2_bytes=target.l2_bytes,
            l3_bytes=target.l3_bytes,
            memory_bytes=machine.memory_bytes(),
        )

    def __str__(self) -> str:
        caches = (
            f"{name} {size(num_bytes)}"
            for name, num_bytes in (
                ("L1d", self.l1d_bytes),
                ("L2", self.l2_bytes),
                ("L3", self.l3_bytes),
            )
        )
        return (
            f"{self.processor} ({self.cpu}), {self.num_cores} cores, "
            f"{', '.join(caches)}, {size(self.memory_bytes)} memory"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A finished run."""

    machine: Machine
    versions: Mapping[str, str]
    seed: int
    is_quick: bool
    rows: tuple[Row, ...]


def print_report(report: Report, console: Console) -> None:
    """One table."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for column in _COLUMNS:
        is_number = column in ("result", "n")
        table.add_column(column, justify="right" if is_number else "left")
    for row in report.rows:
        table.add_row(*map(Text, _cells(row)))
    for line in _heading(report):
        console.print(Text(line), soft_wrap=True)
    console.print(table)
    console.print(Text(_LEGEND), soft_wrap=True)


def to_markdown(report: Report) -> str:
    """The same as a fragment of Markdown."""
    heading = [*_heading(report), ""]
    rule = ["---"] * len(_COLUMNS)
    table = [_COLUMNS, rule, *map(_cells, report.rows)]
    return "\n".join([*heading, *map(_line, table), "", _LEGEND]) + "\n"


def to_json_text(report: Report) -> str:
    """Everything, samples excepted, with sorted keys."""
    data = {
        "machine": dataclasses.asdict(report.machine),
        "versions": dict(report.versions),
        "seed": report.seed,
        "quick": report.is_quick,
        "rows": [{**dataclasses.asdict(r), "is_met": r.is_met} for r in report.rows],
    }
    return json.dumps(data, indent=2, sort_keys=True, allow_nan=False) + "\n"


def _heading(report: Report) -> list[str]:
    versions = ", ".join(f"{name} {text}" for name, text in report.versions.items())
    lines = [f"{report.machine}; {versions}; seed {report.seed}."]
    return [_QUICK, *lines] if report.is_quick else lines


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.what + _RELATIONS[row.unit].format(row.against),
        _value(row.unit, row.value),
        _interval(row),
        str(row.num_samples),
        _times(row),
        "; ".join(filter(None, (_goal(row), row.note))),
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _value(unit: Unit, value: float) -> str:
    match unit:
        case Unit.SPEEDUP | Unit.COST:
            return ratio(value)
        case Unit.SHARE:
            return percent(value)
        case Unit.RATE:
            return f"{digits(value)} /s"
        case Unit.SECONDS:
            return duration(value * 1e6)
        case Unit.COUNT:
            return f"{value:.0f}"


def _interval(row: Row) -> str:
    if row.ci95 is None:
        return "-"
    low, high = row.ci95
    return f"{_value(row.unit, low)} to {_value(row.unit, high)}"


def _times(row: Row) -> str:
    both = [_spread(spread) for spread in (row.ours, row.theirs) if spread]
    return " / ".join(both) or "-"


def _spread(spread: Spread) -> str:
    part = spread.quartile_range_us / spread.median_us
    return f"{duration(spread.median_us)} ±{50 * part:.0f}%"


def _goal(row: Row) -> str:
    goal: Goal | None = row.goal
    if goal is None:
        return ""
    direction = "at most" if goal.is_upper else "at least"
    state = "met" if row.is_met else "missed"
    return f"{direction} {_value(row.unit, goal.limit)}: {state}"
