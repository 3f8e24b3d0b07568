"""What the decorator asks of the rest of mlopt: build, tune, print.

Answers "who compiles a function for a signature". The only module of this package
that knows the driver. Must not import iree.compiler, which runs in worker processes.
"""

from functools import cache
from typing import TYPE_CHECKING, Final

from mlopt import driver
from mlopt.core.budget import Budget
from mlopt.core.licence import Licence
from mlopt.core.objective import Goal
from mlopt.core.program import Program
from mlopt.core.report import ProgramResult
from mlopt.core.target import Target
from mlopt.frontend.ingest import Ingested
from mlopt.targets.registry import find_target

if TYPE_CHECKING:
    from mlopt.driver.building import BuiltProgram
    from mlopt.driver.workbench import Workbench

_LOWER: Final = "mlopt.frontend.lowering:lower_to_linalg"
_TO_TEXT: Final = "mlopt.compile.session:to_text"
_HOST: Final = "llvm-cpu"


@cache
def detect_target(name: str) -> Target:
    """The target of that name here, detected once a process.

    Raises:
        TargetError: no such target here.
    """
    return find_target(name)


def build(
    ingested: Ingested,
    *,
    target: Target,
    db: str | None,
    licence: Licence | None,
    goal: Goal,
) -> "BuiltProgram":
    """Compile with the best records there are, else as the compiler alone would.

    Args:
        db: a path or an SQLAlchemy URL; None is the user's own database.

    Raises:
        UnsupportedError, CompileError: the back end cannot take the program.
    """
    return driver.build_from_records(
        ingested,
        target=target,
        db=db,
        licence=licence,
        goal=goal,
        workbench=_workbench(target),
    )


def tune(
    ingested: Ingested,
    *,
    target: Target,
    budget: Budget,
    strategy: str,
    seed: int,
    db: str | None,
    licence: Licence | None,
    goal: Goal,
) -> ProgramResult:
    """Search for better schedules and put them on record.

    Raises:
        MloptError: the program cannot be compiled or measured, or not within the
            accuracy of the licence or the memory of the goal.
    """
    return driver.tune_ingested(
        ingested,
        target=target,
        budget=budget,
        strategy=strategy,
        seed=seed,
        db=db,
        licence=licence,
        goal=goal,
    )


def lower(ingested: Ingested) -> Program:
    """StableHLO to linalg on tensors, in a worker.

    Raises:
        InputError, UnsupportedError: what the frontend refuses.
    """
    program = _call(
        _LOWER,
        ingested.stablehlo,
        ingested.name,
        ingested.path,
    )
    assert isinstance(program, Program)
    return program


def linalg_text(ingested: Ingested) -> str:
    """The program as IREE takes it, for people."""
    text = _call(_TO_TEXT, lower(ingested).module)
    assert isinstance(text, str)
    return text


@cache
def _workbench(target: Target) -> "Workbench":
    # Its workers stay warm for the next signature and die with this process.
    return driver.Workbench(target)


def _call(job: str, *args: object) -> object:
    # Lowering knows no target; the host's workers serve every one.
    return _workbench(detect_target(_HOST)).call(job, *args)
