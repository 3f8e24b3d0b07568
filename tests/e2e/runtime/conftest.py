"""Compiled modules for the tests of the runtime, made as the product makes them."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import jax
import pytest

from mlopt.isolation import Worker
from mlopt.runtime import Device, Executable, open_device

FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=host",
    "--iree-input-demote-f64-to-f32=false",
)
COMPILE = "mlopt.compile.session:compile_program"


@pytest.fixture(scope="session")
def worker() -> Iterator[Worker]:
    with closing(Worker(name="compiler of the tests")) as worker:
        yield worker


@pytest.fixture(scope="session")
def compiled(worker: Worker) -> Callable[..., bytes]:
    """`compiled(function, *examples)`: the flatbuffer of a jax function."""

    def build(function: Callable[..., Any], *examples: Any) -> bytes:
        lowered = jax.jit(function, keep_unused=True).lower(*examples)
        vmfb = worker.call(COMPILE, lowered.as_text(), FLAGS, timeout_s=120.0)
        assert isinstance(vmfb, bytes)
        return vmfb

    return build


@pytest.fixture(params=["local-sync", "local-task"])
def device(request: pytest.FixtureRequest) -> Device:
    return open_device(request.param)


@pytest.fixture
def load(compiled: Callable[..., bytes], device: Device) -> Callable[..., Executable]:
    """`load(function, *examples)`: the function, compiled and loaded."""

    def build(function: Callable[..., Any], *examples: Any) -> Executable:
        return Executable.load(compiled(function, *examples), "main", device)

    return build
