"""What `mlopt explain` prints: each decision, on whose word, and what it bought.

Texts from outside (names, paths) are never read as terminal markup.
"""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mlopt.core.candidate import Trace
from mlopt.core.explanation import Lever, LeverKind, ProgramExplanation
from mlopt.core.measurement import Interval
from mlopt.core.objective import FASTEST
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice
from mlopt.core.report import Latency
from mlopt.report.kernels import print_kernels
from mlopt.report.layout import columns, say
from mlopt.report.memory import print_memory
from mlopt.report.numbers import digits, duration, ratio, size, speedup_over
from mlopt.report.sentences import comparison

_NOTHING = "Every workload runs with the compiler's own choice: nothing to switch off."
_ADVICE = "`mlopt tune` or f.tune(*args) searches for something faster."
_SWITCHES = {
    LeverKind.SCHEDULE: "schedule of",
    LeverKind.OPTIONS: "compiler options",
    LeverKind.REWRITES: "rewrites",
    LeverKind.PRUNING: "pruning of",
    LeverKind.PRECISION: "precision",
    LeverKind.CONSTANTS: "constant arguments",
}


def print_explanation(explanation: ProgramExplanation, console: Console) -> None:
    """Print what was chosen and, measured in turns, the program without each choice."""
    say(console, f"{explanation.name} on {explanation.target.key}")
    versions = (f"{name} {version}" for name, version in explanation.versions.items())
    say(console, ", ".join(versions), "")
    if not explanation.levers:
        say(console, _NOTHING, _ADVICE)
        _print_uses(explanation, console)
        return
    say(console, *_whole(explanation.record), *_choices(explanation.choices), "")
    say(console, *_heading(explanation), "")
    console.print(_levers(explanation))
    say(console, *_notes(explanation.levers))
    _print_uses(explanation, console)
    say(console, f"Licence: {explanation.licence}.", *_objective(explanation))


def _print_uses(explanation: ProgramExplanation, console: Console) -> None:
    print_kernels(explanation.kernels, explanation.tuned.median_us, console)
    print_memory(explanation.memory, console)


def _objective(explanation: ProgramExplanation) -> list[str]:
    if explanation.objective == str(FASTEST):
        return []
    return [f"Objective: {explanation.objective}."]


def _whole(program: ProgramRecord | None) -> list[str]:
    if program is None:
        return ["This program as a whole was not tuned: no record has it."]
    flags = " ".join(program.base_flags) or "no flags beyond the target's"
    stock = f'stock-best ("{program.stock_best_name}")'
    return [
        f"When it was tuned: {comparison(program.speedup_default, 'default')}",
        f"                   {comparison(program.speedup_stock_best, stock)}",
        f"  {_origin(program)}, {program.trials} trials",
        f'  built on "{program.base_name}" ({flags})',
    ]


def _choices(choices: tuple[WorkloadChoice, ...]) -> Iterator[str]:
    tuned = [choice for choice in choices if choice.record is not None]
    yield f"{len(tuned)} of {len(choices)} workloads run with a tuned schedule:"
    for choice in tuned:
        yield from _workload(choice)


def _workload(choice: WorkloadChoice) -> Iterator[str]:
    record = choice.record
    assert record is not None
    yield f"  {choice.name} ({choice.workload[:12]}): alone, {_gain(record)}"
    yield f"    {_decisions(record.trace)}"
    yield f"    {_origin(record)}"


def _gain(record: TuningRecord) -> str:
    value, low, high = record.speedup, record.speedup_low, record.speedup_high
    if value is None or low is None or high is None:
        return "not timed"
    return speedup_over(Interval(value=value, low=low, high=high), "default")


def _decisions(trace: Trace) -> str:
    chosen = ", ".join(f"{knob}={value}" for knob, value in trace.decisions)
    return f"{trace.space}: {chosen}"


def _origin(record: TuningRecord | ProgramRecord) -> str:
    return (
        f"recorded {record.created_at} by {record.provenance or 'unknown'} "
        f"(mlopt {record.mlopt_version}, compiler {record.compiler_version}, "
        f"seed {record.seed})"
    )


def _heading(explanation: ProgramExplanation) -> list[str]:
    now = comparison(explanation.speedup, "default")
    return [
        f"Now, with all of it: {now}",
        "And without one decision at a time, all in the same turns, medians of "
        f"{explanation.tuned.samples} samples",
        "(bought: the time without it over the time with it):",
    ]


def _levers(explanation: ProgramExplanation) -> Table:
    table = columns("switched off", "time", "memory", "bought", "95% interval")
    table.add_row("nothing", *_cells(explanation.tuned), "", "")
    table.add_row(
        "everything", *_cells(explanation.default), *_ends(explanation.speedup)
    )
    for lever in explanation.levers:
        table.add_row(Text(_label(lever)), *_row(lever))
    return table


def _label(lever: Lever) -> str:
    label = f"{_SWITCHES[lever.kind]} {lever.subject}"
    return f"{label}, and {lever.falls_with_it}" if lever.falls_with_it else label


def _row(lever: Lever) -> tuple[str, ...]:
    if lever.without is None or lever.bought is None:
        return ("-",) * 4
    return (*_cells(lever.without), *_ends(lever.bought))


def _cells(latency: Latency) -> tuple[str, str]:
    return duration(latency.median_us), size(latency.peak_memory_bytes)


def _ends(interval: Interval) -> tuple[str, str]:
    return ratio(interval.value), f"{digits(interval.low)} to {digits(interval.high)}"


def _notes(levers: tuple[Lever, ...]) -> Iterator[str]:
    for lever in levers:
        if lever.failure:
            yield f"Note: without {_label(lever)} there is no program: {lever.failure}"
