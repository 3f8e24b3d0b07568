"""Searching on another option set than the default: its kernels are kernels apart."""

import dataclasses
import subprocess
import sys
from pathlib import Path

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.record import ProgramRecord
from mlopt.core.report import ProgramResult
from mlopt.driver import tuning
from mlopt.driver.forms.bases import (
    DEFAULT,
    Bases,
    choose_bases,
    partition_under,
    partition_with,
)
from mlopt.driver.programs import load_program
from mlopt.driver.workbench import Built, Workbench
from mlopt.frontend.files import ingest
from mlopt.measure.plan import Comparison
from mlopt.records import Database
from mlopt.search.sampling import default_trace
from mlopt.search.space import spaces_for
from mlopt.targets.cpu_options import STOCK_OPTION_SETS
from mlopt.targets.registry import find_target

pytestmark = pytest.mark.usefixtures("shares_compiled")

OTHER = "O2"
MODEL = """
import jax

def sums():
    x = jax.random.normal(jax.random.key(0), (96, 256))
    return lambda x: x.sum(axis=1), (x,)

def others():
    x = jax.random.normal(jax.random.key(0), (96, 256))
    return lambda x: (x.sum(axis=1), x[:8] * 2.0), (x,)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return f"{path}:sums"


@pytest.fixture(scope="module")
def bench():
    with Workbench(find_target()) as workbench:
        yield workbench


@pytest.fixture(scope="module")
def loaded(source, bench):
    return load_program(ingest(source), bench)


def hashes(partition):
    return {workload.hash for workload in partition.workloads}


def configured(workload, bench):
    """The space of which IREE's own pipeline makes code, as its options say."""
    offer = spaces_for(workload, bench.target, bench.spaces.templates)
    return next(s for s in offer.spaces if s.name.startswith("configured."))


def test_a_kernel_under_other_options_is_another_one(loaded, bench):
    default = partition_under(loaded, bench, DEFAULT)
    other = partition_under(loaded, bench, OTHER)
    assert hashes(default).isdisjoint(hashes(other))
    assert {w.flags for w in default.workloads} == {()}
    assert {w.flags for w in other.workloads} == {STOCK_OPTION_SETS[OTHER]}
    disguised = partition_under(loaded, bench, OTHER, as_default=True)
    assert hashes(disguised) == hashes(default)


def test_schedules_of_either_option_set_are_recognised(loaded, bench):
    default = partition_under(loaded, bench, DEFAULT)
    other = partition_under(loaded, bench, OTHER)
    for known in (default, other):
        found = partition_with(loaded, bench, OTHER, hashes(known))
        assert hashes(found) == hashes(known)


def test_candidates_are_compiled_with_the_options_of_their_program(loaded, bench):
    codes = []
    for base in (DEFAULT, OTHER):
        (workload,) = partition_under(loaded, bench, base).workloads
        trace = default_trace(configured(workload, bench))
        (built,) = bench.compile_candidates(workload, [trace])
        assert isinstance(built, Built)
        codes.append(bench.read(built.path))
    assert codes[0] != codes[1]


@pytest.mark.parametrize(
    ("times", "stock_best", "base"),
    [
        ({"default": 10.0, "O2": 8.0, "reassoc": 9.0}, "O2", "O2"),
        ({"default": 10.0, "O2+dt": 5.0, "reassoc": 9.0}, "O2+dt", "reassoc"),
        ({"default": 10.0, "O2": 9.9}, "O2", "default"),
        ({"default": 10.0, "O2+dt": 5.0}, "O2+dt", "default"),
        ({"default": 10.0, "O2": 11.0}, "default", "default"),
    ],
)
def test_the_fastest_that_can_be_scheduled_is_searched_on(
    monkeypatch, times, stock_best, base
):
    def turns(workbench, key, contenders, num_turns):
        return Comparison(
            latency_us={name: (times[name],) * 5 for name in contenders},
            max_relative_error={},
            failures={},
        )

    monkeypatch.setattr("mlopt.driver.forms.bases.compare_in_turns", turns)
    bases = Bases(paths={name: name for name in times}, failures={})
    choice = choose_bases(bases, workbench=None)  # pyright: ignore
    assert (choice.stock_best, choice.base) == (stock_best, base)


@pytest.fixture
def prefers_other(monkeypatch):
    """Search on the other option set, whatever the clock says."""

    def choose(bases, workbench, licence):
        choice = choose_bases(bases, workbench, licence)
        assert OTHER in choice.bases.paths
        return dataclasses.replace(choice, stock_best=OTHER, fastest=OTHER, base=OTHER)

    monkeypatch.setattr("mlopt.driver.forms.preparing.choose_bases", choose)


def tune(source, db, export=None, *, trials=6):
    budget = Budget(trials=trials)
    result = driver.tune(source, budget=budget, db=db, export_dir=export)
    assert isinstance(result, ProgramResult)
    return result


def test_a_search_on_another_option_set_is_found_again(
    prefers_other, monkeypatch, source, loaded, bench, tmp_path
):
    db = str(tmp_path / "r.db")
    # Also where nothing is faster in six trials: the winner is what was drawn first.
    monkeypatch.setattr(tuning, "best_recipe", with_any_schedule)
    first = tune(source, db, tmp_path / "out")
    monkeypatch.undo()
    other = partition_under(loaded, bench, OTHER)
    assert {w.hash for w in first.workloads} == hashes(other)
    assert first.base_name == OTHER
    flags = (tmp_path / "out" / "flags.txt").read_text()
    assert "--iree-opt-level=O2" in flags
    lowered = run_opt("--mlopt-lower-schedule", tmp_path / "out" / "decisions.mlir")
    assert f'mlopt.options = "{OTHER}"' in lowered
    assert "compilation_info" in lowered
    second = tune(source, db)
    assert "nothing was searched" in " ".join(second.notes)
    assert second.base_name == OTHER
    assert [w.trace for w in second.workloads] == [w.trace for w in first.workloads]
    with Database.open(db) as database:
        program, *_ = database.programs()
    assert is_of_workloads(program, hashes(other))
    summary = driver.run(source, db=db)
    assert summary.num_tuned == len(program.chosen) == 1


def test_a_search_goes_on_where_it_began(
    prefers_other, monkeypatch, source, loaded, bench, tmp_path
):
    db = str(tmp_path / "r.db")
    first = tune(source, db, trials=2)
    other = hashes(partition_under(loaded, bench, OTHER))
    assert {w.hash for w in first.workloads} == other
    monkeypatch.undo()
    # Never but the default.
    monkeypatch.setattr("mlopt.driver.forms.bases._MIN_GAIN", 1e9)
    second = tune(source, db, trials=4)
    assert {w.hash for w in second.workloads} == other
    assert second.trials == 4
    # Another program's search is none of its business.
    stranger = tune(source.replace(":sums", ":others"), db, trials=1)
    assert {w.hash for w in stranger.workloads}.isdisjoint(other)


def run_opt(*arguments):
    tool = Path(sys.executable).with_name("mlopt-opt")
    done = subprocess.run(
        [tool, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def is_of_workloads(program: ProgramRecord, expected: set[str]) -> bool:
    return {chosen.workload for chosen in program.chosen} == expected


def with_any_schedule(prepared, schedules, rivals):
    """Compose one schedule for the only workload, the default point of its space."""
    from mlopt.driver.composing.recipes import compose

    bench = prepared.workbench
    (workload,) = prepared.partition.workloads
    trace = default_trace(configured(workload, bench))
    (built,) = bench.compile_candidates(workload, [trace])
    assert isinstance(built, Built)
    chosen = {workload.hash: built.schedule}
    return compose(bench, prepared.base, prepared.partition, chosen)
