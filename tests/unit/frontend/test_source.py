"""`file.py:name`: what loads, and one sentence for whatever does not."""

import os
import sys

import pytest

from mlopt.core.errors import InputError
from mlopt.frontend.source import load_source, split_reference


@pytest.fixture
def write(tmp_path):
    def write(text, name="model.py"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def refusal(path, name):
    with pytest.raises(InputError) as caught:
        load_source(path, name)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


def test_a_function_that_returns_a_callable_and_arguments(write):
    path = write("def f(x, y):\n    return x + y\ndef build():\n    return f, (1, 2)\n")
    source = load_source(path, "build")
    assert source.name == "build"
    assert source.function(*source.args, **source.kwargs) == 3


def test_keyword_arguments_and_a_list_are_taken(write):
    path = write(
        "def f(x, *, y):\n    return x - y\ndef build():\n    return f, [3], {'y': 2}\n"
    )
    source = load_source(path, "build")
    assert source.function(*source.args, **source.kwargs) == 1


def test_neighbours_are_importable_while_it_loads_and_not_after(write):
    write("value = 41\n", "the_neighbour.py")
    path = write(
        "def build():\n    import the_neighbour\n"
        "    return abs, (the_neighbour.value + 1,)\n"
    )
    before = list(sys.path)
    try:
        assert load_source(path, "build").args == (42,)
    finally:
        sys.modules.pop("the_neighbour", None)
    assert sys.path == before


def test_a_file_named_like_a_package_leaves_the_package_alone(write):
    path = write("def build():\n    return abs, (1,)\n", "json.py")
    import json

    assert load_source(path, "build").args == (1,)
    assert sys.modules["json"] is json


def test_dataclasses_of_the_file_work(write):
    path = write(
        "from __future__ import annotations\nimport dataclasses\n"
        "@dataclasses.dataclass\nclass Config:\n    size: int = 3\n"
        "def build():\n    return abs, (Config().size,)\n"
    )
    assert load_source(path, "build").args == (3,)


def test_the_function_raises(write):
    path = write("def build():\n    x = 1\n    raise ValueError('no weights\\nmore')\n")
    sentence = refusal(path, "build")
    assert sentence.endswith(f"failed: ValueError: no weights ({path}:3)")


def test_the_line_is_the_users_own_when_a_library_raises(write):
    path = write("import json\ndef build():\n    return json.loads('{')\n")
    assert refusal(path, "build").endswith(f"({path}:3)")


def test_a_relative_path_finds_its_line_too(write, monkeypatch, tmp_path):
    write("import json\ndef build():\n    return json.loads('{')\n")
    monkeypatch.chdir(tmp_path)
    path, name = split_reference("model.py:build")
    assert refusal(path, name).endswith("model.py:3)")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def build(:\n", "SyntaxError"),
        ("import no_such_module_here\n", "No module named 'no_such_module_here'"),
        ("import sys\nsys.exit(3)\n", "SystemExit: 3"),
    ],
)
def test_the_file_itself_fails(write, text, expected):
    path = write(text)
    sentence = refusal(path, "build")
    assert sentence.startswith(f"{path} cannot be loaded: ")
    assert expected in sentence
    assert f"({path}:" in sentence


def test_a_missing_name_is_answered_with_those_there_are(write):
    path = write("def build():\n    pass\ndef other():\n    pass\n")
    assert refusal(path, "biuld").endswith(
        "has no name 'biuld'; it defines build, other"
    )


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        ("3", "of type int"),
        ("None", "of type NoneType"),
        ("(abs, 3)", "it returned (builtin_function_or_method, int)"),
        ("(3, (1,))", "of type int and cannot be called"),
        ("(abs, (1,), (2,))", "it returned (builtin_function_or_method, tuple, tuple)"),
    ],
)
def test_a_wrong_return_value_is_described(write, returned, expected):
    path = write(f"def build():\n    return {returned}\n")
    sentence = refusal(path, "build")
    assert "must return (callable, args) or (callable, args, kwargs)" in sentence
    assert expected in sentence


def test_a_name_that_is_no_function(write):
    assert "build is no function" in refusal(write("build = 3\n"), "build")


def test_references_are_split_at_the_last_colon(write):
    path = write("")
    assert split_reference(f"{path}:build") == (path, "build")


def test_a_file_of_another_kind_has_no_name(write):
    path = write("", "model.mlir")
    assert split_reference(str(path)) == (path, None)


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("missing.py:build", "missing.py does not exist"),
        ("missing.mlir", "missing.mlir does not exist"),
        ("model.py", "add the name of a function"),
        ("model.py:", "add the name of a function"),
        (os.curdir, "is a folder"),
    ],
)
def test_bad_references(write, monkeypatch, tmp_path, reference, expected):
    write("")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=expected):
        split_reference(reference)
