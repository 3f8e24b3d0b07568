"""Peak memory as an objective and as a cap, on a program whose builds differ in it."""

import json
import runpy
from pathlib import Path

import pytest

import mlopt
from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import MemoryCapError
from mlopt.core.objective import Goal
from mlopt.records import Database
from mlopt.report.json_report import to_json_text
from mlopt.targets.cpu_options import MEMORY_OPTION_SETS

# Independent branches: dispatches that may overlap keep their temporaries apart.
MODEL = """
import jax
import jax.numpy as jnp

def branches():
    keys = jax.random.split(jax.random.key(0), 5)
    x = jax.random.normal(keys[0], (32, 64))
    weights = [jax.random.normal(key, (64, 512)) / 8 for key in keys[1:]]

    def apply(x, weights):
        total = 0.0
        for weight in weights:
            total = total + jax.nn.softmax(jnp.tanh(x @ weight)).max(axis=-1)
        return total

    return apply, (x, weights)
"""
NOTHING = Budget(trials=0)
MEMORY = Goal.of("memory")


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return f"{path}:branches"


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    return str(tmp_path_factory.mktemp("records") / "records.db")


@pytest.fixture(scope="module")
def frugal(source, db):
    return driver.tune(source, budget=NOTHING, db=db, goal=MEMORY)


def programs(db):
    with Database.open(db) as database:
        return list(database.programs())


def test_the_smallest_peak_is_chosen_and_right(frugal):
    default = frugal.baselines["default"].peak_memory_bytes
    assert frugal.base_name in MEMORY_OPTION_SETS
    # One pair of temporaries of 64 KiB in place of more.
    assert frugal.tuned.peak_memory_bytes <= default - (32 << 10)
    assert frugal.max_relative_error < 1e-4
    assert frugal.tuned.median_us > 0


def test_what_is_on_record_is_not_searched_again_and_exported(
    source, db, frugal, tmp_path
):
    assert [record.objective for record in programs(db)] == ["memory"]
    again = driver.tune(source, budget=NOTHING, db=db, goal=MEMORY, export_dir=tmp_path)
    assert again.tuned.peak_memory_bytes == frugal.tuned.peak_memory_bytes
    assert any("found in the records" in note for note in again.notes)
    # iree-compile takes the flag that a session does not.
    flags = Path(tmp_path / "flags.txt").read_text()
    assert "--iree-stream-partitioning-favor=debug" in flags


def test_a_cap_that_can_be_met_is_met(source, tmp_path, frugal):
    default = frugal.baselines["default"].peak_memory_bytes
    goal = Goal.of("latency", default - 1)
    db = str(tmp_path / "records.db")
    capped = driver.tune(source, budget=Budget(trials=2), db=db, goal=goal)
    assert capped.tuned.peak_memory_bytes < default
    assert [record.objective for record in programs(db)] == [str(goal)]


def test_a_cap_below_what_is_possible_is_refused_and_nothing_is_lost(
    source, db, frugal
):
    smallest = frugal.tuned.peak_memory_bytes
    before = programs(db)
    with pytest.raises(MemoryCapError, match="smallest peak found") as refused:
        driver.tune(source, db=db, goal=Goal.of("latency", smallest // 2))
    assert refused.value.smallest_bytes == smallest
    assert str(smallest) in str(refused.value)
    assert programs(db) == before


def test_an_explanation_takes_the_memory_apart(source, db, frugal):
    found = driver.explain(source, db=db, goal=MEMORY)
    assert found.base_name == frugal.base_name
    default, tuned = found.memory["default"], found.memory["tuned"]
    assert default.peak.total_bytes == frugal.baselines["default"].peak_memory_bytes
    assert tuned.peak.total_bytes == frugal.tuned.peak_memory_bytes
    assert tuned.arguments_bytes == 4 * (32 * 64 + 4 * 64 * 512)
    assert tuned.results_bytes == 4 * 32
    assert 0 < tuned.transient_bytes < default.transient_bytes
    assert default.buffers[0].spec.num_bytes == 4 * 32 * 512
    assert "dispatch" in default.buffers[0].kernel
    # Of the sums of four branches the last is what is returned.
    assert sum(b.count for b in default.buffers if b.spec.shape == (32,)) == 3


def test_where_time_counts_the_record_is_not_used(source, db, frugal):
    del frugal  # it is on record
    assert driver.explain(source, db=db).record is None


def test_a_decorated_function_uses_the_record_of_its_objective(source, db, frugal):
    del frugal  # it is on record
    function, arguments = runpy.run_path(source.partition(":")[0])["branches"]()
    plain = mlopt.jit(function, db=db)
    expected = plain(*arguments)
    assert plain.explain(*arguments).record is None
    result = plain.tune(*arguments, trials=0, objective="memory")
    assert any("found in the records" in note for note in result.notes)
    for tuned in (plain, mlopt.jit(function, db=db, objective="memory")):
        record = tuned.explain(*arguments).record
        assert record is not None
        assert record.objective == "memory"
        assert abs(tuned(*arguments) - expected).max() < 1e-5


def test_json_of_a_result_says_the_objective(frugal):
    content = json.loads(to_json_text(frugal))
    assert (content["objective"], content["memory_cap_bytes"]) == ("memory", None)
