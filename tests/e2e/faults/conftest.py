"""A tiny program in this process, and a workbench that hands out broken candidates."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlopt.core.budget import Budget
from mlopt.core.candidate import Schedule, Trace
from mlopt.core.measurement import Failure
from mlopt.core.report import ProgramResult
from mlopt.core.target import Target
from mlopt.core.workload import Workload
from mlopt.driver.programs import load_program
from mlopt.driver.tuning import TuneOptions, tune_program
from mlopt.driver.workbench import SCHEDULE_FLAGS, Built, Workbench
from mlopt.frontend.files import ingest
from mlopt.frontend.ingest import Ingested
from mlopt.records import Database
from mlopt.report.progress import NullProgress, Progress
from mlopt.targets.registry import find_target

MODEL = """
import jax
import jax.numpy as jnp

def dense():
    x = jax.random.normal(jax.random.key(0), (32, 64))
    weight = jax.random.normal(jax.random.key(1), (64, 32))
    return lambda x, weight: jax.nn.relu(x @ weight), (x, weight)

def slow():
    x = jax.random.normal(jax.random.key(0), (128, 512))
    weight = jax.random.normal(jax.random.key(1), (512, 512))
    return lambda x, weight: jax.nn.relu(x @ weight), (x, weight)
"""

# What a fault makes of a candidate: (workbench, workload, what was built) -> outcome.
Fault = Callable[["Saboteur", Workload, Built], "Built | Failure"]


class Saboteur(Workbench):
    """The real workbench, except that chosen candidates meet with a fault.

    Attributes:
        faults: by the number of the candidate, counted from 0.
        outcomes: what the search was given, in order.
    """

    def __init__(self, target: Target, faults: dict[int, Fault] | None = None) -> None:
        super().__init__(target)
        self.faults = faults or {}
        self.outcomes: list[Built | Failure] = []

    def compile_candidates(
        self, workload: Workload, traces: Sequence[Trace]
    ) -> list[Built | Failure]:
        outcomes = []
        for built in super().compile_candidates(workload, traces):
            fault = self.faults.get(len(self.outcomes))
            if fault is not None and isinstance(built, Built):
                built = fault(self, workload, built)
            self.outcomes.append(built)
            outcomes.append(built)
        return outcomes

    def compile_script(
        self, workload: Workload, built: Built, script: str, timeout_s: float
    ) -> Built | Failure:
        """Compile a workload with a transform script written by hand."""
        schedule = Schedule(
            workload=workload.hash, trace=built.schedule.trace, script=script
        )
        flags = (*self.target.compile_flags, *SCHEDULE_FLAGS)
        arguments = (workload.module, flags, {workload.executables[0]: schedule})
        job = "mlopt.driver.jobs:compile_scheduled"
        ((_, outcome),) = self._pool.map_unordered(
            job, [arguments], timeout_s=timeout_s
        )
        stored = self._stored(outcome)
        if isinstance(stored, Failure):
            return stored
        return Built(schedule=schedule, path=stored)

    def replace_code(self, built: Built, program: str) -> Built:
        """The candidate with another program's code."""
        flags = self.target.compile_flags
        path = self.compile_program("compile_program", program.encode(), flags)
        return Built(schedule=built.schedule, path=path)

    @property
    def compile_pids(self) -> list[int]:
        """Of the compile workers that run now."""
        return [worker.pid for worker in self._pool.workers if worker.pid]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuned:
    """A tuning run that went to its end."""

    result: ProgramResult
    workbench: Saboteur
    db: Path


@pytest.fixture(scope="session")
def model(tmp_path_factory) -> str:
    path = tmp_path_factory.mktemp("model") / "model.py"
    path.write_text(MODEL)
    return str(path)


@pytest.fixture(scope="session")
def target(tmp_path_factory) -> Target:
    return find_target("llvm-cpu")


@pytest.fixture(scope="session")
def ingested(model) -> Ingested:
    return ingest(f"{model}:dense")


@pytest.fixture(scope="session")
def saboteur(target) -> Iterator[Callable[[], Saboteur]]:
    """Makes workbenches that are closed in the end."""
    made: list[Saboteur] = []

    def make() -> Saboteur:
        made.append(Saboteur(target))
        return made[-1]

    yield make
    for workbench in made:
        workbench.close()


@pytest.fixture(scope="session")
def tune_with(ingested) -> Callable[..., Tuned]:
    """Tune the tiny program on a workbench, into a database.

    On the default option set, whatever the clock says: the scripts of the faults are
    written for its kernels.
    """

    def run(
        workbench: Saboteur,
        db: Path,
        *,
        trials: int,
        progress: Progress | None = None,
    ) -> Tuned:
        options = TuneOptions(budget=Budget(trials=trials), strategy="random")
        with Database.open(db) as database, pytest.MonkeyPatch.context() as patch:
            patch.setattr("mlopt.driver.forms.bases._MIN_GAIN", math.inf)
            loaded = load_program(ingested, workbench)
            result = tune_program(
                loaded, workbench, database, options, progress or NullProgress()
            )
        return Tuned(result=result, workbench=workbench, db=db)

    return run
