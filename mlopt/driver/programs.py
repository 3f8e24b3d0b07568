"""From whatever a user has to a Program, across the process border."""

import hashlib
from dataclasses import dataclass
from typing import final

from mlopt.core.errors import InputError, MloptError
from mlopt.core.licence import Licence, Rewrite
from mlopt.core.program import Program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested, with_jaxpr
from mlopt.frontend.rewriting.narrowing import narrow
from mlopt.targets.cpu_options import rewrite_of

_LOWER = "mlopt.frontend.lowering:lower_to_linalg"


@final
class Rewrites:
    """Other forms of a program, made when they are asked for."""

    def __init__(self, ingested: Ingested, workbench: Workbench) -> None:
        self._ingested = ingested
        self._workbench = workbench
        self._modules: dict[Rewrite, bytes] = {}

    def module(self, rewrite: Rewrite) -> bytes:
        """The program after a rewrite, as MLIR bytecode.

        Raises:
            InputError: it is no traced program, which alone can be rewritten.
        """
        if rewrite not in self._modules:
            self._modules[rewrite] = self._made(rewrite)
        return self._modules[rewrite]

    def _made(self, rewrite: Rewrite) -> bytes:
        ingested = self._ingested
        if ingested.jaxpr is None:
            raise InputError(
                f"{ingested.name} is a finished program in MLIR: only a JAX function "
                "can be rewritten to another precision"
            )
        enters_loops = rewrite is not Rewrite.BF16_OUTSIDE_LOOPS
        narrowed = narrow(ingested.jaxpr, enters_loops=enters_loops)
        return _lower(with_jaxpr(ingested, narrowed), self._workbench).module


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProgram:
    """A program as IREE takes it, beside what JAX knows of it.

    Attributes:
        licence: what may be done to its numbers; None is nothing.
    """

    ingested: Ingested
    program: Program
    rewrites: Rewrites
    licence: Licence | None = None

    @property
    def key(self) -> str:
        """What it is recorded under: its content, and the precision allowed.

        The accuracy is not part of it: a record says how far off its program is.
        """
        if self.licence is None:
            return self.program.digest
        parts = f"{self.program.digest} {self.licence.precision}"
        return hashlib.sha256(parts.encode()).hexdigest()[:32]

    def module(self, option_set: str) -> bytes:
        """What is compiled under an option set: MLIR bytecode."""
        rewrite = rewrite_of(option_set)
        return self.program.module if rewrite is None else self.rewrites.module(rewrite)


def load_program(
    ingested: Ingested, workbench: Workbench, licence: Licence | None = None
) -> LoadedProgram:
    """Lower to linalg in a worker.

    Raises:
        InputError, UnsupportedError: what the frontend refuses.
    """
    return LoadedProgram(
        ingested=ingested,
        program=_lower(ingested, workbench),
        rewrites=Rewrites(ingested, workbench),
        licence=licence,
    )


def _lower(ingested: Ingested, workbench: Workbench) -> Program:
    program = workbench.call(_LOWER, ingested.stablehlo, ingested.name, ingested.path)
    if not isinstance(program, Program):
        raise MloptError(f"lowering {ingested.name} gave no program")
    return program
