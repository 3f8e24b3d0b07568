"""What runs inside a worker that executes a program: no compiler, only the runtime."""

import time
from collections.abc import Sequence

import numpy as np

from mlopt.core.target import Target
from mlopt.runtime import (
    Executable,
    open_device,
    stop_preempting,
    to_device,
    to_numpy,
)


def run_program(
    vmfb: bytes,
    entry: str,
    inputs: Sequence[np.ndarray],
    target: Target,
    num_calls: int,
) -> tuple[list[np.ndarray], float]:
    """Run a program; its outputs, and the median of `num_calls` warm calls in us.

    Raises:
        InputError, RunError: it cannot be loaded or run.
    """
    stop_preempting()
    device = open_device(target.device_uri, target.num_cores)
    program = Executable.load(vmfb, entry, device)
    views = [to_device(array, device) for array in inputs]
    outputs = [np.array(to_numpy(view)) for view in program(*views)]
    samples = []
    for _ in range(num_calls):
        start = time.perf_counter()
        program(*views)
        samples.append((time.perf_counter() - start) * 1e6)
    return outputs, float(np.median(samples))
