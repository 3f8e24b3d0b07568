"""A tuning record and a program record that tests vary by `dataclasses.replace`."""

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.measurement import FailureStatus, Interval
from mlopt.core.record import ChosenSchedule, ProgramRecord, TuningRecord
from mlopt.core.report import Verdict, WorkloadResult
from mlopt.records import Database

TRACE = Trace(space="configured", decisions=(("tile_m", 8), ("peel", True)))
SCRIPT = "module attributes {transform.with_named_sequence} {}\n"


@pytest.fixture
def tuning() -> TuningRecord:
    return TuningRecord(
        workload="a1b2",
        kind="contraction",
        target="llvm-cpu/x86_64/znver3/2c/00000000",
        compiler_version="3.13.0",
        space_version="configured-1",
        mlopt_version="0.1.0",
        trace=TRACE,
        script=SCRIPT,
        status=None,
        detail="",
        latency_us=(10.0, 10.5),
        baseline_us=(20.0, 20.25),
        speedup=2.0,
        speedup_low=1.9,
        speedup_high=2.1,
        max_relative_error=1e-6,
        peak_memory_bytes=4096,
        peak_rss_bytes=1 << 26,
        is_final=True,
        seed=0,
        created_at="2025-01-02T03:04:05+00:00",
        provenance="mlopt tune",
    )


@pytest.fixture
def program() -> ProgramRecord:
    ratio = Interval(value=1.5, low=1.4, high=1.6)
    workload = WorkloadResult(
        hash="a1b2",
        name="matmul_128x768x768",
        kind="contraction",
        share=0.75,
        num_calls=4,
        before_us=20.0,
        after_us=10.0,
        speedup=ratio,
        trace=TRACE,
        changed="tiles of 8",
        trials=12,
        failures=((FailureStatus.COMPILE_ERROR, 2),),
    )
    chosen = ChosenSchedule(
        workload="a1b2",
        executables=("fn_dispatch_0",),
        space_version="configured-1",
        trace=TRACE,
        script=SCRIPT,
    )
    return ProgramRecord(
        program="feed",
        name="bert_layer",
        target="llvm-cpu/x86_64/znver3/2c/00000000",
        compiler_version="3.13.0",
        mlopt_version="0.1.0",
        base_name="default",
        base_flags=("--iree-opt-level=O3",),
        stock_best_name="O3",
        chosen=(chosen,),
        workloads=(workload,),
        default_us=(300.0, 310.0),
        stock_best_us=(250.0, 251.0),
        tuned_us=(200.0, 201.0),
        speedup_default=ratio,
        speedup_stock_best=Interval(value=1.25, low=1.2, high=1.3),
        verdict=Verdict.FASTER,
        max_relative_error=2e-6,
        trials=40,
        wall_s=63.5,
        seed=0,
        created_at="2025-01-02T03:04:05+00:00",
        provenance="mlopt tune",
    )


@pytest.fixture
def database(tmp_path):
    with Database.open(tmp_path / "records.db") as opened:
        yield opened
