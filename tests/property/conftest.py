"""Kernels of many kinds as the compiler partitions them, once a session."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import DTypeLike

from mlopt.core.target import Target
from mlopt.core.workload import Workload
from mlopt.frontend.ingest import ingest_callable
from mlopt.isolation import Worker

TIMEOUT_S = 120.0
FLAGS = (
    "--iree-hal-target-device=local",
    "--iree-hal-local-target-device-backends=llvm-cpu",
    "--iree-llvmcpu-target-cpu=generic",
)


def of(*shape: int, dtype: DTypeLike = np.float32) -> np.ndarray:
    return np.zeros(shape, dtype)


def convolve(groups):
    def function(x, k):
        return jax.lax.conv_general_dilated(
            x,
            k,
            (1, 1),
            "VALID",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )

    return function


def filter_gradient(x, y):
    def convolved(k):
        return jax.lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    k = jnp.zeros((3, 3, x.shape[-1], y.shape[-1]))
    return jax.vjp(convolved, k)[1](y)[0]


def normalize(x, gain):
    centered = x - x.mean(axis=-1, keepdims=True)
    variance = (centered * centered).mean(axis=-1, keepdims=True)
    return centered * jax.lax.rsqrt(variance + 1e-5) * gain[None]


def dense(x, w, b):
    return jax.nn.gelu(x @ w + b[None])


def matmul(x, w):
    return x @ w


PROGRAMS = {
    "dense 256x1000x256": (dense, of(256, 1000), of(1000, 256), of(256)),
    "matmul 127x131x129": (matmul, of(127, 131), of(131, 129)),
    "row 1x768x768": (matmul, of(1, 768), of(768, 768)),
    "matmul 512": (matmul, of(512, 512), of(512, 512)),
    "turned result": (lambda x, w: (x @ w).T * 2.0, of(64, 96), of(96, 128)),
    "batch": (matmul, of(4, 48, 64), of(4, 64, 32)),
    "scores": (
        lambda q, k: jnp.einsum("bmk,bnk->bmn", q, k),
        of(4, 48, 64),
        of(4, 40, 64),
    ),
    "bfloat16": (
        matmul,
        of(64, 64, dtype=jnp.bfloat16),
        of(64, 96, dtype=jnp.bfloat16),
    ),
    "int32": (matmul, of(64, 64, dtype=np.int32), of(64, 96, dtype=np.int32)),
    "convolution": (convolve(1), of(2, 18, 18, 16), of(3, 3, 16, 32)),
    "odd convolution": (convolve(1), of(2, 15, 15, 3), of(3, 3, 3, 17)),
    "depthwise": (convolve(16), of(2, 18, 18, 16), of(3, 3, 1, 16)),
    "row sum": (lambda x: x.sum(axis=1), of(64, 1000)),
    "column sum": (lambda x: x.sum(axis=0), of(1000, 96)),
    "maximum": (lambda x: x.max(), of(127, 129)),
    "normalize": (normalize, of(64, 257), of(257)),
    "argmax": (lambda x: jnp.argmax(x, axis=-1), of(16, 100)),
    "transpose": (lambda x: jnp.tanh(x.T), of(96, 128)),
    "vector": (lambda x: jnp.exp(x), of(1000)),
    "rank 5": (lambda x: jnp.transpose(x, (4, 2, 0, 3, 1)) + 1.0, of(2, 3, 4, 5, 16)),
    "softmax": (lambda x: jax.nn.softmax(x, axis=-1), of(12, 64, 130)),
    "pooling": (
        lambda x: jax.lax.reduce_window(
            x, -jnp.inf, jax.lax.max, (1, 2, 2, 1), (1, 2, 2, 1), "VALID"
        ),
        of(2, 14, 16, 20),
    ),
    "gradient of a filter": (filter_gradient, of(2, 8, 8, 6), of(2, 8, 8, 16)),
    "scaled softmax": (lambda x: jax.nn.softmax(x, axis=-1) * 2.0, of(64, 128)),
}
NARROW, WIDE = 32, 64


def machine(vector_bytes: int) -> Target:
    return Target(
        kind="llvm-cpu",
        triple="x86_64-unknown-linux-gnu",
        cpu=f"vectors-of-{vector_bytes}",
        features=(),
        num_cores=2,
        vector_bytes=vector_bytes,
        l1d_bytes=32 << 10,
        l2_bytes=512 << 10,
        l3_bytes=16 << 20,
        compiler_version="3.13.0",
        compile_flags=(),
        device_uri="local-task",
    )


@pytest.fixture(scope="session")
def worker():
    worker = Worker(preload=("mlopt.driver.jobs",))
    yield worker
    worker.close()


@pytest.fixture(scope="session", params=PROGRAMS)
def workloads(request, worker) -> tuple[Workload, ...]:
    """The kernels of one program that can carry a schedule."""
    function, *arguments = PROGRAMS[request.param]
    ingested = ingest_callable(function, arguments)
    program = worker.call(
        "mlopt.frontend.lowering:lower_to_linalg",
        ingested.stablehlo,
        ingested.name,
        None,
        timeout_s=TIMEOUT_S,
    )
    partition = worker.call(
        "mlopt.driver.jobs:partition_program",
        program.module,
        FLAGS,
        (),
        timeout_s=TIMEOUT_S,
    )
    kernels = tuple(w for w in partition.workloads if w.root is not None)
    assert kernels
    return kernels


@pytest.fixture(params=[NARROW, WIDE], ids=["256 bits", "512 bits"])
def target(request) -> Target:
    return machine(request.param)
