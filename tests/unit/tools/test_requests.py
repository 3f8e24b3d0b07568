"""The flags of `mlopt tune` become one request."""

import pytest

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.tools import tune_command
from mlopt.tools.requests import TuneRequest


def _request(*arguments: str) -> TuneRequest:
    context = tune_command.tune.make_context("tune", list(arguments))
    return TuneRequest(**context.params)


def test_without_limits_the_default_budget_is_spent():
    assert _request("model.py:fn").budget == defaults.BUDGET


@pytest.mark.parametrize(
    ("arguments", "budget"),
    [
        (("--trials", "12"), Budget(trials=12)),
        (("--time-budget", "1.5"), Budget(seconds=1.5)),
        (("--trials", "0"), Budget(trials=0)),
        (("--trials", "3", "--time-budget", "60"), Budget(trials=3, seconds=60.0)),
    ],
)
def test_the_limits_given_are_the_budget(arguments, budget):
    assert _request("model.py:fn", *arguments).budget == budget


def test_every_flag_is_a_field_of_the_request():
    names = {parameter.name for parameter in tune_command.tune.params}
    assert names - {"verbose"} == set(TuneRequest.__dataclass_fields__)


def test_a_seed_of_zero_is_the_default_and_a_seed():
    assert _request("x.mlir").seed == 0
    assert _request("x.mlir", "--seed", "7").seed == 7
