"""mlopt-import and mlopt-verify. Runs in a worker process."""

from collections.abc import Callable, Mapping
from typing import Any

from mlopt.driver.opt.request import PassFailed


def verify(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """Check every `mlopt.` operation; each violation is an error at its operation.

    Raises:
        PassFailed: there was one.
    """
    from mlopt.dialect import verifier

    violations = verifier.verify(module)
    for violation in violations:
        violation.location.emit_error(violation.message)
    if violations:
        raise PassFailed("the module violates the rules of the mlopt dialect")


def import_program(
    module: Any, options: Mapping[str, str], write: Callable[[str], None]
) -> None:
    """StableHLO -> linalg on tensors, by IREE's own input pipeline.

    Raises:
        UnsupportedError: an operation that IREE cannot take.
        PassFailed: IREE refused, and has said why.
    """
    from iree.compiler import ir, passmanager

    from mlopt.frontend.legality import drop_placement, refuse_unsupported

    refuse_unsupported(module, "module")
    drop_placement(module)
    pipeline = "builtin.module(iree-stablehlo-input-transformation-pipeline)"
    manager = passmanager.PassManager.parse(pipeline, module.context)  # pyright: ignore
    try:
        manager.run(module.operation)
    except ir.MLIRError as error:
        raise PassFailed("IREE refuses the program") from error
