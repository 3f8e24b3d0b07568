"""A small table that was never measured, with a landscape that is easy to search."""

import dataclasses

import pytest

from mlopt.bench.tabular.table import Origin, Result, Table, TabledWorkload, only_listed
from mlopt.core.candidate import Knob, Space, Trace
from mlopt.core.measurement import FailureStatus
from mlopt.core.target import Target
from mlopt.core.template import Line, SpaceTemplate
from mlopt.core.tensors import TensorSpec
from mlopt.core.workload import IteratorType, StructuredOp, Workload, WorkloadKind

TILES = (1, 2, 4, 8, 16, 32)


@pytest.fixture
def origin() -> Origin:
    target = Target(
        kind="llvm-cpu",
        triple="x86_64-unknown-linux-gnu",
        cpu="znver3",
        features=("avx2", "fma"),
        num_cores=2,
        vector_bytes=32,
        l1d_bytes=32768,
        l2_bytes=524288,
        l3_bytes=33554432,
        compiler_version="3.13.0",
        compile_flags=("--iree-llvmcpu-target-cpu=host",),
        device_uri="local-task",
    )
    return Origin(
        target=target,
        machine="a machine (znver3), 2 cores",
        versions={"mlopt": "0.1.0", "numpy": "2.4.6"},
        spaces=("packed@1",),
        most=100,
        seed=0,
    )


@pytest.fixture
def workload() -> Workload:
    square = TensorSpec(shape=(64, 64), dtype="float32")
    parallel, reduction = IteratorType.PARALLEL, IteratorType.REDUCTION
    matmul = StructuredOp(
        name="linalg.matmul",
        extents=(64, 64, 64),
        iterators=(parallel, parallel, reduction),
        maps=((0, 2), (2, 1), (0, 1)),
        dtypes=("float32",) * 3,
        num_inputs=2,
        sources=(-1, -1, -1),
        combiner="arith.addf",
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
def tabled(workload) -> TabledWorkload:
    """36 traces of two tiles: the best is (16, 4); where both are 1 it fails."""
    knobs = tuple(Knob(name=name, values=TILES, default=1) for name in ("m", "n"))
    space = Space(name="packed", version="1", knobs=knobs)
    results = {("packed", (i, j)): result(i, j) for i in range(6) for j in range(6)}
    return TabledWorkload(
        name="matmul_64x64x64",
        family="matmul",
        workload=dataclasses.replace(workload, module=""),
        spaces=(only_listed(space, frozenset(key[1] for key in results)),),
        experts=(Trace(space="packed", decisions=(("m", 8), ("n", 8))),),
        baseline_us=100.0,
        results=results,
    )


def result(i: int, j: int) -> Result:
    if (i, j) == (0, 0):
        return Result(status=FailureStatus.COMPILE_ERROR)
    speedup = round(2.0 - 0.2 * abs(i - 4) - 0.2 * abs(j - 2), 3)
    return Result(
        status=None,
        speedup=speedup,
        low=speedup - 0.01,
        high=speedup + 0.01,
        # As many digits as a file keeps.
        latency_us=float(f"{100.0 / speedup:.4g}"),
        code=f"{i}{j}",
    )


@pytest.fixture
def table(origin, tabled) -> Table:
    other = dataclasses.replace(
        tabled,
        name="another",
        workload=dataclasses.replace(tabled.workload, hash="ffee"),
    )
    extent = Line(op="mlopt.extent", results=(0,), attributes={"loop": "m"})
    region = Line(
        op="mlopt.per_loop",
        operands=(0,),
        attributes={"sizes": (1, 2), "flags": (True, False), "words": ("a",)},
        lines=(extent,),
    )
    template = SpaceTemplate(
        name="packed",
        kind="contraction",
        target="llvm-cpu",
        version="1",
        lines=(extent, region),
    )
    return Table(origin=origin, templates=(template,), workloads=(tabled, other))
