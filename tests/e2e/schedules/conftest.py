"""One workbench a session; models built with chosen schedules and exported."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from mlopt.core.candidate import Schedule, Trace
from mlopt.core.target import Target
from mlopt.core.workload import Partition, Workload
from mlopt.driver.composing.recipes import Recipe, compose
from mlopt.driver.exporting import export_schedule
from mlopt.driver.forms.bases import DEFAULT, partition_under
from mlopt.driver.jobs_api import JOBS
from mlopt.driver.programs import LoadedProgram, load_program
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import ingest_callable
from mlopt.search.space import spaces_for
from mlopt.targets.registry import find_target


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return find_target(facts_dir=tmp_path_factory.mktemp("hosts"))


@pytest.fixture(scope="session")
def workbench(target):
    with Workbench(target) as bench:
        yield bench


@pytest.fixture(scope="session")
def seed_of(target, templates) -> Callable[[Workload, str], Trace | None]:
    """The first expert trace of a workload in spaces so called, or None."""

    def find(workload: Workload, space: str) -> Trace | None:
        seeds = spaces_for(workload, target, templates).seeds
        return next((trace for trace in seeds if trace.space.startswith(space)), None)

    return find


@dataclass
class Model:
    """A JAX function as mlopt composes it and as a stock compiler builds it."""

    workbench: Workbench
    loaded: LoadedProgram
    partition: Partition
    base: str
    _built: dict[tuple[str, ...], bytes] = field(default_factory=dict)

    def emit(self, traces: dict[str, Trace]) -> dict[str, Schedule]:
        """Schedules by workload hash."""
        bench = self.workbench
        emitted = {}
        for workload in self.workloads:
            if (trace := traces.get(workload.hash)) is not None:
                template = bench.spaces.of(trace)
                job = f"{JOBS}:emit_schedule"
                schedule = bench.call(job, workload, trace, template, bench.target)
                assert isinstance(schedule, Schedule)
                emitted[workload.hash] = schedule
        return emitted

    def compose(self, schedules: dict[str, Schedule]) -> Recipe:
        return compose(self.workbench, self.base, self.partition, schedules)

    def composed(self, schedules: dict[str, Schedule]) -> bytes:
        """What mlopt builds, compiled once for each set of schedules."""
        key = tuple(schedule.digest for schedule in schedules.values())
        if key not in self._built:
            self._built[key] = self.workbench.read(self.compose(schedules).path)
        return self._built[key]

    def export(self, schedules: dict[str, Schedule], folder: Path) -> Path:
        recipe = self.compose(schedules)
        assert recipe.schedules, "no workload has a schedule to be exported"
        export_schedule(self.loaded, self.workbench, recipe, folder)
        return folder

    @property
    def workloads(self) -> Sequence[Workload]:
        return self.partition.workloads


@pytest.fixture(scope="session")
def model_of(workbench) -> Callable[..., Model]:
    """Partition a function of example arguments under an option set."""

    def build(function, *arguments, base: str = DEFAULT) -> Model:
        loaded = load_program(ingest_callable(function, arguments), workbench)
        partition = partition_under(loaded, workbench, base)
        return Model(workbench, loaded, partition, base)

    return build


@pytest.fixture(scope="session")
def stock_build() -> Callable[..., tuple[bytes, str]]:
    return build_with_stock_compiler


def build_with_stock_compiler(
    folder: Path, *, program: bytes | None = None, extra: str = ""
) -> tuple[bytes, str]:
    """Run the command that an export is documented to be built with.

    Args:
        program: built instead of the folder's own.
        extra: flags that come after the folder's.

    Returns:
        The flatbuffer, and what the compiler printed.
    """
    if program is not None:
        (folder / "other.mlirbc").write_bytes(program)
    name = "program.mlirbc" if program is None else "other.mlirbc"
    tools = Path(sys.executable).parent
    result = subprocess.run(
        f"{tools}/iree-compile $(cat flags.txt) {extra} {name} -o built.vmfb",
        shell=True,
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return (folder / "built.vmfb").read_bytes(), result.stderr
