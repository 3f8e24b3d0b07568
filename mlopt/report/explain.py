"""The text of `.explain()`: what was chosen, on which record's word, for which gain."""

from collections.abc import Sequence

from mlopt.core.candidate import Trace
from mlopt.core.measurement import Interval
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice
from mlopt.report.numbers import speedup_over
from mlopt.report.sentences import comparison


def explain(
    *,
    name: str,
    target: str,
    program: ProgramRecord | None,
    choices: Sequence[WorkloadChoice],
) -> str:
    """Say for a compiled function what each of its workloads runs with, and why.

    Args:
        name: of the function.
        target: `Target.key`.
        program: the record of tuning this whole program, if there is one.
        choices: what is used now, in the order they are to be shown.

    Returns:
        Lines without a line's end after the last.
    """
    lines = [f"{name} on {target}", *_whole(program)]
    tuned = [choice for choice in choices if choice.record is not None]
    if not tuned and program is None:
        return "\n".join(
            [
                *lines,
                "Every workload runs with the compiler's own choice.",
                "f.tune(*args) or `mlopt tune` searches for something faster.",
            ]
        )
    lines.append(f"{len(tuned)} of {len(choices)} workloads run with a tuned schedule:")
    for choice in choices:
        lines += _workload(choice)
    return "\n".join(lines)


def _whole(program: ProgramRecord | None) -> list[str]:
    if program is None:
        return ["This program as a whole was not tuned: no record has it."]
    flags = " ".join(program.base_flags) or "no flags beyond the target's"
    stock = f'stock-best ("{program.stock_best_name}")'
    return [
        f"As a whole: {comparison(program.speedup_default, 'default')}",
        f"            {comparison(program.speedup_stock_best, stock)}",
        f"  {_origin(program)}, {program.trials} trials",
        f'  built on "{program.base_name}" ({flags})',
    ]


def _workload(choice: WorkloadChoice) -> list[str]:
    title = f"  {choice.name} ({choice.workload[:12]})"
    record = choice.record
    if record is None:
        return [f"{title}: the compiler's own choice; no record is faster"]
    return [
        f"{title}: {_gain(record)}",
        f"    {_decisions(record.trace)}",
        f"    {_origin(record)}",
    ]


def _gain(record: TuningRecord) -> str:
    ends = (record.speedup, record.speedup_low, record.speedup_high)
    value, low, high = ends
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
