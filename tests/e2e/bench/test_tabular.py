"""A table is measured, goes on where it stopped, and strategies search in it."""

import json
import subprocess
import sys

import pytest

from mlopt.bench.operator_kinds import elementwise, matmul
from mlopt.bench.tabular import files, making
from mlopt.bench.tabular.collecting import path_of
from mlopt.core.errors import InputError
from mlopt.dialect.elaboration import Elaborated, elaborate
from mlopt.dialect.facts import facts_of
from mlopt.report.progress import NullProgress

MODEL = """
from mlopt.bench.operator_kinds import elementwise, matmul

product = matmul(32, 64, 48).build
gelu = elementwise("gelu", (32, 64)).build
"""
PROGRAMS = {"product": matmul(32, 64, 48), "gelu": elementwise("gelu", (32, 64))}


class Counting(NullProgress):
    def __init__(self):
        self.trials = 0

    def trial(self, status, speedup):
        self.trials += 1


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The path of a table of two small workloads, and how to make it again."""
    folder = tmp_path_factory.mktemp("table")
    source = folder / "suite.py"
    source.write_text(MODEL)
    path = folder / "table.jsonl.gz"

    def make(**changes):
        progress = Counting()
        settings = {
            "is_training": False,
            "only": "*",
            "most": 10,
            "seed": 0,
            "folder": folder / "parts",
            "progress": progress,
        }
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(making, "TABLED", PROGRAMS)
            patch.setattr(making, "_SUITE", source)
            return making.make_table(path, **(settings | changes)), progress.trials

    table, num_trials = make()
    assert num_trials == sum(len(each.results) for each in table.workloads)
    return path, make, folder / "parts"


def test_every_trace_has_a_result(made):
    path, _, _ = made
    table = files.read(path)
    assert [each.name for each in table.workloads] == ["product", "gelu"]
    for each in table.workloads:
        assert 2 <= len(each.results) <= 10
        assert {trace.space for trace in each.experts} <= {s.name for s in each.spaces}
        assert each.baseline_us > 0.0
        timed = [r for r in each.results.values() if r.status is None]
        assert timed
        for result in timed:
            assert result.low is not None and result.high is not None
            assert result.low <= result.high
            assert result.code
        by_code = {}
        for result in timed:
            # Equal code was timed once.
            assert by_code.setdefault(result.code, result) == result


def test_what_the_steps_of_a_trace_are_is_known_without_the_compiler(made):
    path, _, _ = made
    table = files.read(path)
    templates = {template.name: template for template in table.templates}
    for each in table.workloads:
        facts = facts_of(each.workload, table.origin.target)
        for trace in each.experts:
            plan = elaborate(templates[trace.space], facts)
            assert isinstance(plan, Elaborated)
            assert plan.space.violation(dict(trace.decisions)) is None
            assert len(list(plan.steps(dict(trace.decisions)))) > 3


def test_a_finished_one_is_not_measured_again(made):
    path, make, _ = made
    before = path.read_bytes()
    _, num_trials = make()
    assert num_trials == 0
    assert path.read_bytes() == before


def test_it_goes_on_where_it_was_stopped(made):
    _, make, parts = made
    part = path_of(parts, "product")
    content = part.read_bytes()
    lines = content.splitlines(keepends=True)
    # In the middle of a line, as a kill leaves it.
    part.write_bytes(b"".join(lines[:-2]) + lines[-2][:5])
    table, num_trials = make()
    assert num_trials == 2
    keys = {each.name: set(each.results) for each in table.workloads}
    assert len(keys["product"]) == len(lines) - 2


def test_what_was_measured_otherwise_is_not_mixed_in(made):
    _, make, _ = made
    with pytest.raises(InputError, match="take it away"):
        make(seed=1)
    with pytest.raises(InputError, match="no workload's name matches 'x'"):
        make(only="x")


def test_strategies_search_in_it_from_the_command_line(made, tmp_path):
    path, _, _ = made
    out = tmp_path / "board.json"
    command = (sys.executable, "-m", "mlopt", "bench", "search", str(path))
    done = subprocess.run(
        [*command, "--seeds", "3", "--json", str(out)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "random" in done.stdout and "evolution" in done.stdout
    assert set(json.loads(out.read_text())["strategies"]) == {"random", "evolution"}
    refused = subprocess.run(
        [*command[:-1], str(tmp_path / "absent.gz")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert refused.returncode == 1
    assert "cannot read" in refused.stderr
