"""One search meets every kind of bad candidate, records each, and goes on."""

from pathlib import Path

import pytest

from mlopt import defaults
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.records import Database, RecordFilter

HERE = Path(__file__).parent
COMPILE_S = 6.0
MEMORY_BYTES = 600 << 20


def scripted(name):
    script = (HERE / "schedules" / f"{name}.mlir").read_text()

    def fault(workbench, workload, built):
        return workbench.compile_script(workload, built, script, COMPILE_S)

    return fault


def computing(name):
    program = (HERE / "programs" / f"{name}.mlir").read_text()

    def fault(workbench, workload, built):
        return workbench.replace_code(built, program)

    return fault


FAULTS = {
    "abort": (scripted("aborts_the_compiler"), FailureStatus.COMPILE_CRASH),
    "loop": (scripted("never_compiles"), FailureStatus.COMPILE_TIMEOUT),
    "memory": (scripted("eats_memory"), FailureStatus.COMPILE_CRASH),
    "entry": (scripted("has_no_entry"), FailureStatus.ILLEGAL_SCHEDULE),
    "wrong": (computing("computes_zeros"), FailureStatus.WRONG_RESULT),
    "nan": (computing("computes_nan"), FailureStatus.WRONG_RESULT),
    "hang": (computing("never_returns"), FailureStatus.RUN_TIMEOUT),
    "segfault": (computing("segfaults"), FailureStatus.RUN_CRASH),
    "error": (computing("reports_an_error"), FailureStatus.RUN_CRASH),
}
SENTENCES = {
    "abort": "LLVM ERROR: Cannot select",
    "loop": "did not finish within 6 s",
    "memory": "out of memory",
    "entry": "has no entry @__transform_main",
    "wrong": "output 0 is off by",
    "nan": "output 0 is NaN in",
    "hang": "did not finish within",
    "segfault": "SIGSEGV",
    "error": "refused at run time",
}
NUM_TRIALS = len(FAULTS) + 3


@pytest.fixture(scope="module")
def searched(saboteur, tune_with, tmp_path_factory):
    """A run whose candidates 1, 2, 3 ... meet the faults above; 0 is a good one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(defaults, "COMPILE_MEMORY_BYTES", MEMORY_BYTES)
        workbench = saboteur()
    workbench.faults = {
        number: fault for number, (fault, _) in enumerate(FAULTS.values(), start=1)
    }
    db = tmp_path_factory.mktemp("faults") / "records.db"
    return tune_with(workbench, db, trials=NUM_TRIALS)


@pytest.fixture(scope="module")
def records(searched):
    with Database.open(searched.db) as database:
        return list(database.all(RecordFilter(is_final=False)))


@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_candidate_is_recorded_with_its_status_and_reason(records, name):
    record = records[1 + list(FAULTS).index(name)]
    assert record.status is FAULTS[name][1], record.detail
    assert SENTENCES[name] in record.detail
    assert "\n" not in record.detail
    assert record.latency_us == ()
    assert record.speedup is None


def test_the_search_went_on_to_the_end_of_its_budget(searched, records):
    assert searched.result.trials == len(records) == NUM_TRIALS
    good = [records[0], *records[-2:]]
    assert all(record.status is not FailureStatus.RUN_CRASH for record in good)
    assert any(record.latency_us for record in records[-2:]) or all(
        record.status is FailureStatus.DUPLICATE for record in records[-2:]
    )


def test_the_report_counts_failures_by_status(searched, records):
    counted = dict(searched.result.failures)
    for status in {status for _, status in FAULTS.values()}:
        assert counted[status] == sum(record.status is status for record in records)


def test_no_bad_candidate_is_chosen(searched, records):
    bad = {r.trace for r in records if r.status is not None}
    chosen = {w.trace for w in searched.result.workloads if not w.trace.is_default}
    assert not chosen & bad


def test_the_faults_reached_the_search_as_meant(searched):
    outcomes = searched.workbench.outcomes[1 : 1 + len(FAULTS)]
    refused = [isinstance(outcome, Failure) for outcome in outcomes]
    # The first four never became code.
    assert refused == [True] * 4 + [False] * 5
