"""Run a built program once for its outputs, in a worker."""

import hashlib
from contextlib import closing
from typing import Final

import numpy as np

from mlopt.core.errors import RunError
from mlopt.core.summary import OutputSummary, RunSummary
from mlopt.core.target import Target
from mlopt.core.tensors import TensorSpec
from mlopt.driver.building import BuiltProgram
from mlopt.frontend.ingest import Ingested
from mlopt.frontend.inputs import random_inputs
from mlopt.isolation import Worker, WorkerFault

_JOB: Final = "mlopt.driver.run_jobs:run_program"
_NUM_CALLS: Final = 10
_TIMEOUT_S: Final = 600.0


def run_built(
    ingested: Ingested, built: BuiltProgram, target: Target, *, compile_s: float
) -> RunSummary:
    """Call a program with its example arguments, or with random ones.

    Raises:
        RunError: the program crashed, hung, or the device reported a failure.
    """
    inputs, phrase = _inputs(ingested, built)
    with closing(Worker(name="run")) as worker:
        try:
            result = worker.call(
                _JOB,
                built.vmfb,
                built.program.entry,
                inputs,
                target,
                _NUM_CALLS,
                timeout_s=_TIMEOUT_S,
            )
        except WorkerFault as fault:
            raise RunError(f"{ingested.name} did not run: {fault}") from fault
    outputs, latency_us = result  # type: ignore[misc]
    return RunSummary(
        name=ingested.name,
        target=target,
        inputs=phrase,
        outputs=tuple(_summary(output) for output in outputs),
        latency_us=latency_us,
        num_calls=_NUM_CALLS,
        compile_s=compile_s,
        num_workloads=len(built.choices),
        num_tuned=len(built.scripts),
    )


def _inputs(ingested: Ingested, built: BuiltProgram) -> tuple[list[np.ndarray], str]:
    if ingested.example_inputs is not None:
        return list(ingested.example_inputs), "the example arguments"
    return list(random_inputs(built.program.inputs, 0)), "random normal, seed 0"


def _summary(output: np.ndarray) -> OutputSummary:
    data = np.asarray(output, order="C")  # ascontiguousarray makes scalars vectors
    try:
        values = np.real(data).astype(np.float64)
    except (TypeError, ValueError):
        values = np.zeros(0)
    finite = values[np.isfinite(values)]
    return OutputSummary(
        spec=TensorSpec(shape=data.shape, dtype=data.dtype.name),
        mean=float(finite.mean()) if finite.size else None,
        num_nonfinite=int(values.size - finite.size),
        checksum=hashlib.sha256(data.tobytes()).hexdigest()[:16],
    )
