"""Joined and hoisted products: found, judged, searched on, recorded and explained."""

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.explanation import LeverKind
from mlopt.core.licence import Licence, Precision, Rewrite
from mlopt.driver import programs
from mlopt.driver.forms.bases import partition_under
from mlopt.driver.programs import load_program
from mlopt.frontend.files import ingest
from mlopt.targets.cpu_options import SCREENS, STOCK_OPTION_SETS, compile_flags

BOTH = "joined+hoisted"
WEIGHTS = ("q", "k", "v")
MODEL = """
import jax
import jax.numpy as jnp

def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape) / 4

def recurrent():
    def apply(xs, h, u, v, w):
        def step(h, x):
            return jnp.tanh(h @ u + x @ w) * jax.nn.sigmoid(h @ v + x @ (w + u)), x[0]
        return jax.lax.scan(step, h, xs)
    weights = (normal(seed, 32, 32) for seed in (3, 4, 5))
    return apply, (normal(1, 6, 4, 32), normal(2, 4, 32), *weights)

def attention():
    def apply(x, q, k, v):
        return jax.nn.softmax((x @ q) @ (x @ k).T) @ (x @ v)
    return apply, (normal(1, 16, 32), *(normal(k, 32, 32) for k in (2, 3, 4)))

def alone():
    return jnp.matmul, (normal(1, 16, 32), normal(2, 32, 32))
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return path


@pytest.fixture(scope="module")
def tuned(path, prefers, tmp_path_factory):
    """The recurrent program, tuned on its joined and hoisted form: result and files."""
    folder = tmp_path_factory.mktemp("tuned")
    db, export = str(folder / "r.db"), folder / "export"
    with pytest.MonkeyPatch.context() as patch:
        prefers(patch, BOTH, base=BOTH)
        result = driver.tune(
            f"{path}:recurrent", budget=Budget(trials=2), db=db, export_dir=export
        )
    return result, db, export


def test_a_rewritten_program_is_searched_on_and_never_stock(tuned):
    result, _, _ = tuned
    assert result.base_name == BOTH
    assert result.stock_best_name in STOCK_OPTION_SETS
    assert result.licence == "reassociation only"
    assert result.max_relative_error < 1e-4
    # One product over all steps, of both gates.
    assert any("24x64x32" in workload.name for workload in result.workloads)


def test_its_record_builds_it_again(path, tuned, monkeypatch):
    result, db, _ = tuned
    # No choice now.
    monkeypatch.setattr("mlopt.driver.forms.preparing.choose_bases", None)
    again = driver.tune(f"{path}:recurrent", budget=Budget(trials=2), db=db)
    assert "nothing was searched" in " ".join(again.notes)
    assert again.base_name == BOTH
    assert [w.hash for w in again.workloads] == [w.hash for w in result.workloads]


def test_what_the_rewrites_bought_is_explained(path, tuned):
    _, db, _ = tuned
    explanation = driver.explain(f"{path}:recurrent", db=db)
    rewrites, others = explanation.levers[:2], explanation.levers[2:]
    assert [lever.subject for lever in rewrites] == ["joined", "hoisted"]
    for lever in rewrites:
        assert lever.kind is LeverKind.REWRITES
        assert lever.failure == ""
        assert lever.bought is not None
    assert all(each.kind is LeverKind.SCHEDULE for each in others)


def test_the_export_holds_the_rewritten_program(path, bench, tuned):
    _, _, export = tuned
    loaded = load_program(ingest(f"{path}:recurrent"), bench)
    exported = (export / "program.mlirbc").read_bytes()
    assert exported == loaded.module(BOTH) != loaded.program.module
    assert "--iree-llvmcpu-target-cpu" in (export / "flags.txt").read_text()


def test_attention_is_joined_under_every_flag_of_its_own(
    path, bench, prefers, tmp_path, monkeypatch
):
    prefers(monkeypatch, "joined+O2", base="joined")
    source, db = f"{path}:attention", str(tmp_path / "r.db")
    settings = {"db": db, "constants": WEIGHTS}
    result = driver.tune(source, budget=Budget(trials=0), **settings)
    assert result.base_name == "joined+O2"
    assert result.max_relative_error < 1e-4
    explanation = driver.explain(source, **settings)
    found = [(lever.kind, lever.subject) for lever in explanation.levers[:-1]]
    assert found == [(LeverKind.REWRITES, "joined"), (LeverKind.OPTIONS, "O2")]
    assert explanation.levers[-1].kind is LeverKind.CONSTANTS
    assert all(lever.bought is not None for lever in explanation.levers)


def test_rewrites_that_find_nothing_are_no_alternatives(path, bench):
    loaded = load_program(ingest(f"{path}:alone"), bench)
    names = (*STOCK_OPTION_SETS, *SCREENS)
    assert list(loaded.distinct(names)) == list(STOCK_OPTION_SETS)
    arguments = load_program(ingest(f"{path}:attention"), bench)
    assert list(arguments.distinct(names)) == list(STOCK_OPTION_SETS)
    constants = load_program(ingest(f"{path}:attention", WEIGHTS), bench)
    assert list(constants.distinct(sorted(SCREENS))) == ["joined"]


def test_a_program_in_mlir_is_not_rewritten_and_does_not_complain(
    path, bench, tmp_path, caplog
):
    exported = tmp_path / "attention.mlirbc"
    exported.write_bytes(ingest(f"{path}:attention").stablehlo)
    loaded = load_program(ingest(str(exported)), bench)
    assert list(loaded.distinct(("default", *SCREENS))) == ["default"]
    assert caplog.text == ""


def test_a_precision_goes_with_them(path, bench):
    licence = Licence(Precision.BF16, 0.05)
    loaded = load_program(ingest(f"{path}:recurrent"), bench, licence)
    name = f"{BOTH}+bf16-outside-loops+dt"
    modules = {loaded.module(n) for n in ("default", BOTH, "bf16+dt", name)}
    assert len(modules) == 4
    flags = compile_flags(bench.target.compile_flags, name)
    assert isinstance(
        bench.compile_program("compile_program", loaded.module(name), flags), str
    )


@pytest.mark.parametrize("rewrite", [Rewrite.JOINED, Rewrite.PRUNED])
def test_a_rewrite_that_fails_leaves_the_program_as_it_is(
    path, bench, monkeypatch, caplog, rewrite
):
    def broken(jaxpr):
        raise NotImplementedError("no rule for this")

    monkeypatch.setitem(programs._ATTEMPTED, rewrite, broken)
    loaded = load_program(ingest(f"{path}:attention", WEIGHTS), bench)
    assert list(loaded.distinct(("default", str(rewrite)))) == ["default"]
    assert f"attention is not {rewrite}: no rule for this" in caplog.text


def test_joining_changes_the_kernels(path, bench):
    loaded = load_program(ingest(f"{path}:attention", WEIGHTS), bench)
    names = {w.name for w in partition_under(loaded, bench, "joined").workloads}
    assert any("16x96x32" in name for name in names)
