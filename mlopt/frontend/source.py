"""Source references as users write them: `file.py:name`, or a file.

Answers "which callable and arguments does this name". Imports neither jax nor iree by
itself; the user's file may.
"""

import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from mlopt.core.errors import InputError

_CONTRACT = "must return (callable, args) or (callable, args, kwargs)"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedSource:
    """A callable and the example arguments its author gave."""

    name: str
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


def split_reference(reference: str) -> tuple[Path, str | None]:
    """(file, name) of `file.py:name`, or (file, None) of a file.

    Raises:
        InputError: no such file, or a Python file without a name.
    """
    file, separator, name = reference.rpartition(":")
    if separator and file.endswith(".py") and not Path(reference).exists():
        path: Path = Path(file)
        chosen: str | None = name
    else:
        path, chosen = Path(reference), None
    if not path.is_file():
        kind = "is a folder" if path.is_dir() else "does not exist"
        raise InputError(f"{path} {kind}")
    if path.suffix == ".py" and not chosen:
        raise InputError(
            f"{path} is a Python file: add the name of a function that returns "
            f"(callable, example_args), as in {path}:name"
        )
    return path, chosen


def load_source(path: Path, name: str) -> LoadedSource:
    """Run a user's Python file and call its function `name`.

    Raises:
        InputError: the file or the function raises, the name is missing, or what it
            returns is not (callable, args) or (callable, args, kwargs).
    """
    with _folder_on_path(path):
        module = _import_file(path)
        factory = getattr(module, name, None)
        if factory is None:
            raise InputError(f"{path} has no name {name!r}{_suggestion(module)}")
        if not callable(factory):
            raise InputError(f"{path}:{name} is no function; it {_CONTRACT}")
        try:
            value = factory()
        except (Exception, SystemExit) as error:
            raise InputError(blame(error, f"{path}:{name} failed", path)) from error
    return _checked(value, path, name)


def blame(error: BaseException, headline: str, path: Path | None = None) -> str:
    """One sentence: what failed, the exception's headline, and its file and line.

    The line is the innermost one in `path`, or else outside installed packages.
    """
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    what = type(error).__name__ + (f": {lines[0]}" if lines else "")
    place = _place(error, path)
    return f"{headline}: {what}" + (f" ({place})" if place else "")


def _place(error: BaseException, path: Path | None) -> str | None:
    if isinstance(error, SyntaxError) and error.filename and error.lineno:
        return f"{error.filename}:{error.lineno}"
    own = str(Path(__file__).parent)
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if not frame.filename.startswith((own, "<"))
    ]
    users = [f for f in frames if path and Path(f.filename) == path.resolve()]
    users = users or [f for f in frames if "site-packages" not in f.filename]
    return f"{users[-1].filename}:{users[-1].lineno}" if users else None


def _import_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path.resolve())
    if spec is None or spec.loader is None:
        raise InputError(f"{path} cannot be loaded as Python")
    module = importlib.util.module_from_spec(spec)
    # Dataclasses and pickles of the user's file look their module up by name; a name
    # that is taken (a file called numpy.py) stays whose it is.
    known = sys.modules.setdefault(spec.name, module)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        if known is module:
            del sys.modules[spec.name]
        raise InputError(blame(error, f"{path} cannot be loaded", path)) from error
    return module


@contextmanager
def _folder_on_path(path: Path) -> Iterator[None]:
    """Let the file import its neighbours, as it could when run as a script."""
    folder = str(path.resolve().parent)
    sys.path.insert(0, folder)
    try:
        yield
    finally:
        sys.path.remove(folder)


def _suggestion(module: ModuleType) -> str:
    names = [
        name
        for name, value in vars(module).items()
        if callable(value)
        and getattr(value, "__module__", None) == module.__name__
        and not name.startswith("_")
    ]
    return f"; it defines {', '.join(names)}" if names else ""


def _checked(value: Any, path: Path, name: str) -> LoadedSource:
    where = f"{path}:{name} {_CONTRACT}"
    match value:
        case (function, list() | tuple() as args):
            kwargs: Any = {}
        case (function, list() | tuple() as args, dict() as kwargs):
            pass
        case tuple():
            kinds = ", ".join(type(part).__name__ for part in value)
            raise InputError(f"{where}, args being a tuple; it returned ({kinds})")
        case _:
            raise InputError(
                f"{where}; it returned an object of type {type(value).__name__}"
            )
    if not callable(function):
        raise InputError(
            f"{where}; what it returned first is of type {type(function).__name__} "
            "and cannot be called"
        )
    return LoadedSource(
        name=name, function=function, args=tuple(args), kwargs=dict(kwargs)
    )
