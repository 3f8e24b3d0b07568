"""`expected-error {{...}}` comments: what they demand, and what came instead.

As `mlir-opt --verify-diagnostics` reads them. Text only; imports neither jax nor iree.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from mlopt.driver.opt.diagnostics import Diagnostic, Kind, Place

_COMMENT: Final = re.compile(
    r"expected-(?P<kind>error|note|remark|warning)(?P<regex>-re)? *"
    r"(?:@(?P<where>[+-]\d+|above|below|unknown))? *\{\{(?P<text>.*)\}\}$"
)
_EMBEDDED_REGEX: Final = re.compile(r"\{\{(.*?)\}\}")
# Line numbers have fewer; Python refuses to read thousands.
_OFFSET_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """One comment.

    Attributes:
        kind: of the diagnostic.
        line: where the diagnostic is to be, from 1; None: at no place in the input.
        text: which its message is to contain.
        written_at: line of the comment itself.
        is_regex: the text's `{{...}}` parts are regular expressions.
    """

    kind: Kind
    line: int | None
    text: str
    written_at: int
    is_regex: bool = False

    def fits(self, message: str) -> bool:
        """Whether a message is what is expected; none is where `problem` is not ""."""
        if not self.is_regex:
            return self.text in message
        return not self.problem and re.search(self._pattern, message) is not None

    @property
    def problem(self) -> str:
        """Why the text is no regular expression; "" if it is, or need not be."""
        if not self.is_regex:
            return ""
        try:
            re.compile(self._pattern)
        except (re.error, OverflowError, RecursionError) as error:
            return str(error)
        return ""

    @property
    def _pattern(self) -> str:
        parts = _EMBEDDED_REGEX.split(self.text)
        literal = (re.escape(part) for part in parts[::2])
        embedded = (f"(?:{part})" for part in [*parts[1::2], ""])
        return "".join(a + b for a, b in zip(literal, embedded, strict=True))


def expectations_of(lines: Sequence[str]) -> list[Expectation]:
    """Read the comments of a document.

    `@above` and `@below` mean the next line that holds no comment of this kind, so
    that several can be stacked.
    """
    found: list[Expectation] = []
    last_plain = 0
    for number, line in enumerate(lines, start=1):
        match = _COMMENT.search(line.rstrip())
        if match is None:
            last_plain = number
            continue
        found.append(_expectation(match, number, last_plain, lines))
    return found


def complaints(
    expected: Iterable[Expectation],
    produced: Iterable[Diagnostic],
    *,
    name: str,
    only_expected: bool,
) -> list[Diagnostic]:
    """Errors about what was not expected and what did not come.

    Args:
        name: of the input, whose lines the expectations count.
        only_expected: what nobody expects is no error, unless it is one itself.
    """
    left = list(expected)
    surplus: list[Diagnostic] = []
    for diagnostic in _with_notes(produced):
        match = _match(left, diagnostic, name)
        if match is not None:
            left.remove(match)
        elif not only_expected or diagnostic.kind is Kind.ERROR:
            surplus.append(_unexpected(left, diagnostic, name))
    return surplus + [_missing(expectation, name) for expectation in left]


def _expectation(
    match: re.Match[str], number: int, last_plain: int, lines: Sequence[str]
) -> Expectation:
    where, line = match["where"], number
    if where == "unknown":
        line = None
    elif where == "above":
        line = last_plain
    elif where == "below":
        line = _next_plain(lines, number)
    elif where:
        line = number + int(where[:_OFFSET_CHARACTERS])
    return Expectation(
        kind=Kind(match["kind"]),
        line=line,
        text=match["text"],
        written_at=number,
        is_regex=match["regex"] is not None,
    )


def _next_plain(lines: Sequence[str], number: int) -> int:
    for following in range(number + 1, len(lines) + 1):
        if _COMMENT.search(lines[following - 1].rstrip()) is None:
            return following
    return len(lines) + 1


def _with_notes(produced: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    for diagnostic in produced:
        yield diagnostic
        yield from diagnostic.notes


def _line(diagnostic: Diagnostic, name: str) -> int | None:
    place = diagnostic.place
    return place.line if place is not None and place.file == name else None


def _match(
    left: Iterable[Expectation], diagnostic: Diagnostic, name: str
) -> Expectation | None:
    line = _line(diagnostic, name)
    for expectation in left:
        is_here = expectation.line == line and expectation.kind is diagnostic.kind
        if is_here and expectation.fits(diagnostic.message):
            return expectation
    return None


def _unexpected(
    left: Iterable[Expectation], diagnostic: Diagnostic, name: str
) -> Diagnostic:
    """A diagnostic nobody expects; one that only has another severity says so."""
    line = _line(diagnostic, name)
    message = f"unexpected {diagnostic.kind}: {diagnostic.message}"
    for expectation in left:
        if expectation.line == line and expectation.fits(diagnostic.message):
            message = (
                f"'{diagnostic.kind}' diagnostic emitted when expecting a "
                f"'{expectation.kind}'"
            )
    return Diagnostic(kind=Kind.ERROR, place=diagnostic.place, message=message)


def _missing(expectation: Expectation, name: str) -> Diagnostic:
    message = f'expected {expectation.kind} "{expectation.text}" was not produced'
    if expectation.problem:
        message = f"invalid regular expression: {expectation.problem}"
    return Diagnostic(
        kind=Kind.ERROR,
        place=Place(file=name, line=expectation.written_at, column=1),
        message=message,
    )
