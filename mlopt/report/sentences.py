"""What a finished run claims, in words. The only place that words a claim."""

from typing import Final

from mlopt.core.measurement import Interval
from mlopt.core.objective import Objective
from mlopt.core.report import ProgramResult, Verdict
from mlopt.report.numbers import (
    elapsed,
    failure_counts,
    percent,
    size,
    speedup_over,
)

VERDICTS: Final = {
    Verdict.FASTER: "Verdict: faster.",
    Verdict.NO_SIGNIFICANT_GAIN: (
        "Verdict: no significant gain; keep the compiler's own choice."
    ),
}


def comparison(interval: Interval, baseline: str) -> str:
    """One comparison; an interval that contains 1.0 is no gain, whatever its middle."""
    measured = speedup_over(interval, baseline)
    if interval.contains_one:
        return f"no significant gain: {measured}"
    if interval.value < 1.0:
        return f"slower: {measured}"
    return measured


def verdict(result: ProgramResult) -> str:
    """What may be claimed; where memory is the objective, its numbers speak."""
    if result.goal.objective is Objective.MEMORY:
        return ""
    return VERDICTS[result.verdict]


def aim(result: ProgramResult) -> str:
    """What was tuned for, and the memory that came of it; "" where that is time alone.

    Peaks are counted with the arguments in them.
    """
    if not result.goal.concerns_memory:
        return ""
    cap = result.goal.memory_cap_bytes
    limit = "" if cap is None else f", at most {size(cap)}"
    tuned = result.tuned.peak_memory_bytes
    default = result.baselines["default"].peak_memory_bytes
    if tuned is None or default is None:
        return f"Objective: {result.goal.objective}{limit}."
    return (
        f"Objective: {result.goal.objective}{limit}; the peak is {size(tuned)}, "
        f"{percent(tuned / default)} of default's {size(default)}."
    )


def spent(result: ProgramResult) -> str:
    """What the search took: trials, failures by status, time, seed."""
    failed = failure_counts(result.failures)
    total = sum(number for _, number in result.failures)
    failures = f"; {total} failed ({failed})" if failed else ""
    return (
        f"{result.trials} trials{failures}; {elapsed(result.wall_s)} in all, "
        f"seed {result.seed}."
    )


def saved(result: ProgramResult) -> str:
    """Where the schedule is, or how to get it; "" when there is none."""
    if result.schedule_path is not None:
        return f"Schedule saved to {result.schedule_path}"
    if all(workload.trace.is_default for workload in result.workloads):
        return ""
    return "Schedule kept in the record database; --export DIR writes it to a file."
