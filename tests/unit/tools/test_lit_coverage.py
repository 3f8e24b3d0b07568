"""Every flag and every pass of mlopt-opt has a lit test."""

from pathlib import Path

import pytest

from mlopt.driver.opt.passes import PASSES
from mlopt.tools.opt_flags import FLAGS

FOLDER = Path(__file__).parents[2] / "filecheck"
RUNS = "\n".join(
    line
    for path in FOLDER.rglob("*.mlir")
    for line in path.read_text().splitlines()
    if "RUN:" in line
)


@pytest.mark.parametrize("name", [*FLAGS, *PASSES])
def test_it_is_run_by_a_lit_test(name):
    dashes = "-" if len(name) == 1 else "--"
    assert f"{dashes}{name}" in RUNS or f"({name}" in RUNS


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_is_also_tested_on_what_it_refuses(name):
    wrong = "".join(p.read_text() for p in FOLDER.rglob("*_invalid.mlir"))
    assert name in wrong
