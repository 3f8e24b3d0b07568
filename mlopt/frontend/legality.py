"""What IREE cannot take, found by walking a StableHLO or VHLO module.

Answers "which operation, written where, makes this program impossible". Works on the
Python bindings of jaxlib and of IREE alike, which are twins, and imports neither.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mlopt.core.errors import UnsupportedError

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
_FACTORIZATIONS: Final = frozenset({"cholesky", "triangular_solve"})
# Custom calls that IREE's input pipeline drops or rewrites; any other one is code
# that only XLA links.
_KNOWN_CUSTOM_CALLS: Final = frozenset(
    {
        "ProductOfElementaryHouseholderReflectors",
        "Sharding",
        "SPMDFullToShardShape",
        "SPMDShardToFullShape",
        "TopK",
        "annotate_device_placement",
        "mhlo.erf",
        "mhlo.topk",
        "shape_assertion",
    }
)
_DIALECTS: Final = ("stablehlo", "vhlo", "chlo", "mhlo")
_VERSION = re.compile(r"_v\d+$")
_SYMBOL = re.compile(r'"([^"]*)"|@([\w.$<>-]+)')
_CALLBACK = "xla_ffi_python_cpu_callback"


def refuse_unsupported(module: Any) -> None:
    """Walk a module before IREE sees it.

    Raises:
        UnsupportedError: at the first operation IREE cannot take, by name and source
            line.
    """
    callers = _callers(module)
    for function, operation in _operations(module):
        reason = _reason(operation)
        if reason is None:
            continue
        place = _place(function, operation, callers)
        raise UnsupportedError(f"{place}{_readable(operation)} {reason}")


def source_line(location: Any) -> str | None:
    """`file:line` of the user's innermost frame, None when there is no frame.

    Frames of installed packages (flax, optax) count only where nothing else is left,
    frames of this package never do.
    """
    frames = list(_frames(location))
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
    if name in _FACTORIZATIONS:
        return "has no lowering in IREE"
    if name == "custom_call":
        target = _call_target(operation)
        if target == _CALLBACK:
            return "calls back into Python, which a compiled module cannot do"
        if target not in _KNOWN_CUSTOM_CALLS and not target.startswith("xla.sdy."):
            return "calls code that only XLA has"
    return None


def _readable(operation: Any) -> str:
    name = _base_name(operation.name)
    if name == "custom_call":
        return f"stablehlo.custom_call @{_call_target(operation)}"
    return f"stablehlo.{name}"


def _place(function: str, operation: Any, callers: dict[str, Any]) -> str:
    """"file:line: " of an operation, or of the call that leads to it.

    JAX caches the lowering of library routines (cholesky, sort) as private functions
    without a source line of their own; the line is at the call.
    """
    seen = set()
    while operation is not None:
        line = source_line(operation.location)
        if line is not None:
            return f"{line}: "
        if function in seen:
            return ""
        seen.add(function)
        function, operation = callers.get(function, ("", None))
    return ""


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
        for operation in _nested(function.operation):
            yield _symbol(name), operation


def _nested(operation: Any) -> Iterator[Any]:
    for region in operation.regions:
        for block in region.blocks:
            for inner in block.operations:
                yield inner.operation
                yield from _nested(inner.operation)


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


def _frames(location: Any) -> Iterator[tuple[str, int]]:
    """(file, line) of a location, innermost first."""
    if hasattr(location, "filename"):
        yield location.filename, location.start_line
    elif hasattr(location, "callee"):
        yield from _frames(location.callee)
        yield from _frames(location.caller)
    elif hasattr(location, "child_loc"):
        yield from _frames(location.child_loc)
    elif hasattr(location, "locations"):
        for inner in location.locations:
            yield from _frames(inner)
