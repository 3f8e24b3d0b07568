"""An explanation names every decision, the record behind it, and what it bought."""

import dataclasses
import io

import pytest
from rich.console import Console

from mlopt.core.candidate import Trace
from mlopt.core.explanation import (
    KernelUse,
    Lever,
    LeverKind,
    ProgramExplanation,
)
from mlopt.core.measurement import Interval
from mlopt.core.record import ProgramRecord, TuningRecord, WorkloadChoice
from mlopt.core.report import Verdict
from mlopt.report.explain import print_explanation

CREATED = "2025-01-02T03:04:05+00:00"


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
        created_at=CREATED,
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
        created_at=CREATED,
        provenance="mlopt tune",
    )
    return (
        WorkloadChoice(workload=record.workload, name="matmul_8x8x8", record=record),
        WorkloadChoice(workload="0123456789abcdef", name="softmax_8", record=None),
    )


def kernel(name, share, latency_us, *, is_scheduled=False):
    return KernelUse(
        name=name,
        share=share,
        num_calls=1,
        latency_us=latency_us,
        flops=3 * 10**8,
        num_bytes=15 * 10**6,
        is_scheduled=is_scheduled,
    )


@pytest.fixture
def explanation(program, choices, result):
    def latency(median_us):
        return dataclasses.replace(result.tuned, median_us=median_us)

    levers = (
        Lever(
            kind=LeverKind.OPTIONS,
            subject="O3",
            falls_with_it="1 schedule",
            without=latency(2800.0),
            bought=Interval(value=1.4, low=1.35, high=1.45),
            failure="",
        ),
        Lever(
            kind=LeverKind.SCHEDULE,
            subject="matmul_8x8x8 (a1b2c3d4e5f6)",
            falls_with_it="",
            without=latency(2002.0),
            bought=Interval(value=1.001, low=0.99, high=1.01),
            failure="",
        ),
        Lever(
            kind=LeverKind.CONSTANTS,
            subject="w, v",
            falls_with_it="",
            without=None,
            bought=None,
            failure="[red]refused",
        ),
    )
    return ProgramExplanation(
        name="bert_layer",
        target=result.target,
        versions={"mlopt": "0.1.0"},
        record=program,
        choices=choices,
        licence="reassociation only",
        base_name="O3",
        default=latency(3000.0),
        tuned=latency(2000.0),
        speedup=Interval(value=1.5, low=1.4, high=1.6),
        levers=levers,
        kernels=(
            kernel("matmul_8x8x8", 0.75, 1500.0, is_scheduled=True),
            kernel("softmax_8", 0.2, 100.0),
            *(kernel(f"copy_{i}", 0.005, 10.0) for i in range(10)),
        ),
    )


def text_of(explanation) -> str:
    stream = io.StringIO()
    print_explanation(explanation, Console(file=stream, width=100))
    return stream.getvalue()


def test_a_tuned_program_matches_the_golden_text(explanation, check_golden):
    check_golden("explain.txt", text_of(explanation))


def test_kernels_known_from_other_programs_are_explained_too(explanation):
    text = text_of(dataclasses.replace(explanation, record=None))
    assert "This program as a whole was not tuned" in text
    assert "matmul_8x8x8 (a1b2c3d4e5f6): alone, 2.00x over default" in text
    assert "tile_m=8, peel=True" in text


def test_without_any_decision_the_reader_is_told_what_to_do(explanation):
    text = text_of(dataclasses.replace(explanation, levers=(), record=None))
    assert "nothing to switch off" in text
    assert "f.tune(*args)" in text
    assert "bought" not in text
    assert "softmax_8" in text


def test_kernels_say_how_fast_they_are_in_place(explanation):
    text = text_of(explanation)
    # 3e8 operations and 1.5e7 bytes in 1.5 ms.
    row = next(line for line in text.splitlines() if line.startswith("matmul_8x8x8  "))
    assert " ".join(row.split()) == "matmul_8x8x8 75.0% 1 1.50 ms 200 10.0 tuned"
    assert "and 2 more, together 1.0% of the time" in text
    assert "12 calls take 1.70 ms; a run of the program takes 2.00 ms." in text


def test_a_program_that_was_not_profiled_has_no_such_table(explanation):
    assert "GFLOP/s" not in text_of(dataclasses.replace(explanation, kernels=()))


def test_a_gain_within_the_noise_is_not_called_one(explanation):
    now = Interval(value=1.01, low=0.98, high=1.05)
    text = text_of(dataclasses.replace(explanation, speedup=now))
    assert "Now, with all of it: no significant gain: 1.01x over default" in text
