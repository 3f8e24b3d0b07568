"""Programs cut into workloads by the compiler, in one worker a session."""

from collections.abc import Callable
from typing import Any

import pytest

from mlopt.core.workload import Partition
from mlopt.frontend.ingest import ingest_callable
from mlopt.isolation import Worker

TIMEOUT_S = 120.0
FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=generic",
)


class Compiler:
    """Jobs of one warm worker."""

    def __init__(self) -> None:
        self.worker = Worker(preload=("mlopt.driver.jobs",))

    def call(self, job: str, *arguments: object) -> Any:
        return self.worker.call(job, *arguments, timeout_s=TIMEOUT_S)

    def program(self, function, *arguments) -> bytes:
        """A JAX function as linalg."""
        ingested = ingest_callable(function, arguments)
        job = "mlopt.frontend.lowering:lower_to_linalg"
        return self.call(job, ingested.stablehlo, ingested.name, None).module

    def partition(self, module: bytes, flags: tuple[str, ...] = FLAGS) -> Partition:
        return self.call("mlopt.driver.jobs:partition_program", module, flags, ())

    def build(self, module: bytes | str) -> bytes:
        """Code of a partitioned program."""
        return self.call("mlopt.compile.session:flow_to_vmfb", module, FLAGS)


@pytest.fixture(scope="session")
def compiler():
    compiler = Compiler()
    yield compiler
    compiler.worker.close()


@pytest.fixture(scope="session")
def partition_of(compiler) -> Callable[..., Partition]:
    """The workloads of a JAX function of example arguments."""

    def cut(function, *arguments) -> Partition:
        return compiler.partition(compiler.program(function, *arguments))

    return cut
