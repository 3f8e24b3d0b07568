"""Every decision of a tuned program is switched off alone, judged, and timed."""

import dataclasses

import pytest

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.errors import RecordError
from mlopt.core.explanation import LeverKind
from mlopt.core.licence import Licence, Precision
from mlopt.core.measurement import Interval
from mlopt.driver.forms.bases import choose_bases
from mlopt.driver.searching.confirming import Winner

pytestmark = pytest.mark.usefixtures("shares_compiled")

LICENCE = Licence(Precision.BF16, 0.05)
WEIGHTS = ("w", "v")


@pytest.fixture
def prefers(monkeypatch):
    """Tuning ends in the program of that name, whatever the clock says."""

    def choose(wanted):
        def fastest(variants, prepared):
            assert wanted in variants
            return wanted

        monkeypatch.setattr("mlopt.driver.composing.best._fastest", fastest)

    return choose


@pytest.fixture
def everything_wins(monkeypatch):
    """The first candidate of each kernel is taken for faster than the compiler's."""

    def confirm(search):
        return {
            key: Winner(
                schedule=next(iter(subject.built.values())).schedule,
                speedup=Interval(value=2.0, low=1.9, high=2.1),
            )
            for key, subject in search.subjects.items()
            if subject.built
        }

    monkeypatch.setattr("mlopt.driver.searching.finding.confirm_all", confirm)


def prefer_options(monkeypatch, wanted, **changes):
    def choose(bases, workbench, licence):
        choice = choose_bases(bases, workbench, licence)
        assert wanted in choice.bases.paths
        return dataclasses.replace(choice, fastest=wanted, **changes)

    monkeypatch.setattr("mlopt.driver.forms.preparing.choose_bases", choose)


def kinds(explanation):
    return [lever.kind for lever in explanation.levers]


def check(explanation):
    """Every program ran, computed the same, and was compared."""
    for lever in explanation.levers:
        assert lever.failure == ""
        assert lever.without is not None and lever.bought is not None
        assert lever.without.samples == explanation.tuned.samples
        assert lever.bought.low <= lever.bought.value <= lever.bought.high
        ratio = lever.without.median_us / explanation.tuned.median_us
        assert lever.bought.value == pytest.approx(ratio, rel=0.5)


def test_each_schedule_is_switched_off_alone(
    layers, tmp_path, prefers, everything_wins
):
    prefers("tuned")
    db = str(tmp_path / "r.db")
    driver.tune(layers, budget=Budget(trials=8), db=db)
    explanation = driver.explain(layers, db=db)
    schedules = [x for x in explanation.levers if x.kind is LeverKind.SCHEDULE]
    assert explanation.record is not None
    assert len(schedules) == len(explanation.record.chosen) == 2
    assert len({lever.subject for lever in schedules}) == 2
    check(explanation)


def test_options_take_the_schedules_of_their_kernels_along(
    monkeypatch, layers, tmp_path, prefers, everything_wins
):
    prefers("tuned")
    prefer_options(monkeypatch, "O2", base="O2")
    db = str(tmp_path / "r.db")
    driver.tune(layers, budget=Budget(trials=4), db=db)
    explanation = driver.explain(layers, db=db)
    options = explanation.levers[0]
    assert (options.kind, options.subject) == (LeverKind.OPTIONS, "O2")
    assert options.falls_with_it == f"{len(explanation.levers) - 1} schedules"
    check(explanation)


def test_precision_and_constants_are_levers_too(monkeypatch, layers, tmp_path, prefers):
    prefers("bf16+dt")
    prefer_options(monkeypatch, "bf16+dt")
    db = str(tmp_path / "r.db")
    budget = Budget(trials=0)
    settings = {"db": db, "licence": LICENCE, "constants": WEIGHTS}
    driver.tune(layers, budget=budget, **settings)
    explanation = driver.explain(layers, **settings)
    assert kinds(explanation) == [LeverKind.PRECISION, LeverKind.CONSTANTS]
    assert explanation.base_name == "bf16+dt"
    assert explanation.licence == str(LICENCE)
    check(explanation)


def test_without_records_there_is_nothing_to_switch_off(layers, tmp_path, monkeypatch):
    monkeypatch.setenv("MLOPT_CACHE_DIR", str(tmp_path))
    explanation = driver.explain(layers)
    assert (explanation.levers, explanation.record) == ((), None)
    assert not (tmp_path / "records.db").exists()


def test_a_database_that_was_named_has_to_be_there(layers, tmp_path):
    with pytest.raises(RecordError, match="absent"):
        driver.explain(layers, db=str(tmp_path / "absent.db"))
