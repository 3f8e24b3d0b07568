"""From a user's program to numbers, by the stages that the product uses."""

from collections.abc import Callable, Iterator
from contextlib import closing

import numpy as np
import pytest

from mlopt.core.program import Program
from mlopt.frontend.ingest import Ingested
from mlopt.isolation import Worker
from mlopt.runtime import Executable, open_device
from mlopt.runtime.buffers import to_device, to_numpy

FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
    "--iree-input-demote-f64-to-f32=false",
)
LOWER = "mlopt.frontend.lowering:lower_to_linalg"
COMPILE = "mlopt.compile.session:compile_program"
LIMIT_S = 180.0


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with closing(Worker(name="frontend of the tests")) as worker:
        yield worker


@pytest.fixture
def lower(worker: Worker) -> Callable[..., Program]:
    """`lower(module, name, path, keep_locations)` in a worker."""

    def run(*args: object) -> Program:
        program = worker.call(LOWER, *args, timeout_s=LIMIT_S)
        assert isinstance(program, Program)
        return program

    return run


@pytest.fixture
def run(worker: Worker, lower: Callable[..., Program]) -> Callable[..., list]:
    """`run(ingested, inputs)`: flat outputs of the program that IREE compiles."""

    def run(ingested: Ingested, inputs: tuple[np.ndarray, ...]) -> list[np.ndarray]:
        program = lower(ingested.stablehlo, ingested.name, ingested.path)
        if ingested.inputs is not None:
            assert program.inputs == ingested.inputs
            assert program.outputs == ingested.outputs
        vmfb = worker.call(COMPILE, program.module, FLAGS, timeout_s=LIMIT_S)
        assert isinstance(vmfb, bytes)
        device = open_device("local-sync")
        executable = Executable.load(vmfb, program.entry, device)
        views = [to_device(array, device) for array in inputs]
        return [to_numpy(view) for view in executable(*views)]

    return run
