"""bf16 by licence: as accurate as was asked for, recorded apart, and never unasked."""

import dataclasses
import shutil
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import mlopt
from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import AccuracyError, InputError
from mlopt.core.licence import Licence, Precision
from mlopt.core.report import ProgramResult
from mlopt.driver.forms.bases import choose_bases
from mlopt.records import Database
from mlopt.targets.cpu_options import STOCK_OPTION_SETS

pytestmark = pytest.mark.usefixtures("shares_compiled")

LICENCE = Licence(Precision.BF16, 0.05)
MODEL = """
import jax
import jax.numpy as jnp

def layers():
    keys = jax.random.split(jax.random.key(0), 3)
    w = jax.random.normal(keys[0], (256, 256)) / 16
    v = jax.random.normal(keys[1], (256, 64)) / 16
    x = jax.random.normal(keys[2], (64, 256))
    return lambda x, w, v: jnp.tanh(x @ w) @ v, (x, w, v)

def sums():
    return lambda x: x.sum(axis=1), (jax.random.normal(jax.random.key(0), (64, 64)),)
"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return path


def prefer_bf16(patch):
    """Take a bf16 program for the fastest, whatever the clock says."""

    def choose(bases, workbench, licence):
        choice = choose_bases(bases, workbench, licence)
        if "bf16+dt" not in choice.bases.paths:
            return choice
        return dataclasses.replace(choice, fastest="bf16+dt")

    def fastest(variants, prepared):
        return "bf16+dt" if "bf16+dt" in variants else "default"

    patch.setattr("mlopt.driver.forms.preparing.choose_bases", choose)
    patch.setattr("mlopt.driver.composing.best._fastest", fastest)


@pytest.fixture
def prefers_bf16(monkeypatch):
    prefer_bf16(monkeypatch)


def tune(source, db, licence):
    return driver.tune(source, budget=Budget(trials=1), db=db, licence=licence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Licensed:
    """A run under the licence that ended in bf16, and the folder of its database."""

    source: str
    result: ProgramResult
    folder: Path

    def copy(self, folder: Path) -> str:
        """Its database for one test alone."""
        return str(shutil.copytree(self.folder, folder / "copy") / "r.db")


@pytest.fixture(scope="module")
def licensed(path, tmp_path_factory):
    folder, source = tmp_path_factory.mktemp("licensed"), f"{path}:layers"
    with pytest.MonkeyPatch.context() as patch:
        prefer_bf16(patch)
        result = tune(source, str(folder / "r.db"), LICENCE)
    return Licensed(source=source, result=result, folder=folder)


def test_a_licensed_program_says_so_and_is_found_again(
    prefers_bf16, licensed, tmp_path
):
    first = licensed.result
    assert first.base_name == "bf16+dt"
    assert first.licence == "bf16, 0.05 (relative) allowed"
    # Of a bfloat16 product, and no more than was allowed.
    assert 1e-4 < first.max_relative_error < 0.05
    assert first.stock_best_name in STOCK_OPTION_SETS
    second = tune(licensed.source, licensed.copy(tmp_path), LICENCE)
    assert "nothing was searched" in " ".join(second.notes)
    assert (second.base_name, second.licence) == (first.base_name, first.licence)


def test_without_a_licence_its_record_is_not_used(prefers_bf16, licensed, tmp_path):
    source, db = licensed.source, licensed.copy(tmp_path)
    exact = driver.run(source)
    assert driver.run(source, db=db).outputs == exact.outputs
    assert driver.run(source, db=db, licence=LICENCE).outputs != exact.outputs
    tighter = Licence(Precision.BF16, licensed.result.max_relative_error / 2)
    assert driver.run(source, db=db, licence=tighter).outputs == exact.outputs
    result = tune(source, db, None)
    assert result.licence == "reassociation only"
    assert result.max_relative_error < 1e-4


def test_an_accuracy_that_cannot_be_met_is_an_error_and_loses_nothing(path, tmp_path):
    source, db = f"{path}:layers", str(tmp_path / "r.db")
    tune(source, db, None)
    with pytest.raises(AccuracyError, match=r"bf16 is not within 1e-05 .* is off by"):
        tune(source, db, Licence(Precision.BF16, 1e-5))
    with Database.open(db) as database:
        assert len(list(database.programs())) == 1


def test_a_program_without_contractions_stays_as_it_is(path, tmp_path):
    result = tune(f"{path}:sums", str(tmp_path / "r.db"), LICENCE)
    assert result.max_relative_error < 1e-5


def test_the_decorator_uses_it_only_after_tuning(prefers_bf16, tmp_path):
    keys = jax.random.split(jax.random.key(1), 2)
    x, w = (jax.random.normal(key, (128, 128)) for key in keys)
    db = str(tmp_path / "r.db")
    product = mlopt.jit(jnp.matmul, precision="bf16", accuracy=0.05, db=db)
    expected = np.asarray(x, np.float64) @ np.asarray(w, np.float64)

    def error():
        found = np.asarray(product(x, w), np.float64)
        return float(np.max(np.abs(found - expected))) / float(np.std(expected))

    assert error() < 1e-5
    product.tune(x, w, trials=1)
    assert 1e-4 < error() < 0.05
    assert product.explain(x, w).record is not None


def test_a_precision_needs_an_accuracy():
    with pytest.raises(InputError, match="say by how much"):
        mlopt.jit(jnp.matmul, precision="bf16")
