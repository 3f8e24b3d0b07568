"""From whatever a user has to a Program, across the process border."""

from dataclasses import dataclass

from mlopt.core.errors import MloptError
from mlopt.core.program import Program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import Ingested

_LOWER = "mlopt.frontend.lowering:lower_to_linalg"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedProgram:
    """A program as IREE takes it, beside what JAX knows of it."""

    ingested: Ingested
    program: Program


def load_program(ingested: Ingested, workbench: Workbench) -> LoadedProgram:
    """Lower to linalg in a worker.

    Raises:
        InputError, UnsupportedError: what the frontend refuses.
    """
    program = workbench.call(_LOWER, ingested.stablehlo, ingested.name, ingested.path)
    if not isinstance(program, Program):
        raise MloptError(f"lowering {ingested.name} gave no program")
    return LoadedProgram(ingested=ingested, program=program)
