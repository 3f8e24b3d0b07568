"""Loops that are written out: chosen where that is faster, searched on, explained."""

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.explanation import LeverKind
from mlopt.driver.forms import unrolling
from mlopt.driver.programs import load_program
from mlopt.frontend.files import ingest
from mlopt.measure.plan import Comparison

MODEL = """
import jax
import jax.numpy as jnp

def normal(seed, *shape):
    return jax.random.normal(jax.random.key(seed), shape) / 4

def recurrent():
    def apply(xs, h, u, w):
        return jax.lax.scan(lambda h, x: (jnp.tanh(h @ u + x @ w), x[0]), h, xs)
    weights = normal(3, 32, 32), normal(4, 32, 32)
    return apply, (normal(1, 6, 4, 32), normal(2, 4, 32), *weights)

def dense():
    return jnp.matmul, (normal(1, 16, 32), normal(2, 32, 32))
"""
UNROLLED = "hoisted+unrolled"
pytestmark = pytest.mark.usefixtures("shares_compiled")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return path


@pytest.fixture
def chosen(path, bench, monkeypatch):
    """What is chosen after these times, and whom it timed."""

    def choose(choice, program="recurrent", **times):
        asked = []
        loaded = load_program(ingest(f"{path}:{program}"), bench)

        def turns(workbench, key, contenders, num_turns):
            asked.extend(contenders)
            return Comparison(
                latency_us={name: (times[name],) * 3 for name in contenders},
                max_relative_error={},
                failures={},
            )

        monkeypatch.setattr(unrolling, "compare_in_turns", turns)
        return unrolling.unroll(loaded, bench, choice), asked

    return choose


def test_the_fastest_form_and_the_one_to_search_on_are_tried(chosen, choice_among):
    choice = choice_among("hoisted+O2+dt", "hoisted", "default", base="hoisted")
    times = {"hoisted+O2+dt": 2.0, "hoisted+unrolled+O2+dt": 1.0}
    times |= {"hoisted": 3.0, UNROLLED: 2.99}
    after, asked = chosen(choice, **times)
    assert set(asked) == set(times)
    assert after.fastest == "hoisted+unrolled+O2+dt"
    # Not worth its compilations.
    assert after.base == "hoisted"
    assert after.ranking == ("hoisted+unrolled+O2+dt", "hoisted", "default")
    assert {"hoisted+unrolled+O2+dt", UNROLLED} <= set(after.bases.paths)


def test_a_program_without_loops_is_not_compiled_again(chosen, choice_among):
    choice = choice_among("O2", "default", base="default")
    after, asked = chosen(choice, "dense")
    assert after is choice
    assert asked == []


def test_it_is_searched_on_recorded_and_explained(path, prefers, tmp_path, monkeypatch):
    prefers(monkeypatch, "hoisted", base="hoisted")
    monkeypatch.setattr("mlopt.driver.forms.preparing.unroll", unrolling.unroll)
    monkeypatch.setattr(unrolling, "quiet_ratio", lambda *samples: 1.5)
    source, db = f"{path}:recurrent", str(tmp_path / "r.db")

    def fastest(variants, prepared):
        return UNROLLED

    monkeypatch.setattr("mlopt.driver.composing.best._fastest", fastest)
    result = driver.tune(source, budget=Budget(trials=4), db=db)
    assert result.base_name == UNROLLED
    assert result.licence == "reassociation only"
    assert result.max_relative_error < 1e-4
    again = driver.tune(source, budget=Budget(trials=4), db=db)
    assert again.base_name == UNROLLED
    assert "nothing was searched" in " ".join(again.notes)
    explanation = driver.explain(source, db=db)
    levers = [(lever.kind, lever.subject) for lever in explanation.levers]
    assert levers == [
        (LeverKind.REWRITES, "hoisted"),
        (LeverKind.REWRITES, "unrolled"),
    ]
    assert all(lever.bought is not None for lever in explanation.levers)
