"""Documents -> modules: parsing, and refusing operations that nobody knows.

The mlopt dialect is not registered in MLIR's contexts, so a document that speaks of it
is parsed as if every dialect were allowed, and unknown operations are refused after.
Runs in a worker process: imports iree.compiler.
"""

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


def read(document: Document, request: OptRequest, context: Any) -> Any | None:
    """Parse and verify; None after errors, which the context's handlers have seen."""
    mentions_mlopt = _DIALECT in document.data
    context.allow_unregistered_dialects = request.allow_unregistered or mentions_mlopt
    try:
        module = _parse(document, request, context)
    except ir.MLIRError:
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
