"""The passes of mlopt itself, by the names that pipelines and flags call them.

They are Python functions: MLIR's registry does not know them, which is why
`mlopt.driver.opt.pipeline` cuts pipelines. This table is also read by `--help`, so
nothing heavy is imported before a pass runs, and it runs in a worker only.

To add one: a function of an `ir.Module` and its options that changes the module in
place, and an entry in `PASSES`. It raises `PassFailed` after it has emitted errors at
the operations they are about, or any MloptError with a sentence.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from mlopt.core.errors import MloptError


class PassFailed(MloptError):
    """The pass has already emitted its diagnostics."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A pass of mlopt.

    Attributes:
        run: changes the module in place; raises an MloptError when it cannot.
        help: one line.
        options: names of the options it takes.
    """

    run: Callable[[Any, Mapping[str, str]], None]
    help: str
    options: frozenset[str] = frozenset()


def verify(module: Any, options: Mapping[str, str]) -> None:
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


def import_program(module: Any, options: Mapping[str, str]) -> None:
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


PASSES: Final[Mapping[str, Pass]] = {
    "mlopt-import": Pass(
        run=import_program, help="Lower StableHLO to linalg on tensors."
    ),
    "mlopt-verify": Pass(run=verify, help="Check the operations of the mlopt dialect."),
}
