"""A finished run that tests vary by `dataclasses.replace`, and golden files."""

from pathlib import Path

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.report import Latency, ProgramResult, Verdict, WorkloadResult
from mlopt.core.target import Target

GOLDEN = Path(__file__).parent / "golden"

TARGET = Target(
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
    compile_flags=("--iree-llvmcpu-target-cpu=znver3",),
    device_uri="local-task",
)


def latency(median_us: float) -> Latency:
    return Latency(
        median_us=median_us,
        ci95=(median_us * 0.99, median_us * 1.015),
        samples=60,
        peak_memory_bytes=12 << 20,
    )


def workload(name: str, share: float, **fields) -> WorkloadResult:
    settings = {
        "hash": f"hash-of-{name}",
        "name": name,
        "kind": "contraction",
        "share": share,
        "num_calls": 1,
        "before_us": 1000.0 * share,
        "after_us": 1000.0 * share,
        "speedup": None,
        "trace": Trace(space="configured.contraction"),
        "changed": "",
        "trials": 10,
        "failures": (),
    }
    return WorkloadResult(**(settings | fields))


@pytest.fixture
def result() -> ProgramResult:
    """A gain over both baselines; one workload of five changed."""
    tiled = Trace(
        space="configured.contraction",
        decisions=(("tile_m", 8), ("tile_n", 32), ("peel", True), ("pipeline", "cpu")),
    )
    tuned = workload(
        "matmul_128x3072x768",
        0.62,
        num_calls=4,
        after_us=410.0,
        speedup=Interval(value=1.512, low=1.48, high=1.55),
        trace=tiled,
        changed="tiles of 8 x 32 instead of 16 x 16; edges peeled, not masked",
        failures=((FailureStatus.COMPILE_ERROR, 3), (FailureStatus.WRONG_RESULT, 1)),
    )
    return ProgramResult(
        name="bert_layer",
        target=TARGET,
        versions={"mlopt": "0.1.0", "jax": "0.10.2", "iree": "3.13.0"},
        baselines={"default": latency(12_300.0), "stock_best": latency(10_120.0)},
        tuned=latency(8_210.0),
        speedup={
            "default": Interval(value=1.498, low=1.452, high=1.523),
            "stock_best": Interval(value=1.233, low=1.2, high=1.26),
        },
        verdict=Verdict.FASTER,
        max_relative_error=1.25e-5,
        trials=168,
        failures=((FailureStatus.COMPILE_ERROR, 8), (FailureStatus.WRONG_RESULT, 4)),
        workloads=(
            tuned,
            workload("softmax_12x128x128", 0.3, before_us=None, after_us=None),
            workload("layer_norm_128x768", 0.07, kind="reduction"),
            workload("copy_1", 0.006),
            workload("copy_2", 0.004),
        ),
        wall_s=95.4,
        schedule_path="build/bert_layer/schedule.mlir",
        stock_best_name="data-tiling",
        base_name="default",
        licence="reassociation only",
        seed=0,
        notes=("the default drifted by 4% while the final comparison ran",),
    )


@pytest.fixture
def check_golden(update_golden):
    """Compare a text with a file in golden/, or write it there."""

    def check(name: str, text: str) -> None:
        if update_golden:
            GOLDEN.mkdir(exist_ok=True)
            (GOLDEN / name).write_text(text)
        assert text == (GOLDEN / name).read_text()

    return check
