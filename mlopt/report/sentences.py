"""What a finished run claims, in words. The only place that words a claim."""

from typing import Final

from mlopt.core.measurement import Interval
from mlopt.core.report import ProgramResult, Verdict
from mlopt.report.numbers import elapsed, failure_counts, speedup_over

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
