"""StableHLO -> linalg on tensors, inside IREE's own MLIR context.

Answers "what is the Program, or which operation forbids it". Its functions are jobs of
a worker process: they import iree's compiler, whose aborts and leak warnings must not
reach the user. Must not import jax.
"""

import io
import re
from typing import Any, Final

from iree.compiler import ir, passmanager
from iree.compiler.api import Session

from mlopt.core.errors import InputError, MloptError, UnsupportedError
from mlopt.core.program import AS_IT_IS, LinalgForm, Program
from mlopt.dialect.walking import nested
from mlopt.frontend.entry import entry_function, function_name, signature
from mlopt.frontend.legality import (
    drop_placement,
    refuse_unsupported,
    source_line,
)
from mlopt.frontend.prepacking import prepack
from mlopt.frontend.shifting import make_left_unsigned

_INPUT_PIPELINE: Final = "builtin.module(iree-stablehlo-input-transformation-pipeline)"
_STRIP_PIPELINE: Final = "builtin.module(strip-debuginfo)"
_STABLEHLO_DIALECTS: Final = frozenset({"stablehlo", "chlo", "vhlo"})
# What IREE's global optimization takes; a program in another dialect is not ours.
_ACCEPTED_DIALECTS: Final = frozenset(
    {
        "affine",
        "arith",
        "builtin",
        "cf",
        "complex",
        "flow",
        "func",
        "iree_linalg_ext",
        "iree_tensor_ext",
        "linalg",
        "math",
        "ml_program",
        "scf",
        "shape",
        "tensor",
        "util",
        "vector",
    }
)
# Notes of the producer on arguments and results; they change no code, and without
# them equal programs have equal bytes.
_PRODUCER_NOTES: Final = ("jax.", "mhlo.", "tf.")
_POSITION: Final = re.compile(r":(\d+):(\d+)")
_FAILED_OPERATION: Final = re.compile(r"'([a-z_]+\.[\w.]+)'")
_CUSTOM_CALL_TARGET: Final = re.compile(r'call_target_name = "([^"]+)"')


def lower_to_linalg(
    module: bytes,
    name: str,
    path: str | None = None,
    keep_locations: bool = False,
    form: LinalgForm = AS_IT_IS,
) -> Program:
    """Lower StableHLO (text, bytecode, portable artifact), or check linalg.

    Args:
        module: MLIR of one module.
        name: of the program, for reports.
        path: the user's file, for diagnostics about its text.
        keep_locations: leave source lines in the result. Without them equal programs
            have equal bytes wherever they were written.
        form: what is done to the program once it is on linalg.

    Raises:
        InputError: MLIR that does not parse, or not exactly one public function.
        UnsupportedError: an operation or a shape that IREE cannot take.
    """
    where = path or name
    errors: list[tuple[Any, str]] = []
    session = Session()
    with session.context as context, ir.Location.unknown():
        context.attach_diagnostic_handler(lambda note: _collect(note, errors))
        parsed = _parse(module, where, errors)
        refuse_unsupported(parsed, where)
        drop_placement(parsed)
        if _dialects(parsed) & _STABLEHLO_DIALECTS:
            _lower(parsed, where, errors)
        _refuse_foreign_dialects(parsed, where)
        if form.is_left_unsigned:
            make_left_unsigned(parsed)
        if form.panel_lanes is not None:
            prepack(parsed, form.panel_lanes)
        return _to_program(parsed, name, where, keep_locations)


def _to_program(module: Any, name: str, where: str, keep_locations: bool) -> Program:
    entry = entry_function(module, where)
    inputs, outputs = signature(entry, where)
    _forget_producer(module, entry)
    if not keep_locations:
        passmanager.PassManager.parse(_STRIP_PIPELINE).run(module.operation)  # pyright: ignore
    bytecode = io.BytesIO()
    module.operation.write_bytecode(bytecode)
    return Program(
        name=name,
        module=bytecode.getvalue(),
        entry=function_name(entry),
        inputs=inputs,
        outputs=outputs,
    )


def _collect(diagnostic: Any, errors: list[tuple[Any, str]]) -> bool:
    """Keep errors, and everything away from stderr."""
    if diagnostic.severity == ir.DiagnosticSeverity.ERROR:
        errors.append((diagnostic.location, diagnostic.message))
    return True


def _parse(module: bytes, where: str, errors: list[tuple[Any, str]]) -> Any:
    try:
        return ir.Module.parse(module)
    except ir.MLIRError as error:
        known = [(info.location, info.message) for info in error.error_diagnostics]
        location, message = (known or errors or [("", "not MLIR")])[0]
        position = _POSITION.search(str(location))
        place = f":{position.group(1)}:{position.group(2)}" if position else ""
        raise InputError(f"{where}{place}: error: {_headline(message)}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: error: neither MLIR text nor bytecode") from error


def _lower(module: Any, where: str, errors: list[tuple[Any, str]]) -> None:
    try:
        passmanager.PassManager.parse(_INPUT_PIPELINE).run(module.operation)  # pyright: ignore
    except ir.MLIRError as error:
        known = [(info.location, info.message) for info in error.error_diagnostics]
        location, message = (known or errors or [(None, str(error))])[0]
        raise _refusal(location, message, where) from error


def _refusal(location: Any, message: str, where: str) -> MloptError:
    """IREE's first error as one sentence: the operation and its source line."""
    line = source_line(location, where) if location is not None else None
    operation = _FAILED_OPERATION.search(message)
    target = _CUSTOM_CALL_TARGET.search(message)
    if operation is None:
        return UnsupportedError(f"{line or where}: IREE refuses: {_headline(message)}")
    what = f"{operation.group(1)} has no lowering in IREE"
    if target is not None:
        what = f"{operation.group(1)} @{target.group(1)} calls code that only XLA has"
    return UnsupportedError(f"{line or where}: {what}")


def _refuse_foreign_dialects(module: Any, where: str) -> None:
    for operation in nested(module.operation):
        dialect = operation.name.partition(".")[0]
        if dialect not in _ACCEPTED_DIALECTS:
            line = source_line(operation.location, where) or where
            raise UnsupportedError(
                f"{line}: {operation.name} is of a dialect that mlopt does not take; "
                "give it StableHLO or linalg on tensors"
            )


def _forget_producer(module: Any, entry: Any) -> None:
    """Drop the module's name and notes that only tell where it came from."""
    for name in list(_names(module.operation.attributes)):
        if name == "sym_name" or name.startswith(_PRODUCER_NOTES):
            del module.operation.attributes[name]
    for role in ("arg_attrs", "res_attrs"):
        if role in entry.attributes:
            kept = [_without_notes(notes) for notes in entry.attributes[role]]
            entry.attributes[role] = ir.ArrayAttr.get(kept)


def _without_notes(attributes: Any) -> Any:
    return ir.DictAttr.get(
        {
            named.name: named.attr
            for named in attributes
            if not named.name.startswith(_PRODUCER_NOTES)
        }
    )


def _names(attributes: Any) -> list[str]:
    return [getattr(named, "name", named) for named in attributes]


def _dialects(module: Any) -> set[str]:
    return {op.name.partition(".")[0] for op in nested(module.operation)}


def _headline(message: str) -> str:
    lines = message.strip().splitlines()
    return lines[0] if lines else "no reason given"
