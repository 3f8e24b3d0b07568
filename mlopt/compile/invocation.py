"""One compilation: a fresh session, one module, and what the compiler said about it.

Wraps iree.compiler.api, and by ctypes the exported C functions that it does not wrap
yet: phases and callback diagnostics.
"""

import ctypes
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Final, NoReturn, Self

from iree.compiler import api
from iree.compiler.api import ctypes_dl

from mlopt.compile.diagnostics import Diagnostic, Severity, first_error, transcript
from mlopt.compile.marking import marked
from mlopt.compile.options import CompileOptions
from mlopt.core.errors import CompileError, InputError

_BYTECODE_MAGIC: Final = b"ML\xefR"
_Callback: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p
)


class Compilation:
    """A session, its module and its diagnostics; a context manager.

    A session costs under a millisecond, so each compilation has its own: flags of one
    never reach another.

    The session's Python context is asked for where a module needs an attribute, and
    never else: IREE 3.13 does not free it then, 3.5 MB a compilation. Nor is a
    diagnostic handler attached through the bindings: called without the interpreter
    lock, it aborts the process. The C callback takes the lock.

    Raises:
        CompileError: a flag that the compiler does not know.
    """

    def __init__(self, options: CompileOptions) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._session = api.Session()
        try:
            self._session.set_flags(*options.arguments)
        except ValueError as error:
            reason = str(error).strip().splitlines()[-1].strip()
            raise CompileError(f"a compiler flag was refused: {reason}") from error
        self._invocation = self._session.invocation()
        self._callback = _Callback(self._record)
        _function(
            "EnableCallbackDiagnostics", ctypes.c_int, _Callback, ctypes.c_void_p
        )(self._invocation._inv_p, 0, self._callback, None)

    def parse(self, module: bytes | str, *, name: str = "module.mlir") -> None:
        """Read MLIR bytecode or text; `name` is what diagnostics call it.

        Raises:
            InputError: it is no valid module.
        """
        data = module.encode() if isinstance(module, str) else module
        if not data.startswith(_BYTECODE_MAGIC):
            data += b"\0"  # the text parser wants it
        source = api.Source.wrap_buffer(self._session, data, buffer_name=name)
        if not self._invocation.parse_source(source):
            raise InputError(first_error(self.diagnostics) or f"{name} does not parse")

    def parse_with(self, module: bytes | str, attributes: Mapping[str, str]) -> None:
        """As `parse`, and put attributes on the module, MLIR text by name.

        Raises:
            InputError: it is no valid module.
        """
        if not attributes:
            self.parse(module)
            return
        context = self._session.context
        self._invocation.import_module(marked(context, module, attributes))

    def run_passes(self, pipeline: str) -> None:
        """Run a textual pass pipeline on the module: "a,b", not "builtin.module(a,b)".

        Raises:
            CompileError: a pass failed, or the pipeline does not parse.
        """
        self._check(self._invocation.execute_text_pass_pipeline(pipeline))

    def compile(self, *, start: str | None = None, end: str | None = None) -> None:
        """Run the compiler's pipeline, of its phases those after `start` up to `end`.

        Raises:
            CompileError: it failed.
        """
        if start is not None:
            self._set_phase("From", start)
        if end is not None:
            self._set_phase("To", end)
        self._check(self._invocation.execute())

    def to_bytecode(self) -> bytes:
        """The module as MLIR bytecode."""
        return self._output(self._invocation.output_ir_bytecode)

    def to_text(self) -> str:
        """The module as MLIR text."""
        return self._output(self._invocation.output_ir).decode()

    def to_vmfb(self) -> bytes:
        """The compiled module as IREE's runtime loads it."""
        return self._output(self._invocation.output_vm_bytecode)

    def close(self) -> None:
        """Free the module and the session; safe to repeat."""
        self._invocation.close()
        self._session.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _record(self, severity: int, text: int, size: int, _data: int | None) -> None:
        message = ctypes.string_at(text, size).decode(errors="replace")
        self.diagnostics.append(Diagnostic(Severity(severity), message))

    def _check(self, succeeded: bool) -> None:
        if not succeeded:
            self._fail("the compiler failed without saying why")

    def _fail(self, otherwise: str) -> NoReturn:
        raise CompileError(
            first_error(self.diagnostics) or otherwise,
            diagnostics=transcript(self.diagnostics),
        )

    def _set_phase(self, which: str, phase: str) -> None:
        function = _function(f"SetCompile{which}Phase", ctypes.c_char_p)
        function(self._invocation._inv_p, phase.encode())

    def _output(self, write: Callable[[api.Output], None]) -> bytes:
        output = api.Output.open_membuffer()
        try:
            write(output)
            return bytes(output.map_memory())
        except ValueError as error:
            self._fail(f"the compiler could not write its result: {error}")
        finally:
            output.close()


def _function(name: str, *argument_types: type) -> Callable[..., None]:
    """An exported C function of the invocation, which is its first argument."""
    function = getattr(ctypes_dl._dylib, f"ireeCompilerInvocation{name}")
    function.restype = None
    function.argtypes = [ctypes.c_void_p, *argument_types]
    return function
