"""What a run claims, from samples whose medians and ratios are known."""

import dataclasses

import pytest

from mlopt.core.candidate import Schedule
from mlopt.core.measurement import Failure, FailureStatus, Interval
from mlopt.core.report import Verdict
from mlopt.core.workload import Partition
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.recording import Origin
from mlopt.driver.results import (
    Run,
    describe,
    failure_notes,
    program_record,
    program_result,
)
from mlopt.driver.spaces import SpaceLibrary
from mlopt.measure.plan import Comparison


def _comparison(**latency_us) -> Comparison:
    samples = {"default": (200.0,) * 8, "stock_best": (150.0,) * 8}
    samples["tuned"] = (100.0,) * 8
    return Comparison(
        latency_us=samples | latency_us,
        max_relative_error={"default": 1e-7, "stock_best": 2e-7, "tuned": 3e-7},
        failures={},
    )


@pytest.fixture
def run(target, spaces, workload, time, timed, failed) -> Run:
    """One workload in which a schedule was found; tuned is twice as fast."""
    trace = timed.candidate.trace
    schedule = Schedule(workload="a1b2", trace=trace, script="module {}")
    partition = Partition(flow=b"", workloads=(workload,), flags=())
    return Run(
        name="dense",
        program="feed",
        origin=Origin(target=target, spaces=spaces, seed=0, provenance="a test"),
        recipe=Recipe(
            base="default",
            partition=partition,
            schedules={"a1b2": schedule},
            path="tuned.vmfb",
        ),
        stock_best="O2",
        comparison=_comparison(),
        memory={"default": 10, "stock_best": 20, "tuned": None},
        workloads=(workload,),
        times=(time,),
        trials={"a1b2": (timed, failed, failed)},
        speedups={"a1b2": Interval(value=2.0, low=1.9, high=2.1)},
        num_trials=3,
        wall_s=12.5,
        notes=("a note",),
        licence="reassociation only",
    )


def test_what_was_recorded_of_a_space_that_is_gone_is_kept(run):
    gone = dataclasses.replace(
        run,
        origin=dataclasses.replace(run.origin, spaces=SpaceLibrary(())),
        space_versions={"a1b2": "someone_elses@7"},
    )
    (chosen,) = program_record(gone, program_result(gone, None)).chosen
    assert chosen.space_version == "someone_elses@7"
    (chosen,) = program_record(run, program_result(run, None)).chosen
    assert chosen.space_version == "configured@1"


def test_medians_and_ratios_are_those_of_the_samples(run):
    result = program_result(run, "out")
    assert result.baselines["default"].median_us == 200.0
    assert result.baselines["stock_best"].median_us == 150.0
    assert result.tuned.median_us == 100.0
    assert result.tuned.ci95 == (100.0, 100.0)
    assert result.tuned.samples == 8
    assert result.speedup["default"] == Interval(value=2.0, low=2.0, high=2.0)
    assert result.speedup["stock_best"] == Interval(value=1.5, low=1.5, high=1.5)
    assert result.max_relative_error == 3e-7
    assert result.tuned.peak_memory_bytes is None
    assert result.baselines["stock_best"].peak_memory_bytes == 20
    assert result.schedule_path == "out"


def test_the_interval_of_a_median_lies_within_the_samples(run):
    samples = (90.0, 95.0, 100.0, 105.0, 110.0, 120.0, 80.0, 100.0)
    noisy = dataclasses.replace(run, comparison=_comparison(tuned=samples))
    latency = program_result(noisy, None).tuned
    assert latency.median_us == 100.0
    assert 80.0 <= latency.ci95[0] < 100.0 < latency.ci95[1] <= 120.0


def test_equal_inputs_give_an_equal_result(run):
    samples = tuple(100.0 + i % 7 for i in range(40))
    noisy = dataclasses.replace(run, comparison=_comparison(tuned=samples[:8]))
    assert program_result(noisy, None) == program_result(noisy, None)


@pytest.mark.parametrize(
    ("tuned", "verdict"),
    [
        ((100.0,) * 8, Verdict.FASTER),
        ((200.0,) * 8, Verdict.NO_SIGNIFICANT_GAIN),
        ((300.0,) * 8, Verdict.NO_SIGNIFICANT_GAIN),
        ((100.0, 400.0) * 4, Verdict.NO_SIGNIFICANT_GAIN),
    ],
)
def test_only_an_interval_above_one_is_faster(run, tuned, verdict):
    other = dataclasses.replace(run, comparison=_comparison(tuned=tuned))
    assert program_result(other, None).verdict is verdict


def test_a_changed_workload_is_as_much_faster_as_was_confirmed(run):
    (workload,) = program_result(run, None).workloads
    assert (workload.before_us, workload.after_us) == (100.0, 50.0)
    assert workload.changed == "configured: tile=8 peel=true"
    assert workload.trials == 3
    assert workload.failures == ((FailureStatus.WRONG_RESULT, 2),)


def test_a_workload_without_a_schedule_is_unchanged_whatever_was_found(run):
    kept = dataclasses.replace(run.recipe, schedules={})
    (workload,) = program_result(dataclasses.replace(run, recipe=kept), None).workloads
    assert workload.before_us == workload.after_us == 100.0
    assert workload.speedup is None
    assert workload.trace.is_default
    assert workload.changed == ""


def test_workloads_come_by_share_and_those_never_run_are_left_out(run, workload, time):
    others = [
        dataclasses.replace(workload, hash=name) for name in ("small", "large", "idle")
    ]
    times = (
        dataclasses.replace(time, workload="small", share=0.05),
        dataclasses.replace(time, workload="large", share=0.9),
        time,
    )
    wide = dataclasses.replace(run, workloads=(workload, *others), times=times)
    result = program_result(wide, None)
    assert [w.hash for w in result.workloads] == ["large", "a1b2", "small"]


def test_a_drifting_baseline_is_said(run):
    drifting = (100.0,) * 10 + (200.0,) * 10
    samples = dict.fromkeys(("default", "stock_best", "tuned"), drifting)
    moved = dataclasses.replace(run, comparison=_comparison(**samples))
    notes = program_result(moved, None).notes
    assert notes[0] == "a note"
    assert "drifted by" in notes[1]
    assert len(program_result(run, None).notes) == 1


def test_a_record_says_what_a_later_run_needs_to_rebuild(run):
    record = program_record(run, program_result(run, None))
    (chosen,) = record.chosen
    assert chosen.workload == "a1b2"
    assert chosen.executables == ("main_dispatch_0",)
    assert chosen.script == "module {}"
    assert record.base_name == "default"
    assert record.stock_best_name == "O2"
    assert record.tuned_us == (100.0,) * 8
    assert (record.trials, record.wall_s) == (3, 12.5)
    assert record.verdict is Verdict.FASTER


def test_an_option_set_that_failed_is_a_note():
    failure = Failure(status=FailureStatus.COMPILE_ERROR, detail="no such op")
    assert failure_notes({"O3": failure}) == (
        "the option set O3 could not be compared: no such op",
    )


def test_a_schedule_is_described_by_its_space_and_decisions(timed):
    assert describe(timed.candidate.trace) == "configured: tile=8 peel=true"
