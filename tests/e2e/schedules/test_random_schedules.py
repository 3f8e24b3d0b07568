"""Schedules drawn at random compile, and those that do compute the right numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from numpy.typing import DTypeLike

from mlopt.core.measurement import Failure, FailureStatus, Timing
from mlopt.driver.baseline_specs import workload_spec
from mlopt.driver.forms.bases import DEFAULT
from mlopt.driver.workbench import Built
from mlopt.measure.plan import MeasurePlan
from mlopt.search.sampling import sample
from mlopt.search.space import spaces_for

# Of each space.
NUM_SAMPLES = 3
# Under which IREE puts a whole chain of reductions into one kernel.
FUSING = "O2"
MIN_COMPILED = 0.7
# Correctness is judged, not speed.
PLAN = MeasurePlan(
    num_rounds=1,
    pairs_per_round=1,
    seed=0,
    too_slow_factor=1e6,
    measures_memory=False,
)


def of(*shape: int, dtype: DTypeLike = np.float32) -> np.ndarray:
    return np.zeros(shape, dtype)


def convolve(groups, stride=1):
    def function(x, k):
        return jax.lax.conv_general_dilated(
            x,
            k,
            (stride, stride),
            "VALID",
            dimension_numbers=("NHWC", "HWIO", "NHWC"),
            feature_group_count=groups,
        )

    return function


def convolve_twice(x, k, b):
    """The first result is stored in the middle of the second's padded input."""
    for _ in range(2):
        x = jax.lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = jax.nn.relu(x + b[None, None, None])
    return x


def convolve_pixels(x, k, d):
    """Stored in the middle of a depthwise convolution's padded input."""
    numbers = ("NHWC", "HWIO", "NHWC")
    x = jax.lax.conv_general_dilated(x, k, (1, 1), "SAME", dimension_numbers=numbers)
    return jax.lax.conv_general_dilated(
        jax.nn.relu(x),
        d,
        (1, 1),
        "SAME",
        dimension_numbers=numbers,
        feature_group_count=d.shape[-1],
    )


def filter_gradient(x, y):
    """Of a convolution with a 3x3 filter, as a step of plain descent."""
    k = jnp.zeros((3, 3, x.shape[-1], y.shape[-1]))
    stride = x.shape[1] // y.shape[1]

    def convolved(k):
        return jax.lax.conv_general_dilated(
            x, k, (stride, stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    return k - 0.1 * jax.vjp(convolved, k)[1](y)[0]


def pool(size, stride, padding):
    def function(x):
        window, strides = (1, size, size, 1), (1, stride, stride, 1)
        return jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, window, strides, padding)

    return function


def pool_and_pad(x):
    """The result of the pooling is stored in the middle of a larger tensor."""
    return jnp.pad(pool(2, 2, "VALID")(x) * 2.0 + 1.0, ((0, 0), (1, 1), (1, 1), (0, 0)))


def masked_softmax(x, bias):
    return jax.nn.softmax(x * 0.5 + bias[None], axis=-1) * 2.0


def normalize(x, gain):
    centered = x - x.mean(axis=-1, keepdims=True)
    variance = (centered * centered).mean(axis=-1, keepdims=True)
    return centered * jax.lax.rsqrt(variance + 1e-5) * gain[None]


def matmul(x, w):
    return x @ w


PROGRAMS = {
    "dense": (
        lambda x, w, b: jax.nn.relu(x @ w + b[None]),
        of(64, 250),
        of(250, 96),
        of(96),
    ),
    "primes": (matmul, of(37, 41), of(41, 43)),
    "row": (matmul, of(1, 96), of(96, 130)),
    "matrix and vector": (
        lambda w, x, b: jnp.tanh(w @ x + b),
        of(130, 95),
        of(95),
        of(130),
    ),
    "turned result": (lambda x, w: (x @ w).T * 2.0, of(48, 64), of(64, 80)),
    "batch": (matmul, of(3, 24, 40), of(3, 40, 32)),
    "scores": (
        lambda q, k: jnp.einsum("bmk,bnk->bmn", q, k),
        of(2, 20, 24),
        of(2, 28, 24),
    ),
    "bfloat16": (
        matmul,
        of(32, 48, dtype=jnp.bfloat16),
        of(48, 40, dtype=jnp.bfloat16),
    ),
    "int32": (matmul, of(32, 48, dtype=np.int32), of(48, 40, dtype=np.int32)),
    "convolution": (convolve(1), of(2, 9, 11, 3), of(3, 3, 3, 17)),
    "depthwise": (convolve(12), of(2, 9, 11, 12), of(3, 3, 1, 12)),
    "one image": (convolve(1), of(1, 9, 11, 5), of(3, 3, 5, 24)),
    "one image, strided": (convolve(1, 2), of(1, 15, 17, 8), of(3, 3, 8, 16)),
    "one image, twice": (convolve_twice, of(1, 8, 12, 16), of(3, 3, 16, 16), of(16)),
    "one image, depthwise": (convolve(12), of(1, 9, 11, 12), of(3, 3, 1, 12)),
    "one image, deep": (convolve(1, 2), of(1, 13, 13, 48), of(3, 3, 48, 32)),
    "one image, pixel by pixel": (
        convolve_pixels,
        of(1, 8, 12, 32),
        of(1, 1, 32, 48),
        of(3, 3, 1, 48),
    ),
    "row sum": (lambda x: x.sum(axis=1), of(30, 257)),
    "column sum": (lambda x: x.sum(axis=0), of(257, 30)),
    "two loops": (lambda x: x.sum(axis=(1, 3)), of(6, 5, 7, 33)),
    "integer sum": (lambda x: x.sum(axis=1), of(12, 50, dtype=np.int32)),
    "normalize": (normalize, of(24, 65), of(65)),
    "softmax": (lambda x: jax.nn.softmax(x, axis=-1), of(31, 257)),
    "logsumexp": (lambda x: jax.nn.logsumexp(x, axis=-1), of(24, 130)),
    "gradient of a filter": (filter_gradient, of(3, 9, 9, 5), of(3, 9, 9, 21)),
    "gradient, strided": (filter_gradient, of(2, 8, 8, 6), of(2, 4, 4, 16)),
    "pooling": (pool(2, 2, "VALID"), of(3, 14, 16, 20)),
    "one image, pooled": (pool(3, 2, "SAME"), of(1, 13, 15, 24)),
    "one image, pooled and padded": (pool_and_pad, of(1, 16, 18, 24)),
    "transpose": (lambda x: jnp.tanh(x.T), of(50, 34)),
    "vector": (lambda x: jnp.exp(x), of(1000)),
    "rank 5": (lambda x: jnp.transpose(x, (4, 2, 0, 3, 1)) + 1.0, of(2, 3, 4, 5, 16)),
}


FUSED = {
    "masked softmax, fused": (masked_softmax, of(3, 24, 130), of(24, 130)),
    "norm, fused": (normalize, of(24, 65), of(65)),
}


RNG = np.random.default_rng(3)
W, B = (RNG.standard_normal(shape, np.float32) for shape in ((250, 96), (96,)))
# Constants in panels, as the rewrite lays them out.
PREPACKED = {
    "dense, constant": (lambda x: jax.nn.relu(x @ W + B[None]), of(64, 250)),
    "few rows, constant": (lambda x: x @ W, of(5, 250)),
    "batch, constant": (lambda x: x @ W[:240].reshape(3, 80, 96), of(3, 24, 80)),
}
BASES = dict.fromkeys(FUSED, FUSING) | dict.fromkeys(PREPACKED, "prepacked")
EVERY = PROGRAMS | FUSED | PREPACKED


@pytest.fixture(scope="module")
def outcomes(model_of, workbench, target, templates):
    """(kernel, trace, Timing or Failure) of every schedule drawn."""
    rng = np.random.default_rng(20)
    found = []
    for name, (function, *arguments) in EVERY.items():
        base = BASES.get(name, DEFAULT)
        for workload in model_of(function, *arguments, base=base).workloads:
            spaces = spaces_for(workload, target, templates).spaces
            traces = [sample(s, rng) for s in spaces for _ in range(NUM_SAMPLES)]
            judged = judge(workbench, workload, traces)
            found += [
                (name, trace, outcome)
                for trace, outcome in zip(traces, judged, strict=True)
            ]
    return found


def judge(workbench, workload, traces):
    """Compile each trace, and compare what it computes with the compiler's own."""
    flags = (*workbench.target.compile_flags, *workload.flags)
    default = workbench.compile_program("compile_scheduled", workload.module, flags, {})
    workbench.measurer.prepare(workload_spec(workload, default, workbench.target, 0))
    for built in workbench.compile_candidates(workload, traces):
        if isinstance(built, Built):
            yield workbench.measurer.measure(
                workload.hash, built.path, PLAN, may_repeat=True
            )
        else:
            yield built
    workbench.measurer.release(workload.hash)


def of_status(outcomes, *statuses):
    return [
        (name, trace.to_json(), outcome.detail)
        for name, trace, outcome in outcomes
        if isinstance(outcome, Failure) and outcome.status in statuses
    ]


def test_every_kind_of_kernel_is_drawn_from_every_space(outcomes):
    kinds = {name for name, _, _ in outcomes}
    spaces = {trace.space for _, trace, _ in outcomes}
    assert kinds == set(EVERY)
    assert spaces == {
        "configured.contraction",
        "configured.matrix_vector",
        "configured.reduction",
        "configured.elementwise",
        "configured.convolution",
        "configured.depthwise",
        "direct.convolution",
        "direct.depthwise",
        "direct.pointwise",
        "direct.filter_gradient",
        "scripted.rows",
        "scripted.row_products",
        "packed.contraction",
        "prepacked.contraction",
    }


def test_no_schedule_computes_wrong_numbers_or_crashes(outcomes):
    harmless = {FailureStatus.COMPILE_ERROR, FailureStatus.COMPILE_TIMEOUT}
    assert of_status(outcomes, *(set(FailureStatus) - harmless)) == []


def test_what_the_compiler_refuses_is_a_value_and_rare(outcomes):
    refused = of_status(
        outcomes, FailureStatus.COMPILE_ERROR, FailureStatus.COMPILE_TIMEOUT
    )
    assert len(refused) <= (1 - MIN_COMPILED) * len(outcomes), refused


def test_most_schedules_run(outcomes):
    timed = [o for _, _, o in outcomes if isinstance(o, Timing)]
    assert len(timed) >= MIN_COMPILED * len(outcomes)
    assert all(np.isfinite(o.max_relative_error) for o in timed)
