"""What is derived from the definition is up to date, and says what it says."""

import subprocess
import sys
from pathlib import Path

import pytest

from mlopt.dialect import generation
from mlopt.dialect.constraints import AnyOf, Base, Is, Region, Slot
from mlopt.dialect.definition import OPERATIONS, TYPES
from mlopt.resources import dialect_definition

ROOT = Path(__file__).parents[3]
TEXT = dialect_definition("mlopt.irdl")

ONE = """irdl.dialect @d {
  // What it is for.
  irdl.operation @op {
    %word = irdl.base "#builtin.string"
    %i64 = irdl.is i64
    %i32 = irdl.is i32
    %either = irdl.any_of(%i64, %i32)
    irdl.operands(first: %i64, rest: variadic %either)
    irdl.attributes { "name" = %word }
    %body = irdl.region with size 1
    %any = irdl.region
    irdl.regions(body: %body, others: %any)
  }
}
"""


def formatted(source: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--stdin-filename", "x.py", "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout


def test_every_part_of_an_operation_is_read():
    (operation,) = generation.read_operations(ONE)
    assert operation.text == "What it is for."
    either = AnyOf((Is("i64"), Is("i32")))
    assert operation.operands == (
        Slot(name="first", constraint=Is("i64")),
        Slot(name="rest", constraint=either, is_variadic=True),
    )
    assert operation.attributes == (("name", Base("#builtin.string")),)
    assert operation.regions == (
        Region(name="body", num_blocks=1),
        Region(name="others", num_blocks=None),
    )


def test_a_constraint_that_would_tie_two_attributes_is_refused():
    tied = ONE.replace('"name" = %word', '"name" = %word, "other" = %word')
    with pytest.raises(ValueError, match="used twice"):
        generation.read_operations(tied)


def test_the_definition_in_python_is_that_of_the_file():
    source = generation.to_python(
        generation.read_operations(TEXT), generation.read_types(TEXT)
    )
    committed = (ROOT / "mlopt" / "dialect" / "definition.py").read_text()
    assert formatted(source) == committed, "run `make dialect`"


def test_the_reference_page_is_that_of_the_file():
    page = generation.to_page(generation.read_operations(TEXT))
    assert page == (ROOT / "dialects" / "mlopt.md").read_text(), "run `make dialect`"


def test_every_operation_is_explained_by_an_example():
    for operation in generation.read_operations(TEXT):
        assert operation.summary, operation.name
        assert f'"{operation.full_name}"' in operation.example, operation.name


def test_the_vocabulary_is_the_one_that_was_designed():
    names = {operation.name for operation in OPERATIONS}
    steps = {"tile", "fuse", "interchange", "pack", "pad", "unroll", "hoist"}
    assert steps | {"vectorize", "parallelize", "configure"} <= names
    assert {"space", "knob", "alternatives", "require", "schedule"} <= names
    assert TYPES == ("values", "sizes")
