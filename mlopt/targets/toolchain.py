"""Which versions of the tools are installed, asked without loading any of them.

Must not import jax or IREE: loading them takes longer than the answer is worth.
"""

import re
import subprocess
from importlib import metadata
from typing import Final

from mlopt.core.errors import TargetError

COMPILER_PACKAGE: Final = "iree-base-compiler"
VERSION_TIMEOUT_S: Final = 30.0


def package_version(name: str) -> str | None:
    """Version of an installed package; None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def compiler_version() -> str:
    """Version of the installed compiler's wheel: the one in every record's key.

    Raises:
        TargetError: it is not installed.
    """
    version = package_version(COMPILER_PACKAGE)
    if version is None:
        raise TargetError(
            f"IREE's compiler is not installed: pip install {COMPILER_PACKAGE}"
        )
    return version


def llvm_version() -> str | None:
    """Version of the LLVM inside the compiler, as its own tool prints it."""
    try:
        wheel = metadata.distribution(COMPILER_PACKAGE)
        tool = wheel.locate_file("iree/compiler/_mlir_libs/iree-compile")
        printed = subprocess.run(
            [str(tool), "--version"],
            capture_output=True,
            text=True,
            timeout=VERSION_TIMEOUT_S,
            check=True,
        ).stdout
    except (metadata.PackageNotFoundError, OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"LLVM version (\S+)", printed)
    return found[1] if found else None
