"""The artifact cache: compiled modules on disk, addressed by what went into them.

Only ever a saving of time: whatever is wrong with the disk, a lookup is a miss and a
store is forgotten. Imports neither jax nor iree.
"""

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mlopt.compile.options import CompileOptions

_FOLDER: Final = "artifacts"
_SUFFIX: Final = ".vmfb"
# In the key: raised when what is stored under a key changes its meaning.
_FORMAT: Final = "mlopt-artifact-1"
_logger: Final = logging.getLogger(__name__)


def artifact_key(
    module: bytes | str,
    *,
    options: CompileOptions,
    compiler_version: str,
    schedules: Mapping[str, str] | None = None,
    role: str = "",
) -> str:
    """Hash of everything a compilation depends on; the cache's key.

    Args:
        schedules: executable symbol -> script; their order does not matter.
        role: what is done with the module, where the same input may be compiled in
            several ways ("flow", "program").
    """
    parts = [_FORMAT, role, compiler_version, options.fingerprint()]
    for symbol, script in sorted((schedules or {}).items()):
        parts += [symbol, script]
    digest = hashlib.sha256()
    for part in (*parts, module):
        data = part.encode() if isinstance(part, str) else part
        # Its length first, so that no two lists of parts run together alike.
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


class ArtifactCache:
    """Modules in `<cache>/artifacts`, safe for any number of processes.

    A file is named `<key>-<sha256 of its content>.vmfb` and appears by a rename: it is
    whole or absent, and one that was damaged later no longer fits its name.
    """

    def __init__(self, cache_directory: Path) -> None:
        self._folder = cache_directory / _FOLDER

    def lookup(self, key: str) -> bytes | None:
        """The module stored under a key; None on a miss, a damaged file included."""
        path = self.path(key)
        if path is None:
            return None
        try:
            vmfb = path.read_bytes()
        except OSError:
            return None
        if path.name != _file_name(key, vmfb):
            _logger.warning("removing %s from the cache: it is damaged", path)
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # used now: `trim` takes it last
        return vmfb

    def path(self, key: str) -> Path | None:
        """The file stored under a key, unchecked; None when there is none."""
        try:
            return next(self._shelf(key).glob(f"{key}-*{_SUFFIX}"), None)
        except OSError:
            return None

    def store(self, key: str, vmfb: bytes) -> Path | None:
        """Keep a module; returns its file, or None where the disk does not take it."""
        shelf = self._shelf(key)
        try:
            shelf.mkdir(parents=True, exist_ok=True)
            return _write(shelf, _file_name(key, vmfb), vmfb)
        except OSError as error:
            _logger.info("compiled module not cached: %s", error)
            return None

    def trim(self, max_bytes: int) -> None:
        """Remove modules, the longest unused first, until the rest fits."""
        with contextlib.suppress(OSError):
            used = sorted(map(_use_of, self._folder.glob(f"*/*{_SUFFIX}")))
            excess = sum(size for _, size, _ in used) - max_bytes
            for _, size, path in used:
                if excess <= 0:
                    break
                path.unlink(missing_ok=True)
                excess -= size

    def _shelf(self, key: str) -> Path:
        # A folder of 100,000 files is slow to list; 256 of them are not.
        return self._folder / key[:2]


def _use_of(path: Path) -> tuple[float, int, Path]:
    """When a module was last used, its bytes, and where it is."""
    facts = path.stat()
    return facts.st_mtime, facts.st_size, path


def _file_name(key: str, vmfb: bytes) -> str:
    return f"{key}-{hashlib.sha256(vmfb).hexdigest()}{_SUFFIX}"


def _write(shelf: Path, name: str, vmfb: bytes) -> Path:
    handle, temporary = tempfile.mkstemp(dir=shelf, suffix=".partial")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(vmfb)
        return Path(temporary).replace(shelf / name)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
