"""MLIR text is found beside the package, by name."""

from pathlib import Path

import pytest

from mlopt import resources

ROOT = Path(__file__).parents[2]


def test_every_transform_file_of_the_checkout_has_a_name():
    files = sorted(path.stem for path in (ROOT / "transforms").glob("*.mlir"))
    assert list(resources.transform_names()) == files


def test_every_named_transform_reads_as_its_file():
    for name in resources.transform_names():
        text = (ROOT / "transforms" / f"{name}.mlir").read_text(encoding="utf-8")
        assert resources.transform_library(name) == text


@pytest.mark.parametrize("name", ["no_such_file", "../pyproject", ""])
def test_unknown_name_is_refused_by_a_sentence(name):
    with pytest.raises(FileNotFoundError, match=r"transforms/ holds no .*\.mlir, only"):
        resources.transform_library(name)


def test_dialects_are_read_from_their_own_folder():
    with pytest.raises(FileNotFoundError, match="dialects/ holds no no_such_dialect"):
        resources.dialect_definition("no_such_dialect")


def test_every_space_can_be_read():
    assert "cpu_contraction" in resources.space_names()
    for name in resources.space_names():
        assert '"mlopt.space"' in resources.space_text(name)
