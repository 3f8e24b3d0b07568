"""A measuring worker against programs that are wrong, slow, endless or deadly."""

import dataclasses
import os
import shutil
import signal
import threading

import ml_dtypes
import numpy as np
import pytest

from mlopt.core.errors import MeasureError
from mlopt.core.measurement import Failure, FailureStatus, Timing
from mlopt.measure.client import MeasuringWorker
from mlopt.measure.plan import Contender, MachineLimits, Work

MATRIX_BYTES = 128 * 128 * 4


@pytest.fixture(scope="module")
def prepared(worker, spec_of, inputs):
    """The worker with "matmul" prepared against float64 references."""
    references = [[lhs.astype(np.float64) @ rhs] for lhs, rhs in inputs]
    worker.prepare(spec_of("matmul", references=references))
    return worker


def assert_alive(worker, vmfb, plan):
    outcome = worker.measure("matmul", vmfb("matmul"), plan, may_repeat=True)
    assert isinstance(outcome, Timing)


def test_a_baseline_is_timed_checked_and_weighed(worker, spec_of, inputs):
    references = [[lhs.astype(np.float64) @ rhs] for lhs, rhs in inputs]
    facts = worker.prepare(spec_of("matmul", key="facts", references=references))
    assert facts.latency_us > 0.0
    assert facts.calls_per_sample >= 1
    assert 0.0 < facts.max_relative_error < 1e-5
    assert facts.peak_memory_bytes == 3 * MATRIX_BYTES
    again = worker.prepare(spec_of("matmul", key="facts"))
    assert again.outputs_digest == facts.outputs_digest
    assert again.max_relative_error == 0.0


def test_narrow_boolean_and_scalar_values_cross_unchanged(worker, spec_of):
    arrays = [
        np.linspace(-3, 3, 32, dtype=np.float32).reshape(8, 4),
        np.array([True, False, True, True]),
        np.array(-7, np.int32),
    ]
    narrow = arrays[0].astype(ml_dtypes.bfloat16)
    facts = worker.prepare(
        spec_of(
            "mixed",
            inputs=[[narrow, *arrays[1:]]],
            references=[[2.0 * narrow.astype(np.float64), *arrays[1:]]],
        )
    )
    assert facts.max_relative_error == 0.0


def test_a_baseline_that_computes_something_else_is_refused(worker, spec_of, inputs):
    sums = [[lhs + rhs] for lhs, rhs in inputs]
    with pytest.raises(MeasureError, match="already differs from the reference"):
        worker.prepare(spec_of("matmul", key="refused", references=sums))


def test_a_right_candidate_is_timed_in_pairs(prepared, vmfb, plan):
    plan = dataclasses.replace(plan, measures_memory=True)
    outcome = prepared.measure("matmul", vmfb("matmul"), plan, may_repeat=True)
    assert isinstance(outcome, Timing)
    assert len(outcome.latency_us) == len(outcome.baseline_us) == 6
    assert min(outcome.latency_us + outcome.baseline_us) > 0.0
    assert outcome.max_relative_error < 1e-5
    assert outcome.peak_memory_bytes == 3 * MATRIX_BYTES
    assert outcome.peak_rss_bytes > 10 << 20


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("sum", "output 0 is off by"),
        ("nan", "output 0 is NaN in"),
        ("zeros", "output 0 is off by"),
        ("unwritten", "output 0 is NaN in 16384 of 16384"),
    ],
)
def test_a_wrong_result_is_not_timed(prepared, vmfb, plan, name, sentence):
    outcome = prepared.measure("matmul", vmfb(name), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.WRONG_RESULT
    assert sentence in outcome.detail


def test_unwritten_memory_is_not_taken_for_zeros(worker, spec_of, vmfb, plan):
    worker.prepare(spec_of("zeros"))
    outcome = worker.measure("zeros", vmfb("unwritten"), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.WRONG_RESULT


@pytest.mark.timed
def test_a_slow_candidate_is_dropped_after_its_first_calls(worker, spec_of, vmfb, plan):
    worker.prepare(spec_of("matmul", key="fast"))
    plan = dataclasses.replace(plan, too_slow_factor=5.0)
    outcome = worker.measure("fast", vmfb("repeated"), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.TOO_SLOW
    assert "where the baseline takes" in outcome.detail


def test_a_hopeless_candidate_is_dropped_with_its_samples(prepared, vmfb, plan):
    plan = dataclasses.replace(plan, race_against=1000.0)
    outcome = prepared.measure("matmul", vmfb("matmul"), plan, may_repeat=True)
    assert isinstance(outcome, Timing)
    assert len(outcome.latency_us) == plan.pairs_per_round


@pytest.mark.timed
def test_a_candidate_faster_than_the_machine_is_a_wrong_result(
    worker, spec_of, vmfb, plan
):
    facts = worker.prepare(spec_of("repeated"))
    flops = 1e9
    limits = MachineLimits(
        flops_per_s=2.0 * flops / (facts.latency_us * 1e-6),
        bytes_per_s=1e12,
        cache_bytes=0,
        cached_bytes_per_s=1e11,
    )
    plan = dataclasses.replace(plan, work=Work(flops=flops), limits=limits)
    outcome = worker.measure("repeated", vmfb("matmul"), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.WRONG_RESULT
    assert "faster than the machine can be" in outcome.detail


def test_code_measured_before_is_a_duplicate(worker, spec_of, vmfb, plan, tmp_path):
    worker.prepare(spec_of("matmul", key="duplicates"))
    copies = [shutil.copy(vmfb("sum"), tmp_path / name) for name in ("one", "two")]
    first = worker.measure("duplicates", str(copies[0]), plan, name="candidate 1")
    assert isinstance(first, Failure)
    assert first.status is FailureStatus.WRONG_RESULT
    second = worker.measure("duplicates", str(copies[1]), plan, name="candidate 2")
    assert isinstance(second, Failure)
    assert second.status is FailureStatus.DUPLICATE
    assert "candidate 1" in second.detail
    default = worker.measure("duplicates", vmfb("matmul"), plan)
    assert isinstance(default, Failure)
    assert "the compiler's own choice" in default.detail


@pytest.mark.parametrize("name", ["assertion", "unary"])
def test_a_candidate_that_reports_an_error_is_a_crash(prepared, vmfb, plan, name):
    outcome = prepared.measure("matmul", vmfb(name), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.RUN_CRASH
    assert "\n" not in outcome.detail
    assert_alive(prepared, vmfb, plan)


def test_a_file_that_is_no_program_is_a_crash(prepared, vmfb, plan, tmp_path):
    path = tmp_path / "broken.vmfb"
    path.write_bytes(b"\x07" * 4096)
    outcome = prepared.measure("matmul", str(path), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.RUN_CRASH
    assert_alive(prepared, vmfb, plan)


def test_an_endless_candidate_is_stopped_and_the_next_one_measured(
    prepared, vmfb, plan
):
    plan = dataclasses.replace(plan, too_slow_factor=100.0)
    outcome = prepared.measure("matmul", vmfb("hang"), plan)
    assert isinstance(outcome, Failure)
    assert outcome.status is FailureStatus.RUN_TIMEOUT
    assert_alive(prepared, vmfb, plan)


def test_a_killed_worker_costs_one_candidate(spec_of, vmfb, plan, tmp_path):
    with MeasuringWorker() as worker:
        worker.prepare(spec_of("matmul"))
        pid = worker.pid
        assert pid is not None
        killer = threading.Timer(0.3, os.kill, (pid, signal.SIGKILL))
        killer.start()
        # An endless candidate of its own file: it is certain to be under way then.
        hang = shutil.copy(vmfb("hang"), tmp_path / "killed.vmfb")
        outcome = worker.measure("matmul", str(hang), plan)
        assert isinstance(outcome, Failure)
        assert outcome.status is FailureStatus.RUN_CRASH
        assert "SIGKILL" in outcome.detail
        assert_alive(worker, vmfb, plan)
        assert worker.pid != pid


@pytest.mark.timed
def test_programs_are_compared_in_turns(prepared, vmfb):
    names = ("matmul", "repeated", "sum")
    contenders = {name: Contender(path=vmfb(name)) for name in names}
    comparison = prepared.compare_many("matmul", contenders, 4)
    assert {name: len(times) for name, times in comparison.latency_us.items()} == {
        "matmul": 4,
        "repeated": 4,
    }
    assert comparison.failures["sum"].status is FailureStatus.WRONG_RESULT
    assert set(comparison.max_relative_error) == {"matmul", "repeated"}
    fast, slow = (np.median(comparison.latency_us[n]) for n in ("matmul", "repeated"))
    assert slow > 5.0 * fast


def test_only_the_program_that_may_be_less_accurate_is_judged_less_strictly(
    prepared, vmfb
):
    contenders = {
        "exact": Contender(path=vmfb("rounded")),
        "tight": Contender(path=vmfb("rounded"), accuracy=1e-4),
        "loose": Contender(path=vmfb("rounded"), accuracy=0.05),
    }
    comparison = prepared.compare_many("matmul", contenders, 2)
    assert set(comparison.latency_us) == {"loose"}
    assert 1e-4 < comparison.max_relative_error["loose"] < 0.05
    wrong = {failure.status for failure in comparison.failures.values()}
    assert wrong == {FailureStatus.WRONG_RESULT}


def test_a_program_with_other_inputs_is_compared_too(prepared, spec_of, vmfb, inputs):
    prepared.prepare(spec_of("unary", inputs=[seed[:1] for seed in inputs]))
    contenders = {
        "matmul": Contender(path=vmfb("matmul")),
        "unary": Contender(path=vmfb("unary"), key="unary"),
        "misplaced": Contender(path=vmfb("unary")),
    }
    comparison = prepared.compare_many("matmul", contenders, 3)
    assert {len(times) for times in comparison.latency_us.values()} == {3}
    assert set(comparison.failures) == {"misplaced"}


def test_peak_memory_of_a_program_counts_its_temporaries(prepared, vmfb):
    # Two inputs, two temporaries, one result.
    assert prepared.peak_memory_bytes("matmul", vmfb("chain")) == 5 * MATRIX_BYTES


def test_energy_says_where_it_comes_from(prepared, vmfb):
    energy = prepared.energy("matmul", vmfb("matmul"), 20)
    assert energy.energy_uj > 0.0
    assert energy.is_estimated == ("estimated" in str(energy))


def test_a_released_baseline_is_unknown(worker, spec_of, vmfb, plan):
    worker.prepare(spec_of("matmul", key="released"))
    worker.release("released")
    with pytest.raises(KeyError):
        worker.measure("released", vmfb("matmul"), plan)


def test_hundreds_of_candidates_leave_nothing_behind(worker, spec_of, vmfb, plan):
    worker.prepare(spec_of("matmul", key="leak"))
    plan = dataclasses.replace(plan, num_rounds=1, pairs_per_round=1)
    resident = []
    for _ in range(200):
        outcome = worker.measure("leak", vmfb("chain"), plan, may_repeat=True)
        assert isinstance(outcome, Failure)
        outcome = worker.measure("leak", vmfb("matmul"), plan, may_repeat=True)
        assert isinstance(outcome, Timing)
        resident.append(outcome.peak_rss_bytes)
    # A loaded program takes about 100 kB: 400 of them would be 40 MB.
    assert resident[-1] - resident[20] < 4 << 20
