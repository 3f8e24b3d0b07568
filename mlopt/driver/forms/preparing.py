"""A program made ready for tuning: partitioned, its baselines measured, profiled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mlopt.core.record import ProgramRecord
from mlopt.core.workload import DispatchTime, Partition
from mlopt.driver.baseline_specs import PROGRAM_KEY, input_sets, program_spec
from mlopt.driver.forms.bases import (
    Bases,
    Choice,
    choose_bases,
    compile_bases,
    partition_under,
)
from mlopt.driver.forms.peaks import peaks_of, qualifying
from mlopt.driver.forms.rehearsing import rehearse
from mlopt.driver.forms.screening import extend_by_rewrites
from mlopt.driver.forms.unrolling import unroll
from mlopt.driver.licences import check_accuracy
from mlopt.driver.profiling import profile_program
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.report.progress import Progress
from mlopt.targets.cpu_options import DEFAULT, SEARCHABLE
from mlopt.workloads.cost import reduction_length


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A program with its baselines measured once and its time profiled.

    Attributes:
        bases: the option sets that run; stock_best names the fastest of the
            compiler's own, fastest that of all.
        base: the option set that is searched on.
        partition: under that one; times: its in-situ profile.
        inputs: what was profiled with, the first of the input sets.
    """

    loaded: LoadedProgram
    workbench: Workbench
    bases: Bases
    stock_best: str
    fastest: str
    base: str
    partition: Partition
    times: Sequence[DispatchTime]
    inputs: Sequence[np.ndarray]

    @property
    def default_path(self) -> str:
        """The program as the compiler's defaults make it: candidate 0."""
        return self.bases.paths[DEFAULT]

    @property
    def base_path(self) -> str:
        """The program under the option set that is searched on."""
        return self.bases.paths[self.base]

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
    loaded: LoadedProgram,
    workbench: Workbench,
    seed: int,
    progress: Progress,
    was_begun: Callable[[Partition], bool] | None = None,
) -> Prepared:
    """Partition, compile and measure the baselines, profile the one to search on.

    Args:
        was_begun: whether an earlier search of the program went on under a partition;
            None where there was none.

    Raises:
        CompileError, MeasureError: the program cannot be compiled or run at all.
        AccuracyError: what the licence allows is not as accurate as it demands.
        MemoryCapError: no program takes as little memory as was asked for.
    """
    progress.stage("partition")
    partition = partition_under(loaded, workbench, DEFAULT)
    progress.stage("baselines")
    bases = compile_bases(loaded, workbench)
    inputs = hold_default(loaded, workbench, partition, bases, seed)
    bases = extend_by_rewrites(bases, loaded, workbench)
    choice = choose_bases(bases, workbench, loaded.licence)
    check_accuracy(loaded, choice.bases)
    if loaded.goal.concerns_memory:
        # A cap that cannot be met is told before the search, not after it.
        peaks = peaks_of(workbench, choice.bases.paths)
        _ = qualifying(loaded.goal, peaks, loaded.program.name)
    choice = unroll(loaded, workbench, choice)
    choice = rehearse(loaded, workbench, choice)
    base, partition = _base(loaded, workbench, choice, partition, was_begun)
    path = choice.bases.paths[base]
    return Prepared(
        loaded=loaded,
        workbench=workbench,
        bases=choice.bases,
        stock_best=choice.stock_best,
        fastest=choice.fastest,
        base=base,
        partition=partition,
        times=profile_program(loaded, path, partition, inputs, workbench),
        inputs=inputs,
    )


def _base(
    loaded: LoadedProgram,
    workbench: Workbench,
    choice: Choice,
    default: Partition,
    was_begun: Callable[[Partition], bool] | None,
) -> tuple[str, Partition]:
    """The option set to search on, and the program's partition under it.

    What was chosen, unless an earlier search went on another one. The clock chooses
    among option sets that may be close: otherwise a search that was interrupted would
    now and then begin again.
    """
    partitions = {DEFAULT: default}

    def partition(name: str) -> Partition:
        if name not in partitions:
            partitions[name] = partition_under(loaded, workbench, name)
        return partitions[name]

    base = choice.base
    if was_begun is not None and not was_begun(partition(base)):
        others = (n for n in choice.bases.paths if n in SEARCHABLE)
        base = next((n for n in others if was_begun(partition(n))), base)
    return base, partition(base)


def prepare_known(
    loaded: LoadedProgram,
    workbench: Workbench,
    known: ProgramRecord,
    seed: int,
    progress: Progress,
) -> Prepared | None:
    """Make ready what an earlier run measured already; nothing is timed.

    Returns:
        None when the record does not describe the program as it compiles now.

    Raises:
        CompileError, MeasureError: the program cannot be compiled or run at all.
    """
    progress.stage("partition")
    found = _known_partition(loaded, workbench, known)
    if found is None:
        return None
    base, partition = found
    names = {DEFAULT, base, known.stock_best_name, known.base_name}
    bases = compile_bases(loaded, workbench, names)
    # Equal code goes by the first name only.
    if not {base, known.stock_best_name, known.base_name} <= set(bases.paths):
        return None
    inputs = hold_default(loaded, workbench, partition, bases, seed)
    return Prepared(
        loaded=loaded,
        workbench=workbench,
        bases=bases,
        stock_best=known.stock_best_name,
        fastest=known.base_name,
        base=base,
        partition=partition,
        times=tuple(
            DispatchTime(
                workload=w.hash,
                share=w.share,
                latency_us=w.before_us or 0.0,
                num_calls=w.num_calls,
            )
            for w in known.workloads
        ),
        inputs=inputs,
    )


def _known_partition(
    loaded: LoadedProgram, workbench: Workbench, known: ProgramRecord
) -> tuple[str, Partition] | None:
    """The option set that was searched on, by the workloads that were recorded."""
    likely = (DEFAULT, known.base_name, *loaded.option_sets)
    for base in loaded.distinct(dict.fromkeys(likely)):
        if base not in SEARCHABLE:
            continue
        partition = partition_under(loaded, workbench, base)
        hashes = {w.hash for w in partition.workloads}
        if all(w.hash in hashes for w in known.workloads):
            return base, partition
    return None


def hold_default(
    loaded: LoadedProgram,
    workbench: Workbench,
    partition: Partition,
    bases: Bases,
    seed: int,
    *,
    key: str = PROGRAM_KEY,
) -> Sequence[np.ndarray]:
    """Load the default program into the measuring worker; the first inputs.

    Args:
        partition: under the default option set.
        key: to hold it under.
    """
    length = max((reduction_length(w.ops) for w in partition.workloads), default=1)
    spec = program_spec(
        loaded, bases.paths[DEFAULT], workbench.target, length, seed, key=key
    )
    workbench.measurer.prepare(spec)
    return input_sets(loaded, seed)[0]
