"""Programs built from an option set and schedules, and how they are compiled."""

from collections.abc import Mapping
from dataclasses import dataclass

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import CompileError
from mlopt.core.licence import Licence
from mlopt.core.measurement import Failure
from mlopt.core.workload import Partition
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.targets.cpu_options import allowed_error, compile_flags


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a program was built: an option set, and schedules by workload hash.

    Attributes:
        partition: under that option set; None when nothing was scheduled on it.
        path: the flatbuffer.
    """

    base: str
    partition: Partition | None
    schedules: Mapping[str, Schedule]
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """A program to be built: an option set, and schedules for its workloads.

    Attributes:
        partition: under that option set; schedules of workloads that it lacks are
            left out.
    """

    base: str
    partition: Partition
    schedules: Mapping[str, Schedule]

    @property
    def present(self) -> dict[str, Schedule]:
        """The schedules that the program has a workload for."""
        hashes = {workload.hash for workload in self.partition.workloads}
        return {key: s for key, s in self.schedules.items() if key in hashes}


def compose(
    workbench: Workbench,
    base: str,
    partition: Partition,
    schedules: Mapping[str, Schedule],
) -> Recipe:
    """Compile the program under an option set with schedules on its workloads.

    Schedules of workloads that the partition lacks are left out.

    Raises:
        CompileError: the compiler refuses the whole.
    """
    one = Composition(base=base, partition=partition, schedules=schedules)
    recipe = compose_all(workbench, {"program": one})["program"]
    if isinstance(recipe, Failure):
        raise CompileError(recipe.detail, diagnostics=recipe.diagnostics)
    return recipe


def compose_all(
    workbench: Workbench,
    compositions: Mapping[str, Composition],
    timeout_s: float = defaults.PROGRAM_COMPILE_TIMEOUT_S,
) -> dict[str, Recipe | Failure]:
    """Compile programs with schedules in parallel; by name, or what went wrong.

    Args:
        timeout_s: for each of them.
    """
    jobs = {name: _job(workbench, each) for name, each in compositions.items()}
    paths = workbench.compile_programs(jobs, timeout_s)
    return {
        name: path
        if isinstance(path, Failure)
        else Recipe(
            base=compositions[name].base,
            partition=compositions[name].partition,
            schedules=compositions[name].present,
            path=path,
        )
        for name, path in paths.items()
    }


def _job(workbench: Workbench, composition: Composition) -> tuple[str, tuple]:
    schedules = composition.present
    by_symbol = {
        symbol: schedules[workload.hash]
        for workload in composition.partition.workloads
        if workload.hash in schedules
        for symbol in workload.executables
    }
    flags = compile_flags(
        workbench.target.compile_flags, composition.base, is_scheduled=bool(by_symbol)
    )
    return "compile_scheduled", (composition.partition.flow, flags, by_symbol)


def contender_of(recipe: Recipe, licence: Licence | None) -> Contender:
    """A program for a comparison, judged as strictly as it was built."""
    return Contender(path=recipe.path, accuracy=allowed_error(recipe.base, licence))
