"""What IREE cannot take, found by walking a StableHLO or VHLO module.

Answers "which operation, written where, makes this program impossible". Works on the
Python bindings of jaxlib and of IREE alike, which are twins, and imports neither.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mlopt.core.errors import UnsupportedError
from mlopt.dialect.walking import nested

_COLLECTIVES: Final = frozenset(
    {
        "all_gather",
        "all_reduce",
        "all_to_all",
        "collective_broadcast",
        "collective_permute",
        "cross-replica-sum",
        "partition_id",
        "reduce_scatter",
        "replica_id",
    }
)
_TRANSFERS: Final = frozenset({"infeed", "outfeed", "recv", "send"})
# Operations and custom calls that only say where data lies; on one device the result
# is the operand.
_PLACEMENT_CALLS: Final = frozenset(
    {
        "Sharding",
        "SPMDFullToShardShape",
        "SPMDShardToFullShape",
        "annotate_device_placement",
    }
)
_DIALECTS: Final = ("stablehlo", "vhlo", "chlo", "mhlo")
_VERSION = re.compile(r"_v\d+$")
_SYMBOL = re.compile(r'"([^"]*)"|@([\w.$<>-]+)')
_PORTABLE_TYPE = re.compile(r"!vhlo\.(\w+?)_v\d+")
_FRAME = re.compile(r'"([^"]*)":(\d+):\d+')
# What MLIR calls a file when it parses bytes.
_BUFFER: Final = "-"
_CALLBACK = "xla_ffi_python_cpu_callback"


def refuse_unsupported(module: Any, where: str) -> None:
    """Walk a module before IREE sees it.

    Args:
        where: what to name when no source line is known.

    Raises:
        UnsupportedError: at the first operation IREE cannot take, by name and source
            line, or at a dynamic shape in a signature.
    """
    _refuse_dynamic_arguments(module, where)
    callers = _callers(module)
    for function, operation in _operations(module):
        reason = _reason(operation)
        if reason is None:
            continue
        place = _place(function, operation, callers, where)
        raise UnsupportedError(f"{place}: {_readable(operation)} {reason}")


def _refuse_dynamic_arguments(module: Any, where: str) -> None:
    for function in module.body.operations:
        regions = function.operation.regions
        if not _has_symbol(function) or not regions or not regions[0].blocks:
            continue
        for position, argument in enumerate(regions[0].blocks[0].arguments):
            text = _PORTABLE_TYPE.sub(r"\1", str(argument.type))
            if "?" in text:
                name = _symbol(str(function.attributes["sym_name"]))
                raise UnsupportedError(
                    f"{where}: argument {position} of @{name} has the dynamic shape "
                    f"{text}, and mlopt needs static shapes"
                )


def drop_placement(module: Any) -> None:
    """Rewrite sharding annotations to what they are on one device.

    Rewrite:
        %1 = stablehlo.custom_call @Sharding(%0)
        ->
        (uses of %1 become uses of %0)

    One whose operand and result differ in type has split the data: left as it is, for
    the compiler to refuse.
    """
    for _, operation in list(_operations(module)):
        if _base_name(operation.name) != "custom_call":
            continue
        if _call_target(operation) not in _PLACEMENT_CALLS:
            continue
        value, result = operation.operands[0], operation.results[0]
        if value.type == result.type:
            result.replace_all_uses_with(value)
            operation.erase()


def source_line(location: Any, text_file: str = _BUFFER) -> str | None:
    """`file:line` of the user's innermost frame, None when there is no frame.

    Frames of installed packages (flax, optax) count only where nothing else is left,
    frames of this package never do.

    Args:
        text_file: the file that MLIR text without locations of its own came from.
    """
    frames = [
        (text_file if name == _BUFFER else name, line)
        for name, line in _frames(location)
    ]
    own = str(Path(__file__).parent)
    frames = [(name, line) for name, line in frames if not name.startswith(own)]
    users = [frame for frame in frames if "site-packages" not in frame[0]]
    for name, line in users or frames:
        return f"{name}:{line}"
    return None


def _reason(operation: Any) -> str | None:
    name = _base_name(operation.name)
    if name in _COLLECTIVES:
        return "is a collective over several devices, and mlopt compiles for one"
    if name in _TRANSFERS:
        return "exchanges data with the host while it runs, which IREE does not do"
    if name == "custom_call" and _call_target(operation) == _CALLBACK:
        return "calls back into Python, which a compiled module cannot do"
    return None


def _readable(operation: Any) -> str:
    name = _base_name(operation.name)
    if name == "custom_call":
        return f"stablehlo.custom_call @{_call_target(operation)}"
    return f"stablehlo.{name}"


def _place(function: str, operation: Any, callers: dict[str, Any], where: str) -> str:
    """`file:line` of an operation, or of the call that leads to it.

    JAX caches the lowering of library routines (cholesky, sort) as private functions
    without a source line of their own; the line is at the call.
    """
    seen = set()
    while operation is not None and function not in seen:
        line = source_line(operation.location, where)
        if line is not None:
            return line
        seen.add(function)
        function, operation = callers.get(function, ("", None))
    return where


def _callers(module: Any) -> dict[str, Any]:
    """For each callee the first call: (function it stands in, the call)."""
    callers: dict[str, Any] = {}
    for function, operation in _operations(module):
        if _base_name(operation.name) == "call" or operation.name == "func.call":
            callee = _symbol(str(operation.attributes["callee"]))
            callers.setdefault(callee, (function, operation))
    return callers


def _operations(module: Any) -> Iterator[tuple[str, Any]]:
    """Every nested operation with the symbol of the function it stands in."""
    for function in module.body.operations:
        name = str(function.attributes["sym_name"]) if _has_symbol(function) else ""
        for operation in nested(function.operation):
            yield _symbol(name), operation


def _has_symbol(operation: Any) -> bool:
    return "sym_name" in operation.attributes


def _symbol(attribute: str) -> str:
    """The name inside `@f`, `"f"` or `#vhlo.string_v1<"f">`."""
    found = _SYMBOL.search(attribute)
    return (found.group(1) or found.group(2)) if found else attribute


def _call_target(operation: Any) -> str:
    return _symbol(str(operation.attributes["call_target_name"]))


def _base_name(name: str) -> str:
    """`custom_call` for stablehlo.custom_call and for vhlo.custom_call_v1."""
    dialect, _, rest = name.partition(".")
    return _VERSION.sub("", rest) if dialect in _DIALECTS else name


def _frames(location: Any) -> list[tuple[str, int]]:
    """(file, line) of a location, innermost first.

    Read off the printed form: locations of diagnostics come without their class.
    """
    found = _FRAME.findall(str(location))
    return [(name, int(line)) for name, line in found]
