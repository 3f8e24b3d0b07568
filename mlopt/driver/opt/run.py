"""The job of `mlopt-opt` in a worker process: a request in, a result out.

Imports iree.compiler. What is for stderr goes to the log file as it arises, so that it
outlives a crash, in one order with what the compiler itself writes there.
"""

import io
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from iree.compiler import ir
from iree.compiler.api import Session

from mlopt.driver.opt import diagnostics, expectations
from mlopt.driver.opt.documents import Document, documents_of, join
from mlopt.driver.opt.executing import Execution
from mlopt.driver.opt.pipeline import Step
from mlopt.driver.opt.planning import describe, plan
from mlopt.driver.opt.reading import read
from mlopt.driver.opt.request import Checking, OptRequest, OptResult, Status

_STDERR: Final = 2
_LISTING: Final = re.compile(r"Available dialects: ([^;]*)")
_TOO_DEEP: Final = "operations nest too deep for mlopt-opt"
_NO_TEXT: Final = "a name or a string in it is not UTF-8"
# What the bindings say then, where they do not raise UnicodeDecodeError.
_CONVERSION: Final = "conversion error"
# Its name is in no registry; the parser's complaint lists those that are.
_NO_DIALECT: Final = "mlopt_no_such_dialect.op"


def run(request: OptRequest, log_path: str) -> OptResult:
    """Do what was asked; the log is appended to the file, not to the result.

    Raises:
        UsageError: a pipeline, pass or option that does not exist.
    """
    _send_stderr_to(log_path)
    if request.show_dialects:
        return OptResult(status=Status.DONE, output=_dialects().encode())
    steps = _planned(request)
    outcomes = [
        _process(document, request, steps)
        for document in documents_of(request.data, request.split_marker)
    ]
    outputs = [output for output, _ in outcomes]
    succeeded = all(is_good for _, is_good in outcomes)
    return OptResult(
        status=Status.DONE if succeeded else Status.FAILED,
        output=join(outputs, request.split_marker),
    )


def _planned(request: OptRequest) -> Sequence[Step]:
    """The steps, and what is to be said of them before any is taken."""
    if not (request.dump_pipeline or request.passes or request.pipeline is not None):
        return ()  # a session takes 2 ms
    session = Session()
    steps = plan(request, _prepared(session.context))
    if request.dump_pipeline:
        _write(describe(steps, session.context))
    return steps


def _process(
    document: Document, request: OptRequest, steps: Sequence[Step]
) -> tuple[bytes, bool]:
    """One document: its output, empty if it failed, and whether all is as wanted."""
    said: list[diagnostics.Diagnostic] = []
    lines = document.lines
    session = Session()
    context = _prepared(session.context)

    def hear(note: Any) -> bool:
        said.append(diagnostics.from_bindings(note, request.name))
        if request.checking is Checking.OFF:
            _write(diagnostics.render(said[-1], name=request.name, lines=lines))
        return True

    handler = context.attach_diagnostic_handler(hear)
    output = _transform(document, request, steps, context)
    handler.detach()
    if request.checking is Checking.OFF:
        return output or b"", output is not None
    return output or b"", _is_as_expected(said, request, lines)


def _transform(
    document: Document, request: OptRequest, steps: Sequence[Step], context: Any
) -> bytes | None:
    """Its output; None after errors, what Python cannot take of a module among them."""
    here = ir.Location.file(diagnostics.BUFFER, document.first_line, 1, context)
    try:
        return _run_steps(document, request, steps, context)
    except RecursionError:
        here.emit_error(_TOO_DEEP)
    except UnicodeDecodeError:
        here.emit_error(_NO_TEXT)
    except RuntimeError as error:
        if _CONVERSION not in str(error):
            raise
        here.emit_error(_NO_TEXT)
    return None


def _run_steps(
    document: Document, request: OptRequest, steps: Sequence[Step], context: Any
) -> bytes | None:
    with context:
        module = read(document, request, context)
        if module is None:
            return None
        execution = Execution(module=module, request=request, write=_write)
        return _printed(module, request) if execution.run(steps) else None


def _printed(module: Any, request: OptRequest) -> bytes:
    if request.bytecode:
        buffer = io.BytesIO()
        module.operation.write_bytecode(buffer)
        return buffer.getvalue()
    text = module.operation.get_asm(
        enable_debug_info=request.debuginfo, print_generic_op_form=request.generic
    )
    # Generic and custom forms differ in whether they end their last line.
    return f"{text.rstrip()}\n\n".encode()


def _is_as_expected(
    said: Sequence[diagnostics.Diagnostic], request: OptRequest, lines: Sequence[str]
) -> bool:
    complaints = expectations.complaints(
        expectations.expectations_of(lines),
        [diagnostics.checkable(diagnostic) for diagnostic in said],
        name=request.name,
        only_expected=request.checking is Checking.ONLY_EXPECTED,
    )
    for complaint in complaints:
        _write(diagnostics.render(complaint, name=request.name, lines=lines))
    return not complaints


def _prepared(context: Any) -> Any:
    """One thread, for dumps and diagnostics in order; errors reach the handlers."""
    context.enable_multithreading(False)
    context.emit_error_diagnostics = True
    return context


def _dialects() -> str:
    """What `--show-dialects` prints. The bindings have no list, but the parser has."""
    context, found = Session().context, {"mlopt"}

    def hear(diagnostic: Any) -> bool:
        for note in diagnostic.notes:
            if match := _LISTING.search(note.message):
                found.update(name.strip() for name in match[1].split(","))
        return True

    context.emit_error_diagnostics = True
    context.attach_diagnostic_handler(hear)
    try:
        ir.Module.parse(_NO_DIALECT, context)
    except ir.MLIRError:
        return f"Available Dialects: {', '.join(sorted(found))}\n"
    raise AssertionError(f"{_NO_DIALECT} parses")


def _send_stderr_to(path: str) -> None:
    """From now on; a worker that runs this job does no other."""
    with Path(path).open("ab", buffering=0) as file:
        os.dup2(file.fileno(), _STDERR)


def _write(text: str) -> None:
    view = memoryview(text.encode("utf-8", errors="replace"))
    while view:
        view = view[os.write(_STDERR, view) :]
