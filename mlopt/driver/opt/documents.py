"""Input that holds several modules: cut at marker lines, and joined again.

Imports neither jax nor iree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

BYTECODE_MAGIC: Final = b"ML\xefR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One module of the input.

    Attributes:
        data: bytecode, or text under as many empty lines as stand above it in the
            input, so that every line keeps its number.
        first_line: where it begins in the input, from 1.
    """

    data: bytes
    first_line: int = 1

    @property
    def is_bytecode(self) -> bool:
        """Whether it is MLIR bytecode."""
        return self.data.startswith(BYTECODE_MAGIC)

    @property
    def is_utf8(self) -> bool:
        """Whether all of it is text in UTF-8."""
        try:
            self.data.decode("utf-8")
        except UnicodeDecodeError:
            return False
        return True

    @property
    def lines(self) -> Sequence[str]:
        """Its text, line by line from the input's first on; empty for bytecode."""
        if self.is_bytecode:
            return ()
        return self.data.decode("utf-8", errors="replace").split("\n")


def documents_of(data: bytes, marker: str | None) -> Iterator[Document]:
    """Cut the input at lines that hold the marker alone; None: it is one document.

    mlir-opt cuts wherever the marker ends a line, so also in the midst of a comment.
    """
    if marker is None or data.startswith(BYTECODE_MAGIC):
        yield Document(data=data)
        return
    wanted = marker.encode()
    first, held = 1, list[bytes]()
    for number, line in enumerate(data.splitlines(keepends=True), start=1):
        if line.strip() != wanted:
            held.append(line)
            continue
        yield _document(first, held)
        first, held = number + 1, []
    yield _document(first, held)


def join(outputs: Sequence[bytes], marker: str | None) -> bytes:
    """Put outputs under one another, markers between them; the inverse of cutting."""
    separator = b"" if marker is None else f"{marker}\n".encode()
    return separator.join(outputs)


def _document(first_line: int, lines: Sequence[bytes]) -> Document:
    padding = b"\n" * (first_line - 1)
    return Document(data=padding + b"".join(lines), first_line=first_line)
