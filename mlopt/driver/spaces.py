"""The spaces of one run: those that travel with mlopt, or a user's own for some kinds.

A worker parses them; here they are values.
"""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mlopt.core.candidate import Trace
from mlopt.core.errors import InputError, ScheduleError
from mlopt.core.template import SpaceTemplate
from mlopt.dialect.printing import space_text

_READING: Final = "mlopt.dialect.reading"
_DIGEST_CHARACTERS: Final = 8


@dataclass(frozen=True, slots=True)
class SpaceLibrary:
    """The templates that workloads are offered, more promising ones first."""

    templates: tuple[SpaceTemplate, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """What the records of their traces are filed under."""
        return tuple(template.key for template in self.templates)

    def of(self, trace: Trace) -> SpaceTemplate:
        """The space that a trace decides in.

        Raises:
            ScheduleError: there is none of that name.
        """
        for template in self.templates:
            if template.name == trace.space:
                return template
        raise ScheduleError(f"there is no space {trace.space}")


@dataclass(frozen=True, slots=True)
class SpaceSource:
    """A user's spaces: MLIR text, and what to call it in sentences."""

    text: str
    name: str


def source_of(space: SpaceTemplate | str | os.PathLike[str]) -> SpaceSource:
    """A space written in Python, or a file of spaces.

    Raises:
        InputError: the file cannot be read.
    """
    if isinstance(space, SpaceTemplate):
        return SpaceSource(space_text(space), space.name)
    path = Path(space)
    try:
        return SpaceSource(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no text, so no file of spaces") from error


def load_spaces(
    call: Callable[..., object], source: SpaceSource | None
) -> SpaceLibrary:
    """Read the shipped spaces; a user's take the place of those of their kinds.

    Args:
        call: runs a job in a worker.

    Raises:
        InputError: the source is not right: with line and column.
    """
    shipped = _templates(call(f"{_READING}:shipped_templates"))
    if source is None:
        return SpaceLibrary(shipped)
    own = _templates(call(f"{_READING}:read_templates", source.text, source.name))
    digest = hashlib.sha256(source.text.encode()).hexdigest()[:_DIGEST_CHARACTERS]
    # The text may change without its version: its records are its content's alone.
    own = tuple(replace(t, version=f"{t.version}+{digest}") for t in own)
    kinds, names = {t.kind for t in own}, {t.name for t in own}
    kept = (t for t in shipped if t.kind not in kinds and t.name not in names)
    return SpaceLibrary((*own, *kept))


def _templates(value: object) -> tuple[SpaceTemplate, ...]:
    assert isinstance(value, tuple)
    return value
