"""Every sequence of the transform library has a test of its own, and a comment."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LIBRARY = sorted((ROOT / "transforms").glob("*.mlir"))
TESTS = "".join(
    path.read_text()
    for path in (ROOT / "tests" / "filecheck" / "transforms").glob("*.mlir")
)
SEQUENCE = re.compile(r"named_sequence @(\w+)")


@pytest.mark.parametrize(
    "name", [name for path in LIBRARY for name in SEQUENCE.findall(path.read_text())]
)
def test_a_sequence_is_tested_by_itself(name):
    assert re.search(rf"(@|entry-point=){name}\b", TESTS)


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_a_file_of_sequences_says_what_it_is_for(path):
    assert path.read_text().startswith("// ")
