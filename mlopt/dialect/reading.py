"""Spaces in a file of the mlopt dialect -> templates, which need no compiler.

Runs in a worker: imports iree.compiler.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

from iree.compiler import ir

from mlopt.core.errors import InputError
from mlopt.core.template import Attribute, Line, SpaceTemplate
from mlopt.dialect.verifier import verify
from mlopt.resources import space_names, space_text

_SPACE: Final = "mlopt.space"
_POSITION: Final = re.compile(r'":(\d+):(\d+)')
_WORDS: Final = ("sym_name", "kind", "target", "version")


def shipped_templates() -> tuple[SpaceTemplate, ...]:
    """The spaces in transforms/spaces/, file by file in the order of their names."""
    return tuple(
        template
        for name in space_names()
        for template in read_templates(space_text(name), f"{name}.mlir")
    )


def read_templates(text: str, name: str) -> tuple[SpaceTemplate, ...]:
    """The spaces of a file, in its order.

    Args:
        name: of the file, for sentences.

    Raises:
        InputError: it is not MLIR, or not right, with file, line and column; or it
            holds no space.
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
        found = templates_of(module, name)
    if not found:
        raise InputError(f"{name} holds no 'mlopt.space'")
    return found


def templates_of(module: ir.Module, name: str) -> tuple[SpaceTemplate, ...]:
    """The spaces of a module, in its order; as `read_templates`."""
    for violation in verify(module):
        place = _place(violation.location, name)
        raise InputError(f"{place}: error: {violation.message}")
    operations = [op.operation for op in module.body.operations]
    return tuple(template_of(op, name) for op in operations if op.name == _SPACE)


def template_of(space: Any, name: str) -> SpaceTemplate:
    """One verified `mlopt.space` operation as a value.

    Raises:
        InputError: it reads a value from outside itself.
    """
    words = {word: ir.StringAttr(space.attributes[word]).value for word in _WORDS}
    return SpaceTemplate(
        name=words["sym_name"],
        kind=words["kind"],
        target=words["target"],
        version=words["version"],
        lines=_Reader(name).lines_of(space),
    )


class _Reader:
    """Numbers values in the order in which they are met."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._numbers: dict[Any, int] = {}

    def lines_of(self, op: Any) -> tuple[Line, ...]:
        return tuple(
            self._line(inner.operation)
            for region in op.regions
            for block in region.blocks
            for inner in _without_end(block.operations)
        )

    def _line(self, op: Any) -> Line:
        place = _place(op.location, self._file)
        try:
            operands = tuple(self._numbers[value] for value in op.operands)
        except KeyError as error:
            raise InputError(
                f"{place}: error: '{op.name}' reads a value that is not of its space"
            ) from error
        inner = self.lines_of(op)
        results = []
        for result in op.results:
            self._numbers[result] = len(self._numbers)
            results.append(self._numbers[result])
        return Line(
            op=op.name,
            operands=operands,
            results=tuple(results),
            attributes=_attributes(op),
            lines=inner,
            place=place,
        )


def _without_end(operations: Iterable[Any]) -> list[Any]:
    return list(operations)[:-1]


def _attributes(op: Any) -> dict[str, Attribute]:
    found = {name: _plain(op.attributes[name]) for name in op.attributes}
    return {name: value for name, value in found.items() if value is not None}


def _plain(attribute: Any) -> Any:
    match attribute:
        case ir.BoolAttr() | ir.IntegerAttr() | ir.StringAttr():
            return attribute.value
        case ir.ArrayAttr() | ir.DenseI64ArrayAttr():
            return tuple(
                _plain(i) if isinstance(i, ir.Attribute) else i for i in attribute
            )
    return None


def _place(location: Any, name: str) -> str:
    # Not every kind of location has accessors in the bindings; all can be printed.
    match = _POSITION.search(str(location))
    return f"{name}:{match[1]}:{match[2]}" if match else name
