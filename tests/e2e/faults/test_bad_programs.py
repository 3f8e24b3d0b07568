"""Programs that cannot be tuned, wholly or in part: one sentence, or a note."""

import dataclasses
import functools
from pathlib import Path

import pytest

from mlopt import driver
from mlopt.core.errors import CompileError, InputError, UnsupportedError
from mlopt.core.measurement import Interval
from mlopt.core.report import Verdict
from mlopt.core.workload import Partition
from mlopt.measure.plan import MeasurePlan
from mlopt.records import Database, RecordFilter

HERE = Path(__file__).parent

# Valid, and nothing defines the function that it calls.
CALLS_ELSEWHERE = """
func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = call @elsewhere(%x) : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
"""
DYNAMIC = """
func.func @main(%x: tensor<?xf32>) -> tensor<?xf32> {
  return %x : tensor<?xf32>
}
"""
COLLECTIVE = """
func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = "stablehlo.all_reduce"(%x) ({
  ^bb0(%a: tensor<f32>, %b: tensor<f32>):
    %c = stablehlo.add %a, %b : tensor<f32>
    stablehlo.return %c : tensor<f32>
  }) {replica_groups = dense<[[0, 1]]> : tensor<1x2xi64>}
    : (tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
"""


def _file(tmp_path, text) -> str:
    (tmp_path / "model.mlir").write_text(text)
    return str(tmp_path / "model.mlir")


def test_a_program_iree_cannot_compile_is_a_compile_error(tmp_path):
    source = _file(tmp_path, CALLS_ELSEWHERE)
    with pytest.raises(CompileError, match="elsewhere") as caught:
        driver.tune(source, db=str(tmp_path / "r.db"))
    assert "model" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "error", "word"),
    [
        (DYNAMIC, UnsupportedError, "dynamic"),
        (COLLECTIVE, UnsupportedError, "all_reduce"),
        ("func.func @main( {", InputError, "model.mlir:1"),
        ("", InputError, "model"),
        ("\0\1\2 not MLIR at all", InputError, "model.mlir"),
    ],
)
def test_a_program_that_cannot_be_taken_is_one_sentence(tmp_path, text, error, word):
    with pytest.raises(error, match=word) as caught:
        driver.tune(_file(tmp_path, text), db=str(tmp_path / "r.db"))
    assert "\n" not in str(caught.value)


def _with_workload_module(workbench, module):
    """The workbench, whose partitions hold this module in their only workload."""
    call = workbench.call

    def with_module(job, *args):
        result = call(job, *args)
        if not isinstance(result, Partition):
            return result
        (workload,) = result.workloads
        spoilt = dataclasses.replace(workload, module=module)
        return dataclasses.replace(result, workloads=(spoilt,))

    workbench.call = with_module
    return workbench


def test_a_workload_that_cannot_run_alone_is_left_to_the_compiler(
    saboteur, tune_with, tmp_path
):
    # From the flow phase on nobody gives it the calling convention of an entry.
    module = (HERE / "programs" / "computes_zeros.mlir").read_text()
    workbench = _with_workload_module(saboteur(), module)
    tuned = tune_with(workbench, tmp_path / "r.db", trials=4)
    notes = [note for note in tuned.result.notes if "is left alone" in note]
    assert len(notes) == 1
    assert "running main failed" in notes[0]
    assert tuned.result.trials == 0
    assert tuned.result.workloads[0].trace.is_default
    with Database.open(tuned.db) as database:
        assert database.count(RecordFilter()) == 0
        assert len(list(database.programs())) == 1


def test_winners_that_crash_together_are_dropped_and_the_default_is_kept(
    saboteur, tune_with, tmp_path
):
    """What ran alone may still die in its program; the run must not die with it."""
    workbench = saboteur()
    segfaults = (HERE / "programs" / "segfaults.mlir").read_text()
    compile_programs = workbench.compile_programs
    composed = []

    def composing_a_crash(jobs, *timeout):
        def crashing(function, arguments):
            if function != "compile_scheduled" or not arguments[2]:
                return function, arguments
            composed.append(arguments[2])
            flags = workbench.target.compile_flags
            return "compile_program", (segfaults.encode(), flags)

        return compile_programs(
            {n: crashing(*job) for n, job in jobs.items()}, *timeout
        )

    workbench.compile_programs = composing_a_crash
    with pytest.MonkeyPatch.context() as patch:
        # Every candidate is timed and a winner, so that something is composed.
        patient = functools.partial(MeasurePlan, too_slow_factor=1e6)
        for module in ("alone", "searching.confirming"):
            patch.setattr(f"mlopt.driver.{module}.MeasurePlan", patient)
        patch.setattr("mlopt.driver.searching.confirming._finalists", _first_timed)
        patch.setattr("mlopt.driver.searching.confirming.interval_of", _sure_gain)
        tuned = tune_with(workbench, tmp_path / "r.db", trials=6)
    assert composed
    assert all(workload.trace.is_default for workload in tuned.result.workloads)
    assert tuned.result.tuned.median_us > 0.0
    assert tuned.result.verdict in set(Verdict)


def _first_timed(subject):
    return [trial for trial in subject.trials if trial.speedup is not None][:1]


def _sure_gain(timing, seed):
    return Interval(value=2.0, low=1.9, high=2.1)
