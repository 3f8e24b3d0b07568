"""An explanation names what runs, the record behind it and the measured gain."""

import pytest

from mlopt.core.candidate import Trace
from mlopt.core.measurement import Interval
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice
from mlopt.core.report import Verdict
from mlopt.report.explain import explain


@pytest.fixture
def program():
    return ProgramRecord(
        program="feed",
        name="bert_layer",
        target="llvm-cpu",
        compiler_version="3.13.0",
        mlopt_version="0.1.0",
        base_name="O3",
        base_flags=("--iree-opt-level=O3",),
        stock_best_name="data-tiling",
        chosen=(),
        workloads=(),
        default_us=(300.0,),
        stock_best_us=(250.0,),
        tuned_us=(200.0,),
        speedup_default=Interval(value=1.5, low=1.4, high=1.6),
        speedup_stock_best=Interval(value=1.01, low=0.98, high=1.05),
        verdict=Verdict.FASTER,
        max_relative_error=1e-6,
        trials=40,
        wall_s=63.0,
        seed=3,
        created_at="2025-01-02T03:04:05+00:00",
        provenance="mlopt tune",
    )


@pytest.fixture
def choices():
    record = TuningRecord(
        workload="a1b2c3d4e5f60718",
        kind="contraction",
        target="llvm-cpu",
        compiler_version="3.13.0",
        space_version="1",
        mlopt_version="0.1.0",
        trace=Trace(space="configured", decisions=(("tile_m", 8), ("peel", True))),
        script="module {}",
        status=None,
        detail="",
        latency_us=(10.0,),
        baseline_us=(20.0,),
        speedup=2.0,
        speedup_low=1.9,
        speedup_high=2.1,
        max_relative_error=0.0,
        peak_memory_bytes=None,
        peak_rss_bytes=1,
        is_final=True,
        seed=0,
        created_at="2025-01-02T03:04:05+00:00",
        provenance="mlopt tune",
    )
    return (
        WorkloadChoice(workload=record.workload, name="matmul_8x8x8", record=record),
        WorkloadChoice(workload="0123456789abcdef", name="softmax_8", record=None),
    )


def test_a_tuned_program_matches_the_golden_text(program, choices, check_golden):
    text = explain(
        name="bert_layer", target="llvm-cpu", program=program, choices=choices
    )
    check_golden("explain.txt", text + "\n")


def test_kernels_known_from_other_programs_are_explained_too(choices):
    text = explain(name="f", target="llvm-cpu", program=None, choices=choices)
    assert "This program as a whole was not tuned" in text
    assert "matmul_8x8x8 (a1b2c3d4e5f6): 2.00x over default" in text
    assert "tile_m=8, peel=True" in text


def test_without_any_record_the_reader_is_told_what_to_do(choices):
    text = explain(name="f", target="llvm-cpu", program=None, choices=choices[1:])
    assert "no record" in text
    assert "f.tune(*args)" in text


def test_a_gain_within_the_noise_is_not_called_one(program):
    text = explain(name="f", target="llvm-cpu", program=program, choices=())
    assert "no significant gain: 1.01x over stock-best" in text
