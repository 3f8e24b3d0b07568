"""A workload, a target and trials that tests vary by `dataclasses.replace`."""

import pytest

from mlopt.core.candidate import Candidate, Trace
from mlopt.core.measurement import Failure, FailureStatus, Timing, Trial
from mlopt.core.target import Target
from mlopt.core.template import SpaceTemplate
from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import (
    DispatchTime,
    IteratorType,
    StructuredOp,
    Workload,
    WorkloadKind,
)
from mlopt.driver.spaces import SpaceLibrary

TRACE = Trace(space="configured", decisions=(("tile", 8), ("peel", True)))


@pytest.fixture
def target() -> Target:
    return Target(
        kind="llvm-cpu",
        triple="x86_64-unknown-linux-gnu",
        cpu="znver3",
        features=("avx2",),
        num_cores=2,
        vector_bytes=32,
        l1d_bytes=32768,
        l2_bytes=524288,
        l3_bytes=33554432,
        compiler_version="3.13.0",
        compile_flags=("--iree-llvmcpu-target-cpu=host",),
        device_uri="local-task",
    )


@pytest.fixture
def spaces() -> SpaceLibrary:
    """One space without anything in it, that of the traces here."""
    template = SpaceTemplate(
        name="configured", kind="any", target="llvm-cpu", version="1", lines=()
    )
    return SpaceLibrary((template,))


@pytest.fixture
def workload() -> Workload:
    """64x64x64 in float32: 524288 flops on 49152 bytes."""
    square = TensorSpec(shape=(64, 64), dtype="float32")
    matmul = StructuredOp(
        name="linalg.matmul",
        extents=(64, 64, 64),
        iterators=(
            IteratorType.PARALLEL,
            IteratorType.PARALLEL,
            IteratorType.REDUCTION,
        ),
        maps=((0, 2), (2, 1), (0, 1)),
        dtypes=("float32",) * 3,
        num_inputs=2,
    )
    return Workload(
        hash="a1b2",
        name="matmul_64x64x64",
        kind=WorkloadKind.CONTRACTION,
        executables=("main_dispatch_0",),
        entry="main",
        module="module {}",
        inputs=(square, square),
        outputs=(square,),
        ops=(matmul,),
        root=0,
        num_dispatches=1,
        flops=2 * 64**3,
        num_bytes=3 * 64 * 64 * 4,
    )


@pytest.fixture
def time() -> DispatchTime:
    return DispatchTime(workload="a1b2", share=0.75, latency_us=100.0, num_calls=4)


@pytest.fixture
def timed() -> Trial:
    """Twice as fast as candidate 0 in each of its pairs."""
    timing = Timing(
        latency_us=(50.0, 60.0, 55.0),
        baseline_us=(100.0, 120.0, 110.0),
        calls_per_sample=1,
        max_relative_error=1e-6,
        peak_memory_bytes=4096,
        peak_rss_bytes=1 << 26,
    )
    return Trial(
        candidate=Candidate(workload="a1b2", trace=TRACE),
        measurement=timing,
        speedup=2.0,
    )


@pytest.fixture
def failed() -> Trial:
    failure = Failure(
        status=FailureStatus.WRONG_RESULT,
        detail="output 0 is off by 2",
        diagnostics="a long story",
    )
    trace = Trace(space="configured", decisions=(("tile", 16), ("peel", False)))
    return Trial(
        candidate=Candidate(workload="a1b2", trace=trace),
        measurement=failure,
        speedup=None,
    )
