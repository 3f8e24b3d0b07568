"""The final table: what was compared, what may be claimed, what changed.

Texts from outside (names, paths) are never read as terminal markup.
"""

from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.core.report import Latency, ProgramResult, WorkloadResult
from mlopt.report.layout import columns, say
from mlopt.report.numbers import duration, duration_range, percent, ratio, size
from mlopt.report.sentences import aim, comparison, saved, spent, verdict

# Unchanged workloads below this share of the time are counted, not listed.
_SMALL_SHARE: Final = 0.01

LABELS: Final = {"default": "default", "stock_best": "stock-best"}


def print_result(result: ProgramResult, console: Console) -> None:
    """Print the whole report of a finished run."""
    say(console, _heading(result), _versions(result), "")
    console.print(_times(result))
    say(console, _meaning(result), "", *_claims(result), "")
    if result.workloads:
        say(console, *_workload_heading(result), "")
        console.print(_workloads(result.workloads))
        say(console, *_left_out(result.workloads), "")
    say(console, *_footer(result))


def _heading(result: ProgramResult) -> str:
    return f"{result.name} on {result.target.key}"


def _versions(result: ProgramResult) -> str:
    return ", ".join(f"{name} {version}" for name, version in result.versions.items())


def _times(result: ProgramResult) -> Table:
    """Rows default, stock-best and tuned: time, interval, memory, speedups."""
    over = [f"over {label}" for label in LABELS.values()]
    table = columns("", "time", "95% interval", "memory", *over)
    for name, label in LABELS.items():
        table.add_row(label, *_cells(result.baselines[name]))
    gains = [ratio(result.speedup[name].value) for name in LABELS]
    table.add_row("tuned", *_cells(result.tuned), *gains)
    return table


def _cells(latency: Latency) -> tuple[str, ...]:
    return (
        duration(latency.median_us),
        duration_range(*latency.ci95),
        size(latency.peak_memory_bytes),
    )


def _meaning(result: ProgramResult) -> str:
    """What the rows are: option sets, and how many samples each median is of."""
    rows = (*(result.baselines[name] for name in LABELS), result.tuned)
    counts = list(dict.fromkeys(str(row.samples) for row in rows))
    return (
        f'stock-best is "{result.stock_best_name}", tuned is built on '
        f'"{result.base_name}"; medians of {"/".join(counts)} samples.'
    )


def _claims(result: ProgramResult) -> list[str]:
    compared = [
        f"  {comparison(result.speedup[name], label)}" for name, label in LABELS.items()
    ]
    ends = [line for line in (verdict(result), aim(result)) if line]
    return ["Tuned against each baseline:", *compared, *ends]


def _workload_heading(result: ProgramResult) -> tuple[str, str]:
    if not any(workload.changed for workload in result.workloads):
        return (
            "Where the time goes, workload by workload",
            "(no schedule was chosen):",
        )
    return (
        "What changed, workload by workload (times of one call,",
        f'speedups over the compiler\'s own choice on "{result.base_name}"):',
    )


def _workloads(workloads: Sequence[WorkloadResult]) -> Table:
    table = columns("workload", "share", "calls", "before", "after", "speedup")
    table.add_column("what changed", overflow="fold")
    for workload in filter(_is_listed, workloads):
        table.add_row(
            Text(workload.name),
            percent(workload.share),
            str(workload.num_calls),
            "" if workload.before_us is None else duration(workload.before_us),
            "" if workload.after_us is None else duration(workload.after_us),
            "" if workload.speedup is None else ratio(workload.speedup.value),
            Text(workload.changed or "nothing"),
        )
    return table


def _is_listed(workload: WorkloadResult) -> bool:
    return not workload.trace.is_default or workload.share >= _SMALL_SHARE


def _left_out(workloads: Sequence[WorkloadResult]) -> list[str]:
    small = [workload for workload in workloads if not _is_listed(workload)]
    if not small:
        return []
    share = percent(sum(workload.share for workload in small))
    return [f"  and {len(small)} more, unchanged, together {share} of the time"]


def _footer(result: ProgramResult) -> list[str]:
    error = f"{result.max_relative_error:.1e}"
    lines = [
        spent(result),
        f"Largest relative error against the reference: {error} "
        f"(licence: {result.licence}).",
        *(f"Note: {note}" for note in result.notes),
        saved(result),
    ]
    return [line for line in lines if line]
