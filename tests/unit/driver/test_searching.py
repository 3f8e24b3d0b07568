"""Bounds and counts of a search, by hand."""

import dataclasses
import math

import numpy as np
import pytest

from mlopt.core.candidate import Knob, Space
from mlopt.core.measurement import Failure, FailureStatus
from mlopt.core.workload import WorkloadKind
from mlopt.driver.recording import Origin
from mlopt.driver.searching.search import Search, Subject, count_failures, potential
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import MachineLimits
from mlopt.records import Database
from mlopt.report.progress import NullProgress
from mlopt.search.strategies import make_strategy

LIMITS = MachineLimits(
    flops_per_s=1e10, bytes_per_s=1e9, cache_bytes=1 << 20, cached_bytes_per_s=1e11
)


@pytest.fixture
def subject(workload, time) -> Subject:
    knob = Knob(name="tile", values=(1, 2), default=1)
    space = Space(name="configured", version="1", knobs=(knob,))
    strategy = make_strategy("random", [space], [], np.random.default_rng(0))
    return Subject(workload=workload, time=time, strategy=strategy)


def test_potential_is_the_time_over_the_rooflines(subject):
    # 524288 flops at 1e10 flops/s are 52.4 us; one call takes 100 us.
    assert potential(subject, LIMITS) == pytest.approx(100.0 / 52.4288)


def test_memory_bounds_what_does_not_fit_the_cache(subject):
    small = dataclasses.replace(LIMITS, cache_bytes=0, flops_per_s=1e15)
    # 49152 bytes at 1e9 bytes/s are 49.2 us.
    assert potential(subject, small) == pytest.approx(100.0 / 49.152)
    large = dataclasses.replace(small, cache_bytes=1 << 20)
    # 49152 bytes at 1e11 bytes/s are 0.49 us.
    assert potential(subject, large) == pytest.approx(100.0 / 0.49152)


def test_potential_is_never_below_one_and_infinite_without_work(subject, workload):
    slow = dataclasses.replace(LIMITS, flops_per_s=1.0)
    assert potential(subject, slow) == 1.0
    subject.workload = dataclasses.replace(workload, flops=0, num_bytes=0)
    assert potential(subject, LIMITS) == math.inf


def test_failures_are_counted_by_status_in_a_fixed_order(timed, failed):
    crash = dataclasses.replace(
        failed, measurement=Failure(status=FailureStatus.RUN_CRASH, detail="died")
    )
    expected = ((FailureStatus.RUN_CRASH, 1), (FailureStatus.WRONG_RESULT, 2))
    assert count_failures([failed, timed, crash, failed]) == expected
    assert count_failures([crash, failed, failed]) == expected
    assert count_failures([timed]) == ()


def test_the_best_speedup_is_the_compilers_own_until_something_is_faster(
    subject, timed, failed
):
    assert subject.best_speedup == 1.0
    subject.trials.append(failed)
    assert subject.best_speedup == 1.0
    subject.trials.append(timed)
    assert subject.best_speedup == 2.0


@pytest.fixture
def search(target, spaces, tmp_path):
    with Workbench(target) as bench, Database.open(tmp_path / "records.db") as records:
        yield Search(
            workbench=bench,
            database=records,
            progress=NullProgress(),
            origin=Origin(target=target, spaces=spaces, seed=0, provenance="a test"),
            strategy="random",
        )


def test_a_kernel_without_a_space_is_named_with_its_share_and_kind(
    search, workload, time
):
    alone = dataclasses.replace(workload, name="scatter_8x10", kind=WorkloadKind.OTHER)
    search.add([alone], [time])
    assert search.subjects == {}
    assert search.notes == [
        "scatter_8x10 takes 75.0% of the time and is left to the compiler: no space is "
        "offered for it (kind: other)"
    ]


def test_a_kernel_without_a_space_is_not_worth_a_sentence_where_it_is_short(
    search, workload, time
):
    search.add([workload], [dataclasses.replace(time, share=0.049)])
    assert search.notes == []
    search.add([workload], [dataclasses.replace(time, share=0.05)])
    assert len(search.notes) == 1
