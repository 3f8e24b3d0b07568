"""Documents -> modules: parsing, and refusing operations that nobody knows.

The mlopt dialect is not registered in MLIR's contexts, so a document that speaks of it
is parsed as if every dialect were allowed, and unknown operations are refused after.
Runs in a worker process: imports iree.compiler.
"""

import re
from typing import Any, Final

from iree.compiler import ir

from mlopt.dialect.walking import nested
from mlopt.driver.opt.documents import Document
from mlopt.driver.opt.request import OptRequest

PREFIX: Final = "mlopt."
_DIALECT: Final = b"mlopt"
_UNREGISTERED: Final = (
    "operation being parsed with an unregistered dialect. If this is intended, "
    "please use -allow-unregistered-dialect with the MLIR tool used"
)
# Such a name can be written, as "\FF", and where a Python object of it is wanted the
# bindings end the process.
_UNREADABLE_NAME: Final = re.compile(rb'"[^"\n]*\\[89A-F][0-9A-F][^"\n]*"\(')
_NO_TEXT: Final = "the name of an operation is not UTF-8"


def read(document: Document, request: OptRequest, context: Any) -> Any | None:
    """Parse and verify; None after errors, which the context's handlers have seen."""
    mentions_mlopt = _DIALECT in document.data
    context.allow_unregistered_dialects = request.allow_unregistered or mentions_mlopt
    try:
        module = _parse(document, request, context)
    except ir.MLIRError:
        return None
    if _has_unreadable_names(module, document):
        module.operation.location.emit_error(_NO_TEXT)
        return None
    if not request.allow_unregistered and _refuse_unknown(module):
        return None
    # Passes of mlopt may yet make operations of it.
    context.allow_unregistered_dialects = True
    return module


def speaks_mlopt(module: Any) -> bool:
    """Whether any operation is of the mlopt dialect."""
    return any(op.name.startswith(PREFIX) for op in nested(module.operation))


def _parse(document: Document, request: OptRequest, context: Any) -> Any:
    is_whole_file = request.split_marker is None and not request.name.startswith("<")
    if request.debuginfo and is_whole_file:
        # The only way by which the bindings let locations name their file.
        return ir.Module.parseFile(request.name, context)
    return ir.Module.parse(document.data, context)


def _has_unreadable_names(module: Any, document: Document) -> bool:
    """Whether Python must not look at the module's operations."""
    if b"\\" not in document.data and document.is_utf8:
        return False
    # Escapes what is not printable, also in names.
    text = module.operation.get_asm(binary=True, print_generic_op_form=True)
    return _UNREADABLE_NAME.search(text) is not None


def _refuse_unknown(module: Any) -> bool:
    """Emit an error at every operation that neither MLIR nor mlopt knows."""
    context = module.context
    unknown = [
        op
        for op in nested(module.operation)
        if not op.name.startswith(PREFIX)
        and not context.is_registered_operation(op.name)
    ]
    for op in unknown:
        op.location.emit_error(_UNREGISTERED)
    return bool(unknown)
