"""Compiler flags as a value with an identity. Imports neither jax nor iree."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

# A C++ static in IREE 3.13: what one session sets leaks into all later ones of the
# process, so every session sets it; empty means none.
_TUNING_SPEC_FLAG: Final = "--iree-codegen-tuning-spec-path="
# Flags that iree-compile takes and a session does not, because they are the process's:
# what a session is given in their place is an attribute of the module. IREE 3.13
# prints this one in a form that it does not parse, so no module with it is written.
_ATTRIBUTES: Final[Mapping[str, tuple[str, str]]] = {
    "--iree-stream-partitioning-favor=debug": (
        "stream.partitioning",
        '#stream.partitioning_config<"debug">',
    )
}


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """Flags of one compilation, in order; a later one overrides an earlier one."""

    flags: tuple[str, ...]

    @property
    def arguments(self) -> tuple[str, ...]:
        """What a session is given: the flags, and the tuning spec reset first."""
        own = (flag for flag in self.flags if flag not in _ATTRIBUTES)
        return (_TUNING_SPEC_FLAG, *own)

    @property
    def module_attributes(self) -> dict[str, str]:
        """What stands on the module in place of flags, as MLIR text by name."""
        return dict(_ATTRIBUTES[flag] for flag in self.flags if flag in _ATTRIBUTES)

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
