"""A small table that was never measured, with a landscape that is easy to search."""

import dataclasses

import pytest

from mlopt.bench.tabular.table import Origin, Result, Table, TabledWorkload, only_listed
from mlopt.core.candidate import Knob, Space, Trace
from mlopt.core.measurement import FailureStatus
from mlopt.core.template import Line, SpaceTemplate
from mlopt.core.workload import Workload

TILES = (1, 2, 4, 8, 16, 32)


@pytest.fixture
def origin(cpu) -> Origin:
    return Origin(
        target=cpu,
        machine="a machine (znver3), 2 cores",
        versions=(("mlopt", "0.1.0"), ("numpy", "2.4.6")),
        spaces=("packed@1",),
        most=100,
        seed=0,
    )


@pytest.fixture
def workload(kernels) -> Workload:
    return dataclasses.replace(kernels.matmul(64, 64, 64), module="module {}")


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
