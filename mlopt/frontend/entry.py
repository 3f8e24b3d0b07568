"""The public function of a lowered module and its signature.

Answers "what does a caller pass, and what comes back". Works on IREE's bindings, which
the caller imports. Must not import jax.
"""

import re
from typing import Any, Final

from mlopt.core.errors import InputError, UnsupportedError
from mlopt.core.tensors import TensorSpec

_FUNCTIONS: Final = frozenset({"func.func", "util.func"})
# Linalg has lost the sign of integers; IREE's input pipeline keeps it here.
_ABI_ENCODING: Final = "iree.abi.encoding"
_TENSOR: Final = re.compile(r"tensor<((?:[\d?]+x)*)(complex<\w+>|\w+)>")
_DTYPES: Final = {
    "i1": "bool",
    "i4": "int4",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "si4": "int4",
    "si8": "int8",
    "si16": "int16",
    "si32": "int32",
    "si64": "int64",
    "ui4": "uint4",
    "ui8": "uint8",
    "ui16": "uint16",
    "ui32": "uint32",
    "ui64": "uint64",
    "bf16": "bfloat16",
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "f8E4M3FN": "float8_e4m3fn",
    "f8E5M2": "float8_e5m2",
    "complex<f32>": "complex64",
    "complex<f64>": "complex128",
}


def entry_function(module: Any, where: str) -> Any:
    """The one public function with a body.

    Raises:
        InputError: none or several.
    """
    public = [
        operation.operation
        for operation in module.body.operations
        if operation.operation.name in _FUNCTIONS and _is_public(operation.operation)
    ]
    if len(public) == 1:
        return public[0]
    names = ", ".join(f"@{function_name(function)}" for function in public)
    raise InputError(
        f"{where}: the module needs exactly one public function as its entry and has "
        + (f"{len(public)}: {names}" if public else "none")
    )


def function_name(function: Any) -> str:
    """Symbol of a function, without @."""
    return str(function.attributes["sym_name"].value)


def signature(
    function: Any, where: str
) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Specs of arguments and results.

    Raises:
        InputError: a value that is no tensor.
        UnsupportedError: a dynamic shape, or an element type mlopt does not know.
    """
    types = function.attributes["function_type"].value
    return (
        _specs(function, "argument", types.inputs, "arg_attrs", where),
        _specs(function, "result", types.results, "res_attrs", where),
    )


def _specs(
    function: Any, role: str, types: Any, attributes: str, where: str
) -> tuple[TensorSpec, ...]:
    encodings = _encodings(function, attributes, len(types))
    return tuple(
        _spec(
            str(encoding or given),
            f"{where}: {role} {position} of @{function_name(function)}",
        )
        for position, (given, encoding) in enumerate(zip(types, encodings, strict=True))
    )


def _encodings(function: Any, attributes: str, count: int) -> list[Any]:
    if attributes not in function.attributes:
        return [None] * count
    return [
        entry[_ABI_ENCODING].value if _ABI_ENCODING in entry else None
        for entry in function.attributes[attributes]
    ]


def _spec(text: str, what: str) -> TensorSpec:
    found = _TENSOR.fullmatch(text)
    if found is None:
        raise InputError(f"{what} has the type {text}, and mlopt takes only tensors")
    extents, element = found.groups()
    if "?" in extents:
        raise UnsupportedError(
            f"{what} has the dynamic shape {text}, and mlopt needs static shapes"
        )
    if element not in _DTYPES:
        raise UnsupportedError(f"{what} has elements of type {element}")
    shape = tuple(int(extent) for extent in extents.split("x") if extent)
    return TensorSpec(shape=shape, dtype=_DTYPES[element])


def _is_public(function: Any) -> bool:
    if not function.regions[0].blocks:
        return False
    if "sym_visibility" not in function.attributes:
        return True
    return function.attributes["sym_visibility"].value != "private"
