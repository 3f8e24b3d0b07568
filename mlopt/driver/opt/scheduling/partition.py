"""mlopt-partition and mlopt-features: a program's workloads, and what they are like.

Imports iree.compiler.
"""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from iree.compiler import ir

from mlopt.compile.session import to_flow
from mlopt.core.workload import Workload
from mlopt.dialect.walking import nested
from mlopt.driver.opt.importing import import_program
from mlopt.driver.opt.scheduling.contents import executables_of
from mlopt.driver.opt.workloads import (
    WORKLOAD,
    flags_of,
    option_set_of,
    record_option_set,
    workloads_of,
)
from mlopt.targets.cpu import COMPILE_FLAGS
from mlopt.targets.cpu_options import compile_flags
from mlopt.workloads.features import features, vector
from mlopt.workloads.partition import workloads_in

_FLOW: Final = "flow.executable"
_INPUT_DIALECTS: Final = ("stablehlo.", "chlo.", "vhlo.")
_KIND: Final = "mlopt.kind"
_ROOT: Final = "mlopt.root"
_FEATURES: Final = "mlopt.features"
# Enough for a float32 to come back as it was.
_DIGITS: Final = 9


def partition(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """Compile a program to the flow phase, and say of each kernel what it is.

    StableHLO is imported first; a module at the flow phase stays as it is. Every
    kernel's `flow.executable` gets its structural hash (`mlopt.workload`), its kind,
    its features, and the position of the op that a schedule is written on
    (`mlopt.root`), if there is one.

    Options:
        options: the option set of the compiler to use; the default one otherwise.

    Raises:
        CompileError: the compiler refuses the program.
        UnsupportedError: an operation that IREE cannot take.
        InputError: no such option set.
    """
    chosen = options.get("options", option_set_of(module))
    flags = flags_of(chosen)
    names = {op.name for op in nested(module.operation)}
    if _FLOW not in names:
        if any(name.startswith(_INPUT_DIALECTS) for name in names):
            import_program(module, {}, write)
        every = compile_flags(COMPILE_FLAGS, chosen, is_scheduled=True)
        flow = to_flow(_bytecode(module), every)
        _replace(module, ir.Module.parse(flow, module.context))
    record_option_set(module, chosen)
    for workload in workloads_in(module, flags):
        for executable in executables_of(module, workload):
            _describe(executable, workload)


def print_features(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """Write one line of JSON for each workload to stderr: stdout carries IR only.

    Raises:
        InputError: the module has not been partitioned.
    """
    for workload in workloads_of(module):
        line = {
            "workload": workload.hash,
            "name": workload.name,
            "kind": workload.kind.value,
            "features": features(workload),
            "vector": [float(f"{x:.{_DIGITS}g}") for x in vector(workload)],
        }
        write(f"{json.dumps(line)}\n")


def _describe(executable: Any, workload: Workload) -> None:
    i64 = ir.IntegerType.get_signless(64)
    named = {name: _number(value) for name, value in features(workload).items()}
    attributes = executable.attributes
    attributes[WORKLOAD] = ir.StringAttr.get(workload.hash)
    attributes[_KIND] = ir.StringAttr.get(workload.kind.value)
    attributes[_FEATURES] = ir.DictAttr.get(named)
    if workload.root is not None:
        attributes[_ROOT] = ir.IntegerAttr.get(i64, workload.root)


def _number(value: float) -> Any:
    """Whole numbers as such, which MLIR prints for people."""
    if value == int(value):
        return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), int(value))
    return ir.FloatAttr.get(ir.F64Type.get(), value)


def _bytecode(module: Any) -> bytes:
    buffer = io.BytesIO()
    module.operation.write_bytecode(buffer)
    return buffer.getvalue()


def _replace(module: Any, other: Any) -> None:
    """Put another module's content in the place of this one's."""
    for op in list(module.body.operations):
        op.operation.erase()
    for name in list(module.operation.attributes):
        del module.operation.attributes[name]
    for name in other.operation.attributes:
        module.operation.attributes[name] = other.operation.attributes[name]
    for op in list(other.body.operations):
        op.operation.detach_from_parent()
        module.body.append(op)
