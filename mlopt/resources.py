"""The MLIR text that travels with mlopt: transforms/ and dialects/.

In a checkout both folders stand beside the package; a wheel carries them inside it,
under mlopt/_mlir/ (see pyproject.toml). Must not import any other part of mlopt.
"""

import importlib.resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".mlir"


def transform_library(name: str) -> str:
    """Text of one file of the transform library, named without its suffix.

    Raises:
        FileNotFoundError: no such file; the message lists those there are.
    """
    return _read("transforms", name)


def dialect_definition(name: str) -> str:
    """Text of one dialect definition, named without its suffix.

    Raises:
        FileNotFoundError: no such file; the message lists those there are.
    """
    return _read("dialects", name)


def space_text(name: str) -> str:
    """MLIR text of one search space, named without its suffix.

    Raises:
        FileNotFoundError: no such file; the message lists those there are.
    """
    return _read("transforms/spaces", name)


def space_names() -> tuple[str, ...]:
    """Names that `space_text` takes, sorted."""
    return _names("transforms/spaces")


def transform_names() -> tuple[str, ...]:
    """Names that `transform_library` takes, sorted."""
    return _names("transforms")


def dialect_names() -> tuple[str, ...]:
    """Names that `dialect_definition` takes, sorted."""
    return _names("dialects")


def _read(folder: str, name: str) -> str:
    known = _names(folder)
    if name not in known:
        have = ", ".join(known) or "nothing"
        raise FileNotFoundError(f"{folder}/ holds no {name}{_SUFFIX}, only: {have}")
    return (_locate(folder) / f"{name}{_SUFFIX}").read_text(encoding="utf-8")


def _names(folder: str) -> tuple[str, ...]:
    root = _locate(folder)
    if not root.is_dir():
        return ()
    files = (entry.name for entry in root.iterdir())
    return tuple(sorted(f.removesuffix(_SUFFIX) for f in files if f.endswith(_SUFFIX)))


def _locate(folder: str) -> Traversable:
    packaged = importlib.resources.files("mlopt") / "_mlir" / folder
    if packaged.is_dir():
        return packaged
    return Path(__file__).resolve().parent.parent / folder
