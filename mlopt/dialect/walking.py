"""Every operation inside another. Needs no import: any `ir.Operation` will do."""

from collections.abc import Iterator
from typing import Any


def nested(operation: Any) -> Iterator[Any]:
    """Every operation inside another, in program order, parents first."""
    for region in operation.regions:
        for block in region.blocks:
            for inner in block.operations:
                yield inner.operation
                yield from nested(inner.operation)
