"""A finished run as JSON: for scripts, and for comparing runs.

Times are microseconds; a number that does not exist is null, never NaN.
"""

import dataclasses
import json
import math
from collections.abc import Iterable

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.report import Latency, ProgramResult, WorkloadResult
from mlopt.core.target import Target


def to_json(result: ProgramResult) -> dict[str, object]:
    """The result with the keys that the command line documents.

    `before` and `after` of a workload are microseconds of one call; its `schedule` is
    null where the compiler's own choice was kept.
    """
    return {
        "name": result.name,
        "target": _target(result.target),
        "versions": dict(result.versions),
        "baselines": {
            name: latency_to_json(latency) for name, latency in result.baselines.items()
        },
        "tuned": latency_to_json(result.tuned),
        "speedup": {
            name: ratio_to_json(ratio) for name, ratio in result.speedup.items()
        },
        "verdict": str(result.verdict),
        "max_relative_error": _finite(result.max_relative_error),
        "trials": result.trials,
        "failures": _failures(result.failures),
        "workloads": [_workload(workload) for workload in result.workloads],
        "wall_s": result.wall_s,
        "seed": result.seed,
        "stock_best_name": result.stock_best_name,
        "base_name": result.base_name,
        "licence": result.licence,
        "objective": str(result.goal.objective),
        "memory_cap_bytes": result.goal.memory_cap_bytes,
        "schedule_path": result.schedule_path,
        "notes": list(result.notes),
    }


def to_json_text(result: ProgramResult) -> str:
    """`to_json` as indented text that ends with a line's end."""
    return json.dumps(to_json(result), indent=2, allow_nan=False) + "\n"


def _target(target: Target) -> dict[str, object]:
    fields = dataclasses.asdict(target)
    return {"key": target.key, **fields}


def latency_to_json(latency: Latency) -> dict[str, object]:
    """Microseconds and bytes."""
    return {
        "latency_us": latency.median_us,
        "ci95": list(latency.ci95),
        "samples": latency.samples,
        "peak_memory_bytes": latency.peak_memory_bytes,
    }


def ratio_to_json(interval: Interval) -> dict[str, object]:
    """A ratio with its 95% interval."""
    return {"ratio": interval.value, "ci95": [interval.low, interval.high]}


def _workload(workload: WorkloadResult) -> dict[str, object]:
    return {
        "hash": workload.hash,
        "name": workload.name,
        "kind": str(workload.kind),
        "share": workload.share,
        "num_calls": workload.num_calls,
        "before": workload.before_us,
        "after": workload.after_us,
        "speedup": None
        if workload.speedup is None
        else ratio_to_json(workload.speedup),
        "schedule": _schedule(workload.trace),
        "changed": workload.changed,
        "trials": workload.trials,
        "failures": _failures(workload.failures),
    }


def _schedule(trace: Trace) -> dict[str, object] | None:
    if trace.is_default:
        return None
    return {"space": trace.space, "decisions": dict(trace.decisions)}


def _failures(failures: Iterable[tuple[FailureStatus, int]]) -> dict[str, int]:
    return {str(status): number for status, number in failures}


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
