"""Compiler flags as a value with an identity. Imports neither jax nor iree."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A C++ static in IREE 3.13: what one session sets leaks into all later ones of the
# process, so every session sets it; empty means none.
_TUNING_SPEC_FLAG: Final = "--iree-codegen-tuning-spec-path="


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """Flags of one compilation, in order; a later one overrides an earlier one."""

    flags: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """What a session is given: the flags, and the tuning spec reset first."""
        return (_TUNING_SPEC_FLAG, *self.flags)

    def fingerprint(self) -> str:
        """Hash of the flags and of the files that they name.

        A file is identified by its content: an edited tuning spec compiles anew.
        """
        digest = hashlib.sha256()
        for flag in self.flags:
            digest.update(flag.encode() + b"\0")
        for path in self._files():
            digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()

    def _files(self) -> Iterator[Path]:
        for flag in self.flags:
            # "library.mlir@sequence" names a file too.
            value = flag.partition("=")[2].partition("@")[0]
            if value and _is_file(value):
                yield Path(value)


def _is_file(value: str) -> bool:
    try:
        return Path(value).is_file()
    except (OSError, ValueError):  # too long for a name, or a NUL in it
        return False
