"""Constants in panels: chosen by what experts make of them, searched on, explained."""

import numpy as np
import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.explanation import LeverKind
from mlopt.driver.forms import rehearsing
from mlopt.driver.forms.bases import partition_under
from mlopt.driver.programs import load_program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.files import ingest
from mlopt.measure.plan import Comparison
from mlopt.targets.registry import find_target

PANELS = "prepacked"
MODEL = """
import jax
import jax.numpy as jnp

def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape) / 8

def dense():
    def apply(x, weights):
        for w in weights:
            x = jax.nn.relu(x @ w)
        return x
    return apply, (normal(1, 16, 64), [normal(2, 64, 128), normal(3, 128, 64)])

def mixed():
    def apply(x, weights):
        first, last = weights
        # In a kernel of its own, so that the first product's result is no tile yet.
        return jax.nn.softmax(x @ first) @ last
    return apply, (normal(1, 16, 64), [normal(2, 64, 128), normal(3, 128, 125)])

def recurrent():
    def apply(xs, h, u, w):
        return jax.lax.scan(lambda h, x: (jnp.tanh(h @ u + x @ w), x[0]), h, xs)
    weights = normal(3, 32, 32), normal(4, 32, 32)
    return apply, (normal(1, 6, 4, 32), normal(2, 4, 32), *weights)
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return f"{path}:dense"


@pytest.fixture(scope="module")
def bench():
    with Workbench(find_target()) as workbench:
        yield workbench


@pytest.fixture
def ends_in_panels(monkeypatch):
    """The choices fall on the panels, whatever the clock says."""

    def first(latency_us):
        return sorted(latency_us, key=lambda name: (PANELS not in name, -len(name)))

    def fastest(variants, prepared):
        return "tuned" if "tuned" in variants else prepared.base

    monkeypatch.setattr(rehearsing, "fastest_in_turns", first)
    monkeypatch.setattr("mlopt.driver.composing.best._fastest", fastest)


@pytest.mark.parametrize("program", ["dense", "mixed"])
def test_they_are_searched_on_recorded_run_and_explained(
    source, program, ends_in_panels, tmp_path
):
    source = source.replace("dense", program)
    settings = {"db": str(tmp_path / "r.db"), "constants": (1,)}
    result = driver.tune(source, budget=Budget(trials=4), **settings)
    assert PANELS in result.base_name
    # 125 columns fill no panels: what reads them keeps the layout that IREE gives it.
    assert ("+dt" in result.base_name) == (program == "mixed")
    for workload in result.workloads:
        assert workload.trace.is_default or "125" not in workload.name
    assert PANELS not in result.stock_best_name
    assert result.licence == "reassociation only"
    assert result.max_relative_error < 1e-4
    assert any("_like_16x" in workload.name for workload in result.workloads)
    again = driver.tune(source, budget=Budget(trials=4), **settings)
    assert again.base_name == result.base_name
    assert "nothing was searched" in " ".join(again.notes)
    explanation = driver.explain(source, **settings)
    levers = {(lever.kind, lever.subject): lever for lever in explanation.levers}
    assert levers[LeverKind.REWRITES, PANELS].bought is not None


@pytest.fixture
def rehearsed(source, bench, monkeypatch):
    """What a rehearsal chooses after these times, and whom it timed."""

    def rehearse(choice, program="dense", **times):
        asked = []
        named = source.replace("dense", program)
        loaded = load_program(ingest(named, (1,)), bench)

        def turns(workbench, key, contenders, num_turns):
            asked.extend(contenders)
            return Comparison(
                latency_us={name: (times[name],) * 3 for name in contenders},
                max_relative_error={},
                failures={},
            )

        monkeypatch.setattr(rehearsing, "compare_in_turns", turns)
        return rehearsing.rehearse(loaded, bench, choice), asked

    return rehearse


def test_the_faster_form_is_searched_on(choice_among, rehearsed):
    choice = choice_among("O3", "default", base="default")
    chosen, asked = rehearsed(choice, default=2.0, prepacked=1.0)
    assert asked == ["default", PANELS]
    assert chosen.base == PANELS
    assert PANELS in chosen.bases.paths
    assert (chosen.stock_best, chosen.fastest) == ("O3", "O3")
    assert rehearsed(choice, default=2.0, prepacked=3.0)[0] is choice


def test_a_rewritten_form_is_judged_beside_the_plain_one_again(choice_among, rehearsed):
    choice = choice_among("winograd", "O2+dt", "O2", "default", base="winograd")
    panels = {"winograd+prepacked": 3.0, "prepacked+O2": 3.0}
    chosen, asked = rehearsed(choice, winograd=2.0, O2=1.0, **panels)
    assert asked == ["winograd", *panels, "O2"]
    assert chosen.base == "O2"
    assert chosen.bases is choice.bases


def test_products_that_read_no_panels_may_be_tiled_by_the_compiler(
    choice_among, rehearsed
):
    choice = choice_among("O3+dt", "O2+dt", "default", base="default")
    times = {"default": 2.0, PANELS: 3.0, "prepacked+O2+dt": 1.0}
    chosen, asked = rehearsed(choice, "mixed", **times)
    assert asked == list(times)
    assert chosen.base == "prepacked+O2+dt"
    _, asked = rehearsed(choice, "dense", **times)
    assert asked == ["default", PANELS]


def test_no_schedule_is_written_on_loops_that_are_not_the_kernels(source, bench):
    loaded = load_program(ingest(source), bench)
    plain, tiled = (partition_under(loaded, bench, n) for n in ("default", "O0+dt"))
    assert all(w.root is not None for w in plain.workloads)
    products = [w for w in tiled.workloads if w.kind == "contraction"]
    assert products
    assert {w.root for w in products} == {None}


@pytest.mark.parametrize(
    ("program", "base"), [("dense", "default"), ("recurrent", "hoisted")]
)
def test_without_constants_there_is_nothing_to_rehearse(
    choice_among, source, bench, monkeypatch, program, base
):
    monkeypatch.setattr(rehearsing, "compare_in_turns", None)
    loaded = load_program(ingest(source.replace("dense", program)), bench)
    assert list(loaded.distinct((base,))) == [base]
    choice = choice_among(base, base=base)
    assert rehearsing.rehearse(loaded, bench, choice) is choice


def test_a_finished_program_in_mlir_has_its_constants_packed_too(
    source, bench, tmp_path
):
    exported = tmp_path / "dense.mlirbc"
    exported.write_bytes(ingest(source, (1,)).stablehlo)
    loaded = load_program(ingest(str(exported)), bench)
    assert list(loaded.distinct(("default", PANELS))) == ["default", PANELS]
    assert np.frombuffer(loaded.module(PANELS), np.uint8).size > 0
