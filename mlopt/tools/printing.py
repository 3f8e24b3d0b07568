"""What the commands print: one function a result, each to stdout.

Numbers carry their unit; what was not measured is shown as "-".
"""

import sys
from collections.abc import Sequence
from typing import Final, TextIO

import click
from rich.console import Console

from mlopt.core.explanation import ProgramExplanation
from mlopt.core.record import TuningRecord
from mlopt.core.report import ProgramResult
from mlopt.core.summary import OutputSummary, RunSummary, StageSummary
from mlopt.records import Summary
from mlopt.report import explain, table
from mlopt.targets import machine
from mlopt.targets.diagnosis import TargetCheck
from mlopt.tools.tables import print_table
from mlopt.tools.versions import tool_versions

_GIB: Final = 2**30
_KIB: Final = 2**10
_PIPE_WIDTH: Final = 120


def print_result(
    result: ProgramResult | StageSummary, *, to_stderr: bool = False
) -> None:
    """Print what tuning gave: the whole report, or the last stage that was wanted.

    Args:
        to_stderr: stdout carries something else.
    """
    if isinstance(result, StageSummary):
        print_stage(result)
        return
    table.print_result(result, _console(sys.stderr if to_stderr else sys.stdout))


def print_stage(summary: StageSummary) -> None:
    """Print what there is after a stage that was asked to be the last."""
    print_table(summary.columns, summary.rows)
    for note in summary.notes:
        click.echo(note)
    click.echo(f"{summary.name}: stopped after {summary.stage}, {summary.wall_s:.1f} s")


def print_run(summary: RunSummary) -> None:
    """Print the outputs of one run, how long it took and whether it was tuned."""
    rows = [_output_row(i, output) for i, output in enumerate(summary.outputs)]
    print_table(("output", "type", "mean", "checksum"), rows)
    click.echo(f"inputs: {summary.inputs}")
    click.echo(
        f"tuned: {summary.num_tuned} of {summary.num_workloads} workloads "
        f"have a schedule on record for {summary.target.key}"
    )
    click.echo(
        f"time: {summary.latency_us:.1f} µs (median of {summary.num_calls} calls); "
        f"compiled in {summary.compile_s:.1f} s"
    )


def print_explanation(explanation: ProgramExplanation) -> None:
    """Print what was chosen for a program and what each decision bought."""
    explain.print_explanation(explanation, _console(sys.stdout))


def print_summaries(summaries: Sequence[Summary]) -> None:
    """Print one line for each workload, target and compiler."""
    rows = [
        (
            row.workload,
            row.kind,
            row.target,
            row.compiler_version,
            str(row.num_trials),
            str(row.num_failures),
            _ratio(row.best_speedup),
            row.last_at,
        )
        for row in summaries
    ]
    columns = ("workload", "kind", "target", "compiler", "trials", "failed")
    print_table((*columns, "over default", "last"), rows)


def print_records(records: Sequence[TuningRecord]) -> None:
    """Print every trial of a workload: what was decided and what it gave."""
    rows = [
        (
            record.created_at,
            _outcome(record),
            "final" if record.is_final else "search",
            _decisions(record),
        )
        for record in records
    ]
    print_table(("created", "over default", "timed in", "decisions"), rows)


def print_versions() -> None:
    """Print what is installed."""
    for name, version in tool_versions().items():
        click.echo(f"{name:14} {version or 'not installed'}")


def print_machine() -> None:
    """Print what the kernel says of this machine."""
    caches = machine.read_cache_sizes()
    click.echo(f"\nprocessor      {machine.processor_name()}")
    click.echo(f"cores          {machine.count_cores()} to use")
    click.echo(
        f"caches         L1d {caches.l1d_bytes // _KIB} KiB, "
        f"L2 {caches.l2_bytes // _KIB} KiB, L3 {caches.l3_bytes // _KIB} KiB"
    )
    click.echo(f"memory         {machine.memory_bytes() / _GIB:.1f} GiB\n")


def print_checks(checks: Sequence[TargetCheck]) -> None:
    """Print each target: whether it works, what was found, what to do."""
    rows = [
        (check.name, "works" if check.works else "no", check.finding, check.advice)
        for check in checks
    ]
    print_table(("target", "state", "found", "advice"), rows)


def _console(stream: TextIO) -> Console:
    # A pipe has no width; rich would assume one that breaks tables.
    return Console(width=None if stream.isatty() else _PIPE_WIDTH, file=stream)


def _output_row(index: int, output: OutputSummary) -> tuple[str, ...]:
    mean = "-" if output.mean is None else f"{output.mean:.6g}"
    if output.num_nonfinite:
        mean = f"{mean} ({output.num_nonfinite} not finite)"
    return str(index), str(output.spec), mean, output.checksum


def _outcome(record: TuningRecord) -> str:
    if record.status is not None:
        return record.status.value
    return f"{_ratio(record.speedup)} {_interval(record)}".rstrip()


def _interval(record: TuningRecord) -> str:
    if record.speedup_low is None or record.speedup_high is None:
        return ""
    return f"[{record.speedup_low:.2f}, {record.speedup_high:.2f}]"


def _ratio(speedup: float | None) -> str:
    return "-" if speedup is None else f"{speedup:.2f}x"


def _decisions(record: TuningRecord) -> str:
    pairs = (f"{name}={value}" for name, value in record.trace.decisions)
    return " ".join(pairs) or "the compiler's own choice"
