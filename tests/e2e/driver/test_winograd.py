"""Convolutions by constant filters, by Winograd's algorithm and through IREE."""

import jax.extend.core as jex
import numpy as np
import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.explanation import LeverKind
from mlopt.driver.programs import load_program
from mlopt.frontend.files import ingest
from mlopt.measure.correctness import tolerance
from mlopt.runtime import Executable, open_device, to_device, to_numpy
from mlopt.targets.cpu_options import (
    FREE_OPTION_SETS,
    SCREENS,
    STOCK_OPTION_SETS,
    compile_flags,
    rewrites_of,
)

WINOGRAD = "winograd"
OPTION_SETS = [n for n in FREE_OPTION_SETS if rewrites_of(n) == (WINOGRAD,)]
CONSTANTS = ("params",)
# Products of 64 channels, with the filter's 9 elements.
LONGEST_SUM = 9 * 64
MODEL = """
import jax
from jax import lax

def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape) / 8

def convolution(x, kernel):
    layout = ("NHWC", "HWIO", "NHWC")
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=layout)

def cnn():
    def apply(params, x):
        stem, first, second, bias = params
        x = jax.nn.relu(convolution(x, stem))
        y = jax.nn.relu(convolution(x, first) + bias[None, None, None])
        return jax.nn.relu(x + convolution(y, second)).mean(axis=(1, 2))
    stem, *filters = (normal(k, 3, 3, c, 64) for k, c in enumerate((3, 64, 64)))
    return apply, ((stem, *filters, normal(4, 64)), normal(5, 2, 18, 15, 3))
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return f"{path}:cnn"


@pytest.fixture(scope="module")
def served(source, bench):
    return load_program(ingest(source, CONSTANTS), bench)


@pytest.fixture(scope="module")
def tuned(source, prefers, tmp_path_factory):
    """The network, tuned with its convolutions in tiles: result and records."""
    db = str(tmp_path_factory.mktemp("tuned") / "r.db")
    with pytest.MonkeyPatch.context() as patch:
        prefers(patch, WINOGRAD, base=WINOGRAD)
        result = driver.tune(
            source, budget=Budget(trials=4), db=db, constants=CONSTANTS
        )
    return result, db


@pytest.mark.parametrize("name", OPTION_SETS)
def test_under_every_option_set_it_is_the_same_function(name, served, bench):
    assert served.module(name) != served.program.module
    flags = compile_flags(bench.target.compile_flags, name)
    built = bench.compile_program("compile_program", served.module(name), flags)
    assert isinstance(built, str)
    ingested, device = served.ingested, open_device("local-sync")
    program = Executable.load(bench.read(built), served.program.entry, device)
    inputs = ingested.example_inputs
    (view,) = program(*(to_device(array, device) for array in inputs))
    out = to_numpy(view)
    (ref,) = map(np.asarray, jex.jaxpr_as_fun(ingested.jaxpr)(*inputs))
    error = np.abs(out - ref) / (np.abs(ref) + np.sqrt(np.mean(np.square(ref))))
    assert np.max(error) < tolerance(out.dtype, LONGEST_SUM)


def test_the_products_are_one_kernel_that_is_searched(tuned):
    result, _ = tuned
    assert result.base_name == WINOGRAD
    assert result.stock_best_name in STOCK_OPTION_SETS
    assert result.licence == "reassociation and Winograd's algorithm only"
    assert result.max_relative_error < tolerance(np.dtype("float32"), LONGEST_SUM)
    # 36 points, two images of 5 by 4 tiles: both filters' products are one kernel.
    kernels = [w for w in result.workloads if "batch_matmul_36x40x64x64" in w.name]
    assert [(w.num_calls, w.kind) for w in kernels] == [(2, "contraction")]


def test_its_record_builds_it_again(source, tuned, monkeypatch):
    result, db = tuned
    # No choice now.
    monkeypatch.setattr("mlopt.driver.forms.preparing.choose_bases", None)
    again = driver.tune(source, budget=Budget(trials=4), db=db, constants=CONSTANTS)
    assert again.base_name == WINOGRAD
    assert [w.hash for w in again.workloads] == [w.hash for w in result.workloads]


def test_what_it_bought_is_explained(source, tuned):
    _, db = tuned
    explanation = driver.explain(source, db=db, constants=CONSTANTS)
    lever = explanation.levers[0]
    assert (lever.kind, lever.subject) == (LeverKind.REWRITES, WINOGRAD)
    assert lever.failure == ""
    assert lever.bought is not None


def test_it_is_offered_where_filters_are_constant(source, served, bench):
    names = (*STOCK_OPTION_SETS, *SCREENS)
    assert [n for n in served.distinct(names) if n in SCREENS] == [WINOGRAD]
    arguments = load_program(ingest(source), bench)
    assert list(arguments.distinct(names)) == list(STOCK_OPTION_SETS)
