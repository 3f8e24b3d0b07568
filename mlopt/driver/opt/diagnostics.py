"""What the compiler says, as values, and as `file:line:col: error: sentence`.

Takes the objects of the bindings, but imports neither jax nor iree.
"""

import enum
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

# The first place in a location: of fused ones and call sites the innermost.
_FILE_LINE: Final = re.compile(r'"((?:[^"\\]|\\.)*)":(\d+):(\d+)')
_ESCAPE: Final = re.compile(r"\\([0-9A-F]{2}|.)")
# What MLIR calls a file when it parses bytes.
BUFFER: Final = "-"
# What of the compiler is no text is none in Python either: the bindings raise one of
# these where a name or a string is not UTF-8.
_ENCODING_ERRORS: Final = (RuntimeError, UnicodeDecodeError)
_UNREADABLE: Final = "the message about this is not UTF-8"
# A note with the whole operation in it, for people; mlir-opt checks none of them.
_PRINTED_OPERATION: Final = "see current operation:"

# A line that is longer is a constant, and helps nobody.
_SHOWN_CHARACTERS: Final = 400


class Kind(enum.StrEnum):
    """Of a diagnostic; values are the words that are printed."""

    ERROR = "error"
    WARNING = "warning"
    REMARK = "remark"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in a file; line and column count from 1, 0 is unknown."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One diagnostic; `place` is None where it has none in any file."""

    kind: Kind
    place: Place | None
    message: str
    notes: tuple["Diagnostic", ...] = ()


def from_bindings(diagnostic: Any, name: str) -> Diagnostic:
    """Copy a diagnostic that is only valid while its handler runs.

    Args:
        name: of the input, which the bindings do not know.
    """
    return Diagnostic(
        kind=Kind(diagnostic.severity.name.lower()),
        place=place_of(_read(lambda: str(diagnostic.location), ""), name),
        message=_read(lambda: diagnostic.message, _UNREADABLE).rstrip(),
        notes=tuple(from_bindings(note, name) for note in diagnostic.notes),
    )


def place_of(location: str, name: str) -> Place | None:
    """The place in a printed location, `loc("-":2:3)`; None if it names no file."""
    match = _FILE_LINE.search(location)
    if match is None:
        return None
    file = _ESCAPE.sub(_unescaped, match[1])
    return Place(
        file=name if file == BUFFER else file, line=int(match[2]), column=int(match[3])
    )


def checkable(diagnostic: Diagnostic) -> Diagnostic:
    """Without the notes that print a whole operation."""
    notes = (
        n for n in diagnostic.notes if not n.message.startswith(_PRINTED_OPERATION)
    )
    return Diagnostic(
        kind=diagnostic.kind,
        place=diagnostic.place,
        message=diagnostic.message,
        notes=tuple(notes),
    )


def render(diagnostic: Diagnostic, *, name: str, lines: Sequence[str]) -> str:
    """The text of a diagnostic and its notes, each line ended.

    Args:
        name: of the input.
        lines: of the input; the one that is meant is shown under a diagnostic.
    """
    return "".join(
        f"{line}\n"
        for part in (diagnostic, *diagnostic.notes)
        for line in _rendered(part, name, lines)
    )


def _rendered(diagnostic: Diagnostic, name: str, lines: Sequence[str]) -> Iterator[str]:
    place = diagnostic.place
    yield f"{place or '<unknown>:0'}: {diagnostic.kind}: {diagnostic.message}"
    if place is None or place.file != name or not 0 < place.line <= len(lines):
        return
    source = lines[place.line - 1].rstrip()
    if source and len(source) <= _SHOWN_CHARACTERS:
        # Bytes that are no text would steer the terminal.
        yield "".join(c if c.isprintable() else " " for c in source)
        yield " " * max(0, place.column - 1) + "^"


def _read(text: Callable[[], str], otherwise: str) -> str:
    """A text of the bindings; an error raised in a handler would end up nowhere."""
    try:
        return text()
    except _ENCODING_ERRORS:
        return otherwise


def _unescaped(match: re.Match[str]) -> str:
    text = match[1]
    return chr(int(text, 16)) if len(text) > 1 else text
