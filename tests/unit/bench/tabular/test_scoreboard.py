"""The scoreboard: a strategy that knows the table beats one that does not."""

import io
import json

import pytest
from rich.console import Console

from mlopt.bench.tabular.scoreboard import BUDGETS, standing
from mlopt.bench.tabular.standings import print_standings, standings_to_json
from mlopt.search import strategies
from mlopt.search.encoding import decode
from mlopt.search.strategies.base import Strategy


class Knowing(Strategy):
    """Goes to the best of the table at once."""

    def _propose(self):
        return decode(self.spaces["packed"], (4, 2))

    def _learn(self, key, trial):
        pass


@pytest.fixture
def knowing(monkeypatch):
    table = {**strategies.STRATEGIES, "knowing": Knowing}
    monkeypatch.setattr(strategies, "STRATEGIES", table)


def test_who_knows_needs_one_trial(table, knowing):
    told = []
    found = standing(
        "knowing", table, range(3), with_experts=False, told=lambda: told.append(1)
    )
    assert len(told) == 2 * 3
    assert found.trials_to_found.value == found.trials_to_found.high == 1.0
    assert {found.shares[budget].value for budget in BUDGETS} == {1.0}


def test_chance_needs_more_and_is_found_out(table, knowing):
    found = standing("random", table, range(10), with_experts=False)
    # 36 traces, one of which has 95% of the best: 18.5 on average.
    assert 12.0 < found.trials_to_found.value < 25.0
    assert found.trials_to_found.low < found.trials_to_found.value
    values = [found.shares[budget].value for budget in BUDGETS]
    assert values == sorted(values)
    assert values[0] < 1.0 == pytest.approx(values[-1])
    assert found.failed == pytest.approx(1 / 36)
    again = standing("random", table, range(10), with_experts=False)
    assert again == found


def test_it_is_printed_and_written(table, knowing):
    found = [standing(n, table, range(3)) for n in ("random", "knowing")]
    stream = io.StringIO()
    print_standings(found, table, 3, Console(file=stream, width=120))
    lines = stream.getvalue().splitlines()
    assert lines[0].startswith("2 workloads, 72 traces, measured on")
    rows = [line.split()[0] for line in lines[-2:]]
    assert rows == ["knowing", "random"]
    content = json.loads(standings_to_json(found, table))
    assert content["workloads"] == ["matmul_64x64x64", "another"]
    assert set(content["strategies"]["random"]["shares"]) == set(map(str, BUDGETS))
