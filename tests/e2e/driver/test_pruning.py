"""Pruning by licence: used where it was asked for, never unasked, and never stale."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mlopt
from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import InputError, StaleConstantError
from mlopt.core.explanation import LeverKind
from mlopt.core.licence import Licence, Precision
from mlopt.driver.forms.bases import choose_bases
from mlopt.records import Database
from mlopt.targets.cpu_options import is_pruned
from mlopt.tools.exits import exit_code_of
from mlopt.tools.main import cli

pytestmark = pytest.mark.usefixtures("shares_compiled")

LICENCE = Licence(pruning=True)
MODEL = """
import jax
import jax.numpy as jnp

def pruned():
    keys = jax.random.split(jax.random.key(0), 3)
    params = {
        "hidden": jax.random.normal(keys[0], (128, 256)) / 11,
        "output": jax.random.normal(keys[1], (256, 64)) / 16,
    }
    # Half of the hidden layer is never used, and half of the input.
    params["hidden"] = params["hidden"].at[::2].set(0.0)
    params["output"] = params["output"].at[:128].set(0.0)
    return function, (params, jax.random.normal(keys[2], (32, 128)))

def function(params, x):
    return jnp.tanh(x @ params["hidden"]) @ params["output"]

def dense():
    function, (params, x) = pruned()
    return function, (jax.tree.map(lambda w: w + 0.1, params), x)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return path


@pytest.fixture(scope="module")
def db(path):
    return str(path.parent / "r.db")


@pytest.fixture(scope="module")
def tuned(path, db):
    """Tuned on "pruned+O2", whatever the clock says."""
    with pytest.MonkeyPatch.context() as patch:
        prefer(patch, "pruned+O2")
        return tune(f"{path}:pruned", db, LICENCE)


def prefer(patch, base):
    def choose(bases, workbench, licence):
        choice = choose_bases(bases, workbench, licence)
        assert base in choice.bases.paths, choice.bases.failures
        return dataclasses.replace(choice, fastest=base)

    patch.setattr("mlopt.driver.forms.preparing.choose_bases", choose)
    patch.setattr("mlopt.driver.composing.best._fastest", lambda variants, _: base)


def tune(source, db, licence, trials=1):
    return driver.tune(
        source,
        budget=Budget(trials=trials),
        db=db,
        licence=licence,
        constants=("params",),
    )


def test_a_pruned_program_says_so_and_holds_the_usual_tolerance(tuned):
    assert tuned.base_name == "pruned+O2"
    assert tuned.licence == "pruning of zero blocks"
    assert tuned.max_relative_error < 1e-5
    assert not any("pruned" in note for note in tuned.notes)


def test_it_is_found_again_by_whoever_asks_for_it_alone(tuned, path, db):
    source = f"{path}:pruned"
    second = tune(source, db, LICENCE)
    assert "nothing was searched" in " ".join(second.notes)
    assert second.base_name == tuned.base_name
    unasked = tune(source, db, None)
    assert "nothing was searched" not in " ".join(unasked.notes)
    assert unasked.licence == "reassociation only"
    assert not is_pruned(unasked.base_name)
    with Database.open(db) as database:
        records = list(database.programs())
    assert len({record.program for record in records}) == 2


def test_explain_switches_it_off_and_says_that_it_falls_with_the_constants(
    tuned, path, db
):
    explanation = driver.explain(
        f"{path}:pruned", db=db, licence=LICENCE, constants=("params",)
    )
    levers = {lever.kind: lever for lever in explanation.levers}
    assert list(levers) == [LeverKind.PRUNING, LeverKind.OPTIONS, LeverKind.CONSTANTS]
    assert levers[LeverKind.PRUNING].subject == "zero blocks"
    assert levers[LeverKind.CONSTANTS].falls_with_it == "pruning"
    assert explanation.licence == "pruning of zero blocks"
    for lever in explanation.levers:
        assert lever.failure == ""
        assert lever.bought is not None


def test_where_nothing_is_zero_a_note_says_so(path, tmp_path):
    result = tune(f"{path}:dense", str(tmp_path / "r.db"), LICENCE, trials=0)
    assert any("nothing was pruned" in note for note in result.notes)
    assert result.licence == "reassociation only"


@pytest.mark.parametrize(
    ("precision", "base"),
    [(Precision.INT8, "pruned+int8+O2+dt"), (Precision.BF16, "pruned+bf16+dt")],
)
def test_it_goes_before_a_precision(monkeypatch, path, tmp_path, precision, base):
    prefer(monkeypatch, base)
    licence = Licence(precision, 0.1, pruning=True)
    result = tune(f"{path}:pruned", str(tmp_path / "r.db"), licence, trials=0)
    assert result.licence == str(licence)
    assert 1e-4 < result.max_relative_error < 0.1


def test_other_weights_are_refused_and_never_computed_with_old_ones(
    monkeypatch, tmp_path
):
    prefer(monkeypatch, "pruned")
    keys = jax.random.split(jax.random.key(0))
    weights = jax.random.normal(keys[0], (128, 64)).at[:64].set(0.0)
    x = jax.random.normal(keys[1], (16, 128))
    served = mlopt.jit(jnp.matmul, constants=1, pruning=True, db=str(tmp_path / "r.db"))
    result = served.tune(x, weights, trials=0)
    assert is_pruned(result.base_name)
    np.testing.assert_allclose(served(x, weights), x @ weights, rtol=1e-4, atol=1e-4)
    # The program has smaller products: what met the zeros is not seen by it.
    blind = served(x.at[0, 0].set(jnp.inf), weights)
    assert np.all(np.isfinite(blind))
    dense = weights + 1.0
    with pytest.raises(StaleConstantError, match="differs from what was compiled in"):
        served(x, dense)
    served.clear_cache()
    np.testing.assert_allclose(served(x, dense), x @ dense, rtol=1e-4, atol=1e-4)


def test_without_constants_it_is_refused(capfd, path):
    with pytest.raises(InputError, match="declare the arguments"):
        mlopt.jit(jnp.matmul, pruning=True)
    for command in (["tune"], ["tune", "--dry-run"], ["run"], ["explain"]):
        assert exit_code_of(cli, [*command, f"{path}:pruned", "--pruning"]) == 1
        assert "declare the arguments" in capfd.readouterr().err


@pytest.mark.parametrize(
    "licence", [LICENCE, Licence(Precision.INT8, 0.1), Licence(Precision.BF16, 0.1)]
)
def test_examples_that_are_no_numbers_are_refused_under_any_licence(tmp_path, licence):
    source = tmp_path / "model.py"
    bad = "jax.random.normal(keys[2], (32, 128)).at[0, 3].set(jnp.nan)"
    source.write_text(MODEL.replace("jax.random.normal(keys[2], (32, 128))", bad))
    with pytest.raises(InputError, match="argument 1 has NaN"):
        tune(f"{source}:pruned", str(tmp_path / "r.db"), licence)
