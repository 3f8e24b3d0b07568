"""Versions of mlopt and of what it stands on, without importing any of it."""

from collections.abc import Mapping
from typing import Final

import mlopt
from mlopt.targets import toolchain

_PACKAGES: Final = {
    "jax": "jax",
    "jaxlib": "jaxlib",
    "iree-compiler": toolchain.COMPILER_PACKAGE,
    "iree-runtime": "iree-base-runtime",
}


def tool_versions() -> Mapping[str, str | None]:
    """Versions by name, mlopt first; None where something is not installed."""
    found = {
        name: toolchain.package_version(package) for name, package in _PACKAGES.items()
    }
    return {"mlopt": mlopt.__version__, **found, "llvm": toolchain.llvm_version()}
