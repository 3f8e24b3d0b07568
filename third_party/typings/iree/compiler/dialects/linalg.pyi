"""IREE's wheel has no stub for its linalg helpers (`isa_*`, `get_indexing_maps`): every name is Any."""

from typing import Any

def __getattr__(name: str) -> Any: ...
