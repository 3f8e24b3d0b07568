"""`mlopt.NAME` resolves for every public name, and type checkers see the same list."""

import ast
import importlib.util
from pathlib import Path

import pytest

import mlopt

TREE = ast.parse(Path(mlopt.__file__).read_text(encoding="utf-8"))


def typed_names() -> dict[str, str | None]:
    """Public name -> home module, as the TYPE_CHECKING block has them."""
    imports = (node for node in ast.walk(TREE) if isinstance(node, ast.ImportFrom))
    return {
        alias.asname: node.module
        for node in imports
        for alias in node.names
        if alias.asname is not None
    }


def test_both_lists_of_public_names_are_the_same():
    assert typed_names() == mlopt._HOMES


@pytest.mark.parametrize("name", sorted(mlopt._HOMES))
def test_public_name_loads_and_is_listed(name):
    assert getattr(mlopt, name).__name__ == name
    assert name in dir(mlopt)


@pytest.mark.parametrize("name", sorted(mlopt._HOMES))
def test_no_module_bears_the_name_of_a_public_name(name):
    assert importlib.util.find_spec(f"mlopt.{name}") is None


def test_unknown_name_raises_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        mlopt.nonsense  # noqa: B018
