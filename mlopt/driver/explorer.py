"""The search, scripted: programs, workloads, spaces, schedules, measurements by hand.

What `mlopt tune` does in one go, as methods. Nothing here keeps records.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from mlopt import defaults
from mlopt.core.candidate import Candidate, Schedule, Space, Trace
from mlopt.core.errors import MloptError, RunError
from mlopt.core.measurement import Failure, Trial
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.driver.alone import hold, screening_plan
from mlopt.driver.composing.recipes import Recipe, compose
from mlopt.driver.forms.bases import DEFAULT, partition_under
from mlopt.driver.jobs_api import JOBS
from mlopt.driver.programs import LoadedProgram, load_program
from mlopt.driver.recording import trial_of
from mlopt.driver.spaces import source_of
from mlopt.driver.workbench import Workbench
from mlopt.frontend.ingest import ingest_callable
from mlopt.frontend.inputs import random_inputs
from mlopt.isolation import WorkerFault
from mlopt.search.space import spaces_for
from mlopt.targets.registry import find_target

_RUN: Final = "mlopt.driver.run_jobs:run_program"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploredProgram:
    """A JAX function cut into workloads."""

    loaded: LoadedProgram
    recipe: Recipe

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """Its kernels, in order of first appearance; equal ones once."""
        assert self.recipe.partition is not None
        return self.recipe.partition.workloads


class Explorer:
    """Workers of a compiler and a measuring one; a context manager.

    Args:
        space: a space of one's own, written in Python or a file's path; None explores
            those of mlopt.
        target: what to compile for.

    Raises:
        TargetError: there is no such target here.
        InputError: the file cannot be read.
    """

    def __init__(
        self, space: SpaceTemplate | str | None = None, *, target: str = "llvm-cpu"
    ) -> None:
        source = None if space is None else source_of(space)
        self._workbench = Workbench(find_target(target), source)

    def program(self, function: Callable[..., Any], *arguments: Any) -> ExploredProgram:
        """Trace a JAX callable with example arguments, and partition it.

        Raises:
            MloptError: what IREE cannot take.
        """
        loaded = load_program(ingest_callable(function, arguments), self._workbench)
        partition = partition_under(loaded, self._workbench, DEFAULT)
        recipe = Recipe(base=DEFAULT, partition=partition, schedules={}, path="")
        return ExploredProgram(loaded=loaded, recipe=recipe)

    def spaces(self, workload: Workload) -> tuple[Space, ...]:
        """The spaces that fit a workload, the more promising ones first.

        Raises:
            InputError: a space is not right, with line and column.
        """
        return self._offer(workload).spaces

    def experts(self, workload: Workload) -> tuple[Trace, ...]:
        """Legal traces that the spaces' authors advise."""
        return self._offer(workload).seeds

    def schedule(self, workload: Workload, trace: Trace) -> Schedule:
        """The transform-dialect script of a trace.

        Raises:
            ScheduleError: it does not fit the workload.
        """
        template = self._workbench.spaces.of(trace)
        job = f"{JOBS}:emit_schedule"
        target = self._workbench.target
        schedule = self._workbench.call(job, workload, trace, template, target)
        assert isinstance(schedule, Schedule)
        return schedule

    def measure(self, workload: Workload, traces: Sequence[Trace]) -> list[Trial]:
        """Compile traces, judge what they compute, and time them beside candidate 0.

        Returns:
            For each trace its speedup over the compiler's own choice, or its failure.

        Raises:
            MloptError: the workload's own baseline does not run.
        """
        bench = self._workbench
        _ = hold(workload, bench, defaults.SEED)
        plan = screening_plan(workload, bench, defaults.SEED)
        trials = []
        for trace, built in zip(
            traces, bench.compile_candidates(workload, traces), strict=True
        ):
            measured = (
                built
                if isinstance(built, Failure)
                else bench.measurer.measure(
                    workload.hash, built.path, plan, may_repeat=True
                )
            )
            candidate = Candidate(workload=workload.hash, trace=trace)
            trials.append(trial_of(candidate, measured))
        bench.measurer.release(workload.hash)
        return trials

    def apply(
        self, program: ExploredProgram, traces: Mapping[str, Trace]
    ) -> list[np.ndarray]:
        """Compile a program with traces on its workloads, and run it in a worker.

        Args:
            traces: by workload hash; other workloads keep the compiler's own choice.

        Returns:
            What it computes of the example arguments, flat.

        Raises:
            ScheduleError, CompileError: a trace does not fit, or the compiler refuses.
            RunError: it does not run.
        """
        partition = program.recipe.partition
        assert partition is not None
        by_hash = {w.hash: w for w in partition.workloads}
        if unknown := sorted(set(traces) - set(by_hash)):
            raise MloptError(f"the program has no workload {unknown[0]}")
        schedules = {k: self.schedule(by_hash[k], trace) for k, trace in traces.items()}
        recipe = compose(self._workbench, DEFAULT, partition, schedules)
        return self._run(program.loaded, self._workbench.read(recipe.path))

    def close(self) -> None:
        """End the workers."""
        self._workbench.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _offer(self, workload: Workload) -> Any:
        bench = self._workbench
        return spaces_for(workload, bench.target, bench.spaces.templates)

    def _run(self, loaded: LoadedProgram, vmfb: bytes) -> list[np.ndarray]:
        inputs = loaded.ingested.example_inputs
        if inputs is None:
            inputs = random_inputs(loaded.program.inputs, defaults.SEED)
        target = self._workbench.target
        entry = loaded.program.entry
        try:
            result = self._workbench.call(_RUN, vmfb, entry, list(inputs), target, 1)
        except WorkerFault as fault:
            raise RunError(f"{loaded.program.name} did not run: {fault}") from fault
        outputs, _ = result  # type: ignore[misc]
        return list(outputs)
