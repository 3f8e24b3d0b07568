"""README and ARCHITECTURE say what the code says."""

import re
import tomllib
from pathlib import Path

import pytest

from mlopt import defaults
from mlopt.tools.main import cli
from mlopt.tools.tune_command import tune

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_readme_begins_with_the_two_commands():
    head = README[: README.index("<!-- demo-output -->")]
    assert re.findall(r"^make \w+", head, re.MULTILINE) == ["make demo", "make test"]


@pytest.mark.parametrize("name", ["demo-output", "bench-core"])
def test_measured_output_has_its_place(name):
    assert README.index(f"<!-- {name} -->") < README.index(f"<!-- /{name} -->")


def test_readme_has_every_flag_of_tune_and_no_other():
    known = {flag for option in tune.params for flag in option.opts if "--" in flag}
    table = README[README.index("| flag of `tune`") : README.index("Ctrl-C loses")]
    assert set(re.findall(r"--[a-z]+[a-z-]*", table)) == known


def test_readme_names_every_command():
    assert all(f"mlopt {name}" in README for name in cli.commands)


def test_readme_states_the_default_budget():
    budget = defaults.BUDGET
    assert f"{budget.trials} trials or {budget.seconds:g} s" in README


def test_architecture_has_every_package_of_the_contract():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = config["tool"]["importlinter"]["contracts"][0]["layers"]
    table = ARCHITECTURE[ARCHITECTURE.index("## Layers") :]
    table = table[: table.index("\n## ", 1)]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    named = [sorted(re.findall(r"`(\w+)`", row)) for row in rows]
    assert named == [sorted(re.findall(r"\w+", layer)) for layer in layers]


@pytest.mark.parametrize("document", [README, ARCHITECTURE])
def test_files_that_are_named_are_there(document):
    named = re.findall(
        r"`((?:mlopt|transforms|examples|dialects|tests)/[\w./-]+)`", document
    )
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]
