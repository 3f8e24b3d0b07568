"""Where does a program spend its time, dispatch by dispatch, in place?

The program runs in IREE's own benchmark tool, a process of its own, with host
execution events recorded: nothing is recompiled, and each dispatch sees the data and
the caches that it has in the program.
"""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mlopt.core.errors import MeasureError
from mlopt.measure.command_line import Invocation

_PROFILE_MODE = "--device_profiling_mode=host-execution,executable-metadata"


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchProfile:
    """One dispatch function within one run of its program.

    Attributes:
        num_calls: calls in one run.
        total_us: time of these calls together, mean over the runs.
    """

    num_calls: int
    total_us: float


def profile_dispatches(
    path: str,
    entry: str,
    inputs: Sequence[np.ndarray],
    *,
    device_uri: str,
    num_threads: int | None,
    num_runs: int,
    timeout_s: float,
) -> Mapping[str, DispatchProfile]:
    """Run a program `num_runs` times; profiles by dispatch function name.

    Raises:
        MeasureError: the tool is missing, failed, or took longer than `timeout_s`.
    """
    invocation = Invocation.of(
        path, entry, inputs, device_uri=device_uri, num_threads=num_threads
    )
    with invocation, invocation.scratch_file() as events:
        try:
            invocation.run(
                "iree-benchmark-module",
                f"--benchmark_min_time={num_runs}x",
                _PROFILE_MODE,
                f"--device_profiling_output={events}",
                timeout_s=timeout_s,
            )
            report = invocation.inspect(
                "iree-profile",
                "statistics",
                "--format=jsonl",
                events,
                timeout_s=timeout_s,
            )
        except subprocess.SubprocessError as error:
            raise MeasureError(f"cannot profile {path}: {_explain(error)}") from error
    return parse_statistics(report, num_runs)


def parse_statistics(report: str, num_runs: int) -> dict[str, DispatchProfile]:
    """Read the rows of `iree-profile statistics --format=jsonl`.

    Functions of the same name in several executables are added up.
    """
    calls: dict[str, int] = {}
    total_us: dict[str, float] = {}
    for line in report.splitlines():
        row = json.loads(line) if line.startswith("{") else {}
        if row.get("row_type") != "host_execution_function":
            continue
        name = str(row["function_name"])
        calls[name] = calls.get(name, 0) + int(row["sample_count"])
        duration_us = int(row["total_duration_ns"]) / 1e3
        total_us[name] = total_us.get(name, 0.0) + duration_us
    return {
        name: DispatchProfile(
            num_calls=round(calls[name] / num_runs), total_us=total_us[name] / num_runs
        )
        for name in calls
    }


def _explain(error: subprocess.SubprocessError) -> str:
    """The tool's first line about an error, else what happened to its process."""
    output = getattr(error, "output", None) or ""
    lines = output.splitlines() if isinstance(output, str) else []
    telling = [line for line in lines if "rror" in line or "c/runtime" in line]
    return telling[0] if telling else str(error)
