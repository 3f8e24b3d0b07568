"""Spaces in a file of the mlopt dialect -> templates, which need no compiler.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Iterator
from typing import Any, Final

from iree.compiler import ir

from mlopt.core.errors import InputError
from mlopt.core.template import Attribute, Line, SpaceTemplate
from mlopt.dialect.verifier import verify

_SPACE: Final = "mlopt.space"
_ALTERNATIVES: Final = "mlopt.alternatives"
_HANDLE: Final = "!transform."


def read_templates(text: str, name: str) -> tuple[SpaceTemplate, ...]:
    """The spaces of a file, in its order.

    Args:
        name: of the file, for sentences.

    Raises:
        InputError: it is not MLIR, or not right, with file, line and column.
    """
    with ir.Context() as context:
        # IREE's bindings cannot register a dialect that IRDL defines.
        context.allow_unregistered_dialects = True
        try:
            module = ir.Module.parse(text)
        except ir.MLIRError as error:
            first = error.error_diagnostics[0]
            raise InputError(
                f"{_place(first.location, name)}: error: {first.message}"
            ) from error
        for violation in verify(module):
            place = _place(violation.location, name)
            raise InputError(f"{place}: error: {violation.message}")
        operations = [op.operation for op in module.body.operations]
        return tuple(_template(op, name) for op in operations if op.name == _SPACE)


def _template(space: Any, file: str) -> SpaceTemplate:
    lines: list[Line] = []
    numbers: dict[Any, int] = {}
    for op in _numeric(space):
        try:
            operands = tuple(numbers[value] for value in op.operands)
        except KeyError as error:
            place = _place(op.location, file)
            raise InputError(
                f"{place}: error: '{op.name}' reads a value that is not of its space"
            ) from error
        if len(op.results) == 1:
            numbers[op.results[0]] = len(lines)
        lines.append(Line(op=op.name, operands=operands, attributes=_attributes(op)))
    words = {n: ir.StringAttr(space.attributes[n]).value for n in _WORDS}
    return SpaceTemplate(
        name=words["sym_name"],
        kind=words["kind"],
        target=words["target"],
        lowering=words["template"],
        version=words["version"],
        lines=tuple(lines),
    )


_WORDS: Final = ("sym_name", "kind", "target", "template", "version")


def _numeric(op: Any) -> Iterator[Any]:
    """What computes numbers in a space, alternatives included."""
    for region in op.regions:
        for block in region.blocks:
            for inner in block.operations:
                inner = inner.operation
                values = [*inner.operands, *inner.results]
                has_handles = any(str(v.type).startswith(_HANDLE) for v in values)
                is_end = inner.name == "transform.yield"
                if not (has_handles or is_end or inner.name == "mlopt.alternative"):
                    yield inner
                yield from _numeric(inner)


def _attributes(op: Any) -> dict[str, Attribute]:
    found = {name: _plain(op.attributes[name]) for name in op.attributes}
    if op.name == _ALTERNATIVES:
        (block,) = op.regions[0].blocks
        ways = [way.operation for way in block.operations][:-1]
        found["labels"] = tuple(
            ir.StringAttr(way.attributes["label"]).value for way in ways
        )
    return {name: value for name, value in found.items() if value is not None}


def _plain(attribute: Any) -> Any:
    match attribute:
        case ir.BoolAttr() | ir.IntegerAttr() | ir.StringAttr():
            return attribute.value
        case ir.ArrayAttr():
            return tuple(_plain(item) for item in attribute)
    return None


def _place(location: Any, name: str) -> str:
    return f"{name}:{location.start_line}:{location.start_col}"
