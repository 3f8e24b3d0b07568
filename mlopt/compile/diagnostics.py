"""The compiler's diagnostics as text: the one sentence to show, and what it is about.

IREE prints an error, the call stack that led to it and the IR around it, hundreds of
lines together. Imports neither jax nor iree.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Three lines of a terminal.
_SENTENCE_CHARACTERS: Final = 240
# "model.mlir:3:8: message", the form in which IREE hands a diagnostic over; a name
# may hold colons and blanks ("jit(f)/dot_general", "C:\model.mlir").
_LOCATED: Final = re.compile(
    r"(?P<location>\S[^\n]*?:\d+:\d+): (?P<message>.*)", re.DOTALL
)
# How the bindings' transform interpreter words a failure; the place is in the script.
_TRANSFORM_FAILURE: Final = re.compile(
    r"Diagnostic message at (?P<location>loc\([^\n]*?\)): (?P<message>.*)", re.DOTALL
)
_SCRIPT_LINE: Final = re.compile(r'":(\d+):\d+')
# What follows is the operation itself, printed.
_PRINTED_OPERATION: Final = re.compile(r': (?:%[\w:]+(?:, %[\w:]+)* = )?"?[a-z_]+\.\w+')


class Severity(enum.IntEnum):
    """As numbered by iree/compiler/embedding_api.h."""

    NOTE = 0
    WARNING = 1
    ERROR = 2
    REMARK = 3


class Cause(enum.StrEnum):
    """What an error is about, as far as it is worth telling apart."""

    UNSUPPORTED_OP = "unsupported_op"
    VECTOR_SIZE = "vector_size"
    STACK_SIZE = "stack_size"
    LOWERING_CONFIG = "lowering_config"
    OTHER = "other"


# First match wins. The texts are those of IREE 3.13.
_CAUSES: Final = {
    Cause.VECTOR_SIZE: re.compile(r"large vector sizes"),
    Cause.STACK_SIZE: re.compile(r"stack allocation limit"),
    Cause.UNSUPPORTED_OP: re.compile(r"failed to legalize|explicitly marked illegal"),
    Cause.LOWERING_CONFIG: re.compile(
        r"tiling level|expected sizes|lowering.config|failed to build pass pipeline"
    ),
}


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One diagnostic with its notes, as the compiler formats it."""

    severity: Severity
    text: str


def first_error(diagnostics: Iterable[Diagnostic]) -> str:
    """The first error as one line: `file:line:col: error: message`; "" if none."""
    for diagnostic in diagnostics:
        if diagnostic.severity is Severity.ERROR:
            return sentence(diagnostic.text)
    return ""


def sentence(text: str) -> str:
    """One line for a diagnostic: where, what, but no IR and no call stack."""
    location, message = _split(text.strip())
    line = f"error: {headline(message)}"
    return f"{location}: {line}" if location else line


def headline(message: str) -> str:
    """The first line of a message without the IR in it, cut to a readable length."""
    line = next((line for line in message.splitlines() if line.strip()), "")
    printed = _PRINTED_OPERATION.search(line)
    if printed:
        line = line[: printed.start()]
    line = line.strip().rstrip(":")
    if len(line) <= _SENTENCE_CHARACTERS:
        return line
    return line[: _SENTENCE_CHARACTERS - 3].rstrip() + "..."


def transform_failure(text: str) -> str:
    """What the transform interpreter says went wrong: `line N: message`."""
    match = _TRANSFORM_FAILURE.search(text)
    if match is None:
        return headline(text)
    line = _SCRIPT_LINE.search(match["location"])
    message = headline(match["message"])
    return f"line {line[1]}: {message}" if line else message


def transcript(diagnostics: Iterable[Diagnostic]) -> str:
    """Everything that was said, for --verbose."""
    return "\n".join(
        f"{diagnostic.severity.name.lower()}: {diagnostic.text.strip()}"
        for diagnostic in diagnostics
    )


def classify(text: str) -> Cause:
    """What an error is about, from its sentence or its transcript."""
    for cause, pattern in _CAUSES.items():
        if pattern.search(text):
            return cause
    return Cause.OTHER


def _split(text: str) -> tuple[str, str]:
    """Location ("" when unknown) and message."""
    first_line = text.partition("\n")[0]
    if not _LOCATED.match(first_line):
        return "", text
    match = _LOCATED.match(text)
    assert match is not None  # its first line does
    return match["location"].removesuffix(":0:0"), match["message"]
