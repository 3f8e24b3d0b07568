"""Where mlopt keeps its files on this machine.

Must not import any other part of mlopt but its errors.
"""

import os
from pathlib import Path

from mlopt.core.errors import InputError


def cache_dir() -> Path:
    """The folder of records and compiled artifacts; it need not exist yet.

    MLOPT_CACHE_DIR if set, else mlopt/ in XDG_CACHE_HOME or ~/.cache. An empty or
    relative XDG_CACHE_HOME counts as unset, as the XDG specification asks.
    """
    if own := os.environ.get("MLOPT_CACHE_DIR"):
        return Path(own).expanduser().absolute()
    xdg = Path(os.environ.get("XDG_CACHE_HOME", ""))
    return (xdg if xdg.is_absolute() else Path.home() / ".cache") / "mlopt"


def make_folder(folder: Path) -> None:
    """Make a folder for results.

    Raises:
        InputError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder} cannot be made: {error.strerror}") from error
