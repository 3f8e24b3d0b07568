"""IREE's wheel has no stub for its MLIR core bindings: every name is Any."""

from typing import Any

def __getattr__(name: str) -> Any: ...
