"""What the decorator asks of the rest of mlopt: build, tune, print.

Answers "who compiles a function for a signature". The only module of this package
that knows the driver. Must not import jax or iree.compiler: the compiler runs in a
worker process.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from mlopt import defaults
from mlopt.core.budget import Budget
from mlopt.core.program import Program
from mlopt.core.report import ProgramResult
from mlopt.core.target import Target
from mlopt.decorator.explanation import KernelChoice, Source
from mlopt.frontend.ingest import Ingested
from mlopt.isolation import Worker
from mlopt.targets.registry import find_target

_LOWER: Final = "mlopt.frontend.lowering:lower_to_linalg"
_COMPILE: Final = "mlopt.compile.session:compile_program"
_TO_TEXT: Final = "mlopt.compile.session:to_text"
_TIMEOUT_S: Final = defaults.PROGRAM_COMPILE_TIMEOUT_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A program compiled with what was on record.

    Attributes:
        vmfb: the flatbuffer, or its file.
        entry: its public function.
        notes: sentences about the program as a whole.
        schedule: transform-dialect text of all schedules used; empty for none.
    """

    vmfb: bytes | Path
    entry: str
    source: Source
    notes: tuple[str, ...] = ()
    kernels: tuple[KernelChoice, ...] = ()
    schedule: str = ""


@cache
def detect_target(name: str) -> Target:
    """The target of that name here, detected once a process.

    Raises:
        TargetError: no such target here.
    """
    return find_target(name)


def build(ingested: Ingested, *, target: Target, db: str | None) -> Build:
    """Compile with the best records there are, else as the compiler alone would.

    Args:
        db: a path or an SQLAlchemy URL; None is the user's own database.

    Raises:
        UnsupportedError, CompileError: the back end cannot take the program.
    """
    program = lower(ingested)
    vmfb = _call(_COMPILE, program.module, target.compile_flags)
    assert isinstance(vmfb, bytes)
    return Build(vmfb=vmfb, entry=program.entry, source=Source.DEFAULT)


def tune(
    ingested: Ingested,
    *,
    target: Target,
    budget: Budget,
    strategy: str,
    seed: int,
    db: str | None,
) -> ProgramResult:
    """Search for better schedules and put them on record.

    Raises:
        MloptError: the program cannot be compiled or measured.
    """
    from mlopt import driver

    driver_module: Any = driver
    return driver_module.tune_ingested(
        ingested, target=target, budget=budget, strategy=strategy, seed=seed, db=db
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
def _compiler() -> Worker:
    # Stays warm for the next signature; it dies with this process.
    return Worker(name="compiler of mlopt.jit")


def _call(job: str, *args: object) -> object:
    return _compiler().call(job, *args, timeout_s=_TIMEOUT_S)
