"""The verifier as a job of a worker: text in, sentences out."""

from iree.compiler import ir

from mlopt.dialect.verifier import verify


def verify_text(text: str) -> list[str]:
    """Everything wrong with a module, a sentence each; none when it is right.

    What MLIR's own parser refuses is one sentence too.
    """
    with ir.Context() as context:
        # IREE's bindings cannot register a dialect that IRDL defines.
        context.allow_unregistered_dialects = True
        try:
            module = ir.Module.parse(text)
        except ir.MLIRError as error:
            return [diagnostic.message for diagnostic in error.error_diagnostics]
        return [violation.message for violation in verify(module)]
