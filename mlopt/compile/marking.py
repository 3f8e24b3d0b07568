"""A module with attributes that stand for flags which no session takes."""

from collections.abc import Mapping

from iree.compiler import ir

from mlopt.core.errors import InputError


def marked(
    context: ir.Context, module: bytes | str, attributes: Mapping[str, str]
) -> ir.Operation:
    """Parse a module into a context and put attributes on it, MLIR text by name.

    Raises:
        InputError: it is no valid module.
    """
    with context, ir.Location.unknown():
        try:
            parsed = ir.Module.parse(module)
        except ir.MLIRError as error:
            raise InputError(str(error)) from error
        for name, text in attributes.items():
            parsed.operation.attributes[name] = ir.Attribute.parse(text)
        return parsed.operation
