"""What is wrong with an operation, and where it stands."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Violation:
    """A sentence about one operation; `op` is its `ir.Operation`."""

    message: str
    op: Any

    @property
    def location(self) -> Any:
        """Where it stands, an `ir.Location`."""
        return self.op.location
