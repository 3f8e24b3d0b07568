"""Every operation of the dialect has a lit test that is right and one that is not."""

from pathlib import Path

import pytest

from mlopt.dialect.definition import OPERATIONS

FOLDER = Path(__file__).parents[2] / "filecheck" / "dialect"
WRONG = "".join(p.read_text() for p in FOLDER.glob("*_invalid.mlir"))
RIGHT = "".join(
    p.read_text() for p in FOLDER.glob("*.mlir") if not p.stem.endswith("_invalid")
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)
def test_an_operation_has_lit_tests(operation):
    assert f'"{operation.full_name}"' in RIGHT
    assert f"'{operation.full_name}'" in WRONG or f'"{operation.full_name}"' in WRONG
