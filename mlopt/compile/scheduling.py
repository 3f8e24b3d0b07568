"""Apply schedules to the executables of a flow-phase module.

A schedule is a transform-dialect module `{transform.with_named_sequence}` with the
entry `@__transform_main(%executable: !transform.any_op)`.
"""

import io
import re
from collections.abc import Mapping
from typing import Final

from iree.compiler import ir
from iree.compiler.dialects.transform import interpreter

from mlopt.compile.diagnostics import headline, transform_failure
from mlopt.core.errors import InputError, ScheduleError

ENTRY: Final = "__transform_main"
_FILE_LOCATION: Final = re.compile(r'":(\d+):\d+')


def apply_schedules(flow: bytes | str, scripts: Mapping[str, str]) -> bytes:
    """A flow-phase module with each script run on the flow.executable of that symbol.

    Args:
        flow: bytecode or text.
        scripts: executable symbol -> transform script as text.

    Returns:
        Bytecode, which keeps the locations that diagnostics refer to.

    Raises:
        InputError: `flow` does not parse.
        ScheduleError: no such executable; a script that does not parse or has no
            entry; a transform that fails, silenceably or not; a result that does not
            verify.
    """
    with ir.Context(), ir.Location.unknown():
        module = _parse_program(flow)
        executables = _executables(module)
        for symbol, script in scripts.items():
            if symbol not in executables:
                raise ScheduleError(
                    f"the program has no executable @{symbol}; "
                    f"it has {', '.join(executables) or 'none'}"
                )
            apply_schedule(executables[symbol], symbol, script)
        bytecode = io.BytesIO()
        module.operation.write_bytecode(bytecode)
    return bytecode.getvalue()


def _parse_program(flow: bytes | str) -> ir.Module:
    try:
        return ir.Module.parse(flow)
    except ir.MLIRError as error:
        raise InputError(f"error: {_first_diagnostic(error)}") from error


def apply_schedule(executable: ir.Operation, symbol: str, script: str) -> None:
    """Run a script on one flow.executable, in place, in the current context.

    Raises:
        ScheduleError: as of `apply_schedules`.
    """
    try:
        schedule = ir.Module.parse(script)
    except ir.MLIRError as error:
        raise ScheduleError(
            f"the schedule of @{symbol} does not parse: {_first_diagnostic(error)}"
        ) from error
    entry = _entry(schedule, symbol)
    try:
        interpreter.apply_named_sequence(executable, entry, schedule.operation)
    except ValueError as error:
        raise ScheduleError(
            f"the schedule does not apply to @{symbol}: {transform_failure(str(error))}"
        ) from error
    try:
        executable.verify()
    except ir.MLIRError as error:
        raise ScheduleError(
            f"the schedule breaks @{symbol}: {_first_diagnostic(error)}"
        ) from error


def _executables(module: ir.Module) -> dict[str, ir.Operation]:
    return {
        ir.StringAttr(op.attributes["sym_name"]).value: op.operation
        for op in module.body.operations
        if op.operation.name == "flow.executable"
    }


def _entry(schedule: ir.Module, symbol: str) -> ir.Operation:
    for op in schedule.body.operations:
        if op.operation.name != "transform.named_sequence":
            continue
        if ir.StringAttr(op.attributes["sym_name"]).value == ENTRY:
            return op.operation
    raise ScheduleError(f"the schedule of @{symbol} has no entry @{ENTRY}")


def _first_diagnostic(error: ir.MLIRError) -> str:
    """`line N: message`, N being a line of the script or of the program."""
    for diagnostic in error.error_diagnostics:
        return f"{_line(diagnostic.location)}{headline(diagnostic.message)}"
    return headline(str(error))


def _line(location: ir.Location) -> str:
    # The bindings offer no accessors: a file location prints as loc("name":5:2).
    match = _FILE_LOCATION.search(str(location))
    return f"line {match[1]}: " if match else ""
