"""int8 by licence: what a tiny model is tuned to is what it is in every process."""

import dataclasses
import json
import runpy
import subprocess
import sys

import numpy as np
import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import AccuracyError
from mlopt.core.licence import Licence, Precision
from mlopt.driver.forms.bases import choose_bases

LICENCE = Licence(Precision.INT8, 0.1)
BASES = ("int8+O2+dt", "int8-unsigned+O2+dt")
MODEL = """
import jax
import jax.numpy as jnp

def layers(seed=2):
    keys = jax.random.split(jax.random.key(0), 2)
    params = {
        "hidden": jax.random.normal(keys[0], (256, 128)) / 16,
        "output": jax.random.normal(keys[1], (128, 64)) / 11,
        "sum": jnp.ones(64) / 8,  # of a product too small for int8
    }
    x = jax.random.normal(jax.random.key(seed), (32, 256))
    def function(params, x):
        hidden = jnp.maximum(x @ params["hidden"], 0)
        return hidden @ params["output"] @ params["sum"] + 0.5

    return function, (params, x)
"""
SERVE = """
import json, sys
import mlopt
sys.path.insert(0, sys.argv[1])
from model import layers
function, (params, _) = layers()
served = mlopt.jit(
    function, constants="params", precision="int8", accuracy=0.1, db=sys.argv[2]
)
outputs = [served(params, layers(seed)[1][1] * 10.0).tolist() for seed in (2, 5)]
record = served.explain(params, layers()[1][1]).record
print(json.dumps([record.base_name, outputs]))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("int8")
    (folder / "model.py").write_text(MODEL)
    return folder


@pytest.fixture(scope="module", params=BASES)
def base(request):
    return request.param


@pytest.fixture(scope="module")
def tuned(folder, base):
    """The model tuned once for an option set, whatever the clock says."""

    def choose(bases, workbench, licence):
        choice = choose_bases(bases, workbench, licence)
        assert base in choice.bases.paths, choice.bases.failures
        return dataclasses.replace(choice, fastest=base)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mlopt.driver.forms.preparing.choose_bases", choose)
        patch.setattr("mlopt.driver.composing.best._fastest", lambda variants, _: base)
        return tune(folder, str(folder / f"{base}.db"), LICENCE)


def tune(folder, db, licence):
    return driver.tune(
        f"{folder}/model.py:layers",
        budget=Budget(trials=1),
        db=db,
        licence=licence,
        constants=("params",),
    )


def test_a_model_in_int8_says_so_and_is_as_accurate_as_was_asked(tuned, base):
    assert tuned.base_name == base
    assert tuned.licence == "int8, 0.1 (relative) allowed"
    assert 1e-3 < tuned.max_relative_error < 0.1


def test_another_process_gets_the_same_program_for_any_values(tuned, folder, base):
    found = subprocess.run(
        [sys.executable, "-c", SERVE, str(folder), str(folder / f"{base}.db")],
        capture_output=True,
        text=True,
        timeout=240,
        check=True,
    )
    name, outputs = json.loads(found.stdout)
    assert name == base
    layers = runpy.run_path(str(folder / "model.py"))["layers"]
    for seed, output in zip((2, 5), outputs, strict=True):
        function, (params, x) = layers(seed)
        expected = np.asarray(function(params, x * 10.0))
        error = np.abs(np.asarray(output) - expected).max() / expected.std()
        assert 1e-3 < error < 0.1


def test_an_accuracy_that_int8_cannot_meet_is_an_error(tuned, folder, base):
    db = str(folder / f"{base}.db")
    with pytest.raises(AccuracyError, match=r"int8 is not within 0.0001 .* is off by"):
        tune(folder, db, Licence(Precision.INT8, 1e-4))
    assert tune(folder, db, LICENCE).base_name == base
