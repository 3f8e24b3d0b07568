"""When is an earlier run enough? When it spent what this one may spend."""

import dataclasses

import pytest

import mlopt
from mlopt.core.budget import Budget
from mlopt.core.licence import Licence, Precision
from mlopt.core.measurement import Interval
from mlopt.core.objective import FASTEST, Goal
from mlopt.core.record import ProgramRecord
from mlopt.core.report import Verdict
from mlopt.driver.licences import NO_LICENCE, is_usable, used_licence
from mlopt.driver.profiling import _executable_of
from mlopt.driver.searching.finding import covers

RATIO = Interval(value=1.0, low=1.0, high=1.0)


def _known(*, trials: int = 40, wall_s: float = 60.0, base: str = "default"):
    return ProgramRecord(
        program="feed",
        name="dense",
        target="llvm-cpu",
        compiler_version="3.13.0",
        mlopt_version=mlopt.__version__,
        base_name=base,
        base_flags=(),
        stock_best_name="default",
        chosen=(),
        workloads=(),
        default_us=(1.0,),
        stock_best_us=(1.0,),
        tuned_us=(1.0,),
        speedup_default=RATIO,
        speedup_stock_best=RATIO,
        verdict=Verdict.NO_SIGNIFICANT_GAIN,
        max_relative_error=0.0,
        trials=trials,
        wall_s=wall_s,
        seed=0,
        created_at="2026-01-01T00:00:00+00:00",
        provenance="a test",
    )


@pytest.mark.parametrize(
    ("budget", "is_covered"),
    [
        (Budget(trials=40), True),
        (Budget(trials=41), False),
        (Budget(trials=0), True),
        (Budget(seconds=60.0), True),
        (Budget(seconds=61.0), False),
        # With two limits the search ends at the first one.
        (Budget(trials=400, seconds=60.0), True),
        (Budget(trials=40, seconds=600.0), True),
        (Budget(trials=41, seconds=61.0), False),
        # Nothing covers a search without end.
        (Budget(), False),
    ],
)
def test_an_earlier_run_covers_what_it_spent(budget, is_covered):
    assert covers(_known(), budget) is is_covered


BF16 = Licence(Precision.BF16, 0.01)
PRUNING = Licence(pruning=True)
BOTH = Licence(Precision.BF16, 0.01, pruning=True)


@pytest.mark.parametrize(
    ("base", "error", "licence", "is_as_wanted"),
    [
        ("default", 0.0, None, True),
        ("O2", 0.0, BF16, True),
        # Written by an mlopt with other option sets.
        ("O9", 0.0, None, False),
        ("bf16+dt", 0.005, None, False),
        ("bf16+dt", 0.005, BF16, True),
        ("bf16+dt", 0.02, BF16, False),
        ("pruned+O2", 0.0, None, False),
        ("pruned+O2", 0.0, BF16, False),
        ("pruned+O2", 1e-6, PRUNING, True),
        ("O2", 1e-6, PRUNING, True),
        ("bf16+dt", 0.005, PRUNING, False),
        ("pruned+bf16+dt", 0.005, BF16, False),
        ("pruned+bf16+dt", 0.005, BOTH, True),
        ("pruned+bf16+dt", 0.02, BOTH, False),
    ],
)
def test_a_record_is_used_where_its_licence_allows(base, error, licence, is_as_wanted):
    record = dataclasses.replace(_known(base=base), max_relative_error=error)
    assert is_usable(record, licence) is is_as_wanted


@pytest.mark.parametrize(
    ("base", "objective", "goal", "is_as_wanted"),
    [
        ("O2+serial", "memory", Goal.of("memory"), True),
        ("O2", "memory", Goal.of("memory"), True),
        # Where time alone counts, neither the set nor the record is for it.
        ("O2+serial", "latency", FASTEST, False),
        ("O2", "memory", FASTEST, False),
        ("O2", "latency", Goal.of("memory"), False),
        ("O2", str(Goal.of("latency", 10)), Goal.of("latency", 20), False),
        ("O2", str(Goal.of("latency", 10)), Goal.of("latency", 10), True),
    ],
)
def test_a_record_is_used_for_the_goal_it_was_made_for(
    base, objective, goal, is_as_wanted
):
    record = dataclasses.replace(_known(base=base), objective=objective)
    assert is_usable(record, None, goal) is is_as_wanted


def test_the_licence_that_was_used_is_said():
    assert used_licence("bf16+dt", BF16) == "bf16, 0.01 (relative) allowed"
    assert used_licence("O2", BF16) == NO_LICENCE
    assert used_licence("O2", None) == NO_LICENCE
    assert used_licence("O2", BOTH) == NO_LICENCE
    assert used_licence("pruned+O2", BOTH) == str(PRUNING) == "pruning of zero blocks"
    assert used_licence("bf16+dt", BOTH) == str(BF16)
    assert used_licence("pruned+bf16+dt", BOTH) == str(BOTH)
    assert used_licence("joined+hoisted", None) == NO_LICENCE
    winograd = "reassociation and Winograd's algorithm only"
    assert used_licence("winograd+O2", None) == winograd
    assert used_licence("winograd+O2", BF16) == winograd
    assert used_licence("winograd+bf16+dt", BF16) == str(BF16)


@pytest.mark.parametrize(
    ("function", "executable"),
    [
        ("main_dispatch_1_matmul_8x8x8_f32", "main_dispatch_1"),
        ("main_dispatch_10_matmul_8x8x8_f32", "main_dispatch_10"),
        ("main_dispatch_10", "main_dispatch_10"),
        ("main_dispatch_100_slow_memcpy", ""),
        ("other_dispatch_1_matmul", ""),
    ],
)
def test_a_function_belongs_to_the_executable_it_is_named_after(function, executable):
    known = {"main_dispatch_1": "a", "main_dispatch_10": "b"}
    assert _executable_of(function, known) == executable


def test_what_another_version_found_is_searched_for_again():
    known = dataclasses.replace(_known(), mlopt_version="0.0.9")
    assert covers(_known(), Budget(trials=4))
    assert not covers(known, Budget(trials=4))
