"""Where a program spends its time, workload by workload, in place."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from mlopt.core.workload import DispatchTime, Partition
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.measure.profile import profile_dispatches

_NUM_RUNS: Final = 10
_TIMEOUT_S: Final = 120.0


def profile_program(
    loaded: LoadedProgram,
    path: str,
    partition: Partition,
    inputs: Sequence[np.ndarray],
    workbench: Workbench,
) -> tuple[DispatchTime, ...]:
    """In-situ time of each workload in one run of the program, largest share first."""
    profiles = profile_dispatches(
        path,
        loaded.program.entry,
        inputs,
        device_uri=workbench.target.device_uri,
        num_threads=workbench.target.num_cores,
        num_runs=_NUM_RUNS,
        timeout_s=_TIMEOUT_S,
    )
    owner = {e: w.hash for w in partition.workloads for e in w.executables}
    calls: dict[str, int] = {}
    total: dict[str, float] = {}
    for function, profile in profiles.items():
        key = owner.get(_executable_of(function, owner))
        if key is not None:
            calls[key] = calls.get(key, 0) + profile.num_calls
            total[key] = total.get(key, 0.0) + profile.total_us
    everything = sum(p.total_us for p in profiles.values()) or 1.0
    times = [
        DispatchTime(
            workload=key,
            share=total[key] / everything,
            latency_us=total[key] / max(1, calls[key]),
            num_calls=calls[key],
        )
        for key in total
    ]
    return tuple(sorted(times, key=lambda t: (-t.share, t.workload)))


def _executable_of(function: str, executables: Mapping[str, str]) -> str:
    """The executable a function name begins with; the longest, as 1 begins 10."""
    matching = [e for e in executables if function == e or function.startswith(f"{e}_")]
    return max(matching, key=len, default="")
