"""Every example runs to its end, as a reader would start it."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))
# Tests set these for mlopt's own code; a reader's JAX has its defaults.
STRICT_RULES = {"JAX_NUMPY_DTYPE_PROMOTION", "JAX_NUMPY_RANK_PROMOTION"}


def test_examples_are_numbered_without_gaps():
    numbers = [re.match(r"(\d\d)_[a-z]", path.name) for path in EXAMPLES]
    assert None not in numbers
    assert [int(match[1]) for match in numbers if match] == [
        *range(1, len(EXAMPLES) + 1)
    ]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_a_main(path):
    functions = [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    ]
    assert "main" in functions


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.usefixtures("shares_compiled")
def test_an_example_runs_and_prints_nothing_but_its_output(path, tmp_path):
    # A reader's JAX is not as strict as our tests' (tests/conftest.py).
    own = {k: v for k, v in os.environ.items() if not k.startswith("JAX_NUMPY_")}
    done = subprocess.run(
        [sys.executable, str(path)],
        cwd=tmp_path,
        env=own,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert "leak" not in done.stderr
