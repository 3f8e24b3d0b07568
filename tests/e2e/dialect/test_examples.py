"""The example of every operation in the reference page verifies."""

import pytest

from mlopt.dialect.generation import read_operations
from mlopt.resources import dialect_definition

OPERATIONS = read_operations(dialect_definition("mlopt.irdl"))


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda op: op.name)
def test_the_example_is_right(verify, operation):
    assert verify(operation.example) == []
