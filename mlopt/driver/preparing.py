"""A program made ready for tuning: partitioned, its baselines measured, profiled."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mlopt.core.workload import DispatchTime, Partition
from mlopt.driver.baseline_specs import input_sets, program_spec
from mlopt.driver.bases import (
    DEFAULT,
    Bases,
    choose_stock_best,
    compile_bases,
    partition_under,
    profile_program,
)
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.report.progress import Progress
from mlopt.workloads.cost import reduction_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A program with its baselines measured once and its time profiled.

    Attributes:
        bases: the compiler's option sets that run; stock_best names the fastest.
        partition: under the default option set; times: its in-situ profile.
        inputs: what was profiled with, the first of the input sets.
    """

    loaded: LoadedProgram
    workbench: Workbench
    bases: Bases
    stock_best: str
    partition: Partition
    times: Sequence[DispatchTime]
    inputs: Sequence[np.ndarray]

    @property
    def default_path(self) -> str:
        """The program as the compiler's defaults make it: candidate 0."""
        return self.bases.paths[DEFAULT]

    @property
    def stock_best_path(self) -> str:
        """The program under the fastest documented option set."""
        return self.bases.paths[self.stock_best]

    def profile(self, path: str, partition: Partition) -> tuple[DispatchTime, ...]:
        """In-situ profile of another build of the program.

        Raises:
            MeasureError: it does not run.
        """
        return profile_program(
            self.loaded, path, partition, self.inputs, self.workbench
        )


def prepare(
    loaded: LoadedProgram, workbench: Workbench, seed: int, progress: Progress
) -> Prepared:
    """Partition, compile and measure the baselines, profile the default.

    Raises:
        CompileError, MeasureError: the program cannot be compiled or run at all.
    """
    progress.stage("partition")
    partition = partition_under(loaded, workbench, DEFAULT)
    progress.stage("baselines")
    bases = compile_bases(loaded, workbench)
    length = max((reduction_length(w.ops) for w in partition.workloads), default=1)
    spec = program_spec(loaded, bases.paths[DEFAULT], workbench.target, length, seed)
    workbench.measurer.prepare(spec)
    stock_best, bases = choose_stock_best(bases, workbench)
    inputs = input_sets(loaded, seed)[0]
    return Prepared(
        loaded=loaded,
        workbench=workbench,
        bases=bases,
        stock_best=stock_best,
        partition=partition,
        times=profile_program(
            loaded, bases.paths[DEFAULT], partition, inputs, workbench
        ),
        inputs=inputs,
    )
