"""Need not be installed: every name is Any."""

from typing import Any

def __getattr__(name: str) -> Any: ...
