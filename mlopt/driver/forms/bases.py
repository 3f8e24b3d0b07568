"""Option sets on one program: `default`, `stock-best`, those after a rewrite."""

import dataclasses
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mlopt import defaults
from mlopt.core.errors import CompileError, MeasureError
from mlopt.core.licence import Licence
from mlopt.core.measurement import Failure
from mlopt.core.workload import Partition
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.jobs_api import JOBS
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.measure.statistics import fastest_in_turns, quiet_ratio
from mlopt.targets.cpu_options import (
    DEFAULT,
    SCHEDULE_FLAGS,
    SEARCHABLE,
    STOCK_OPTION_SETS,
    allowed_error,
    buffer_flags,
    compile_flags,
    first_option_sets,
    kernel_flags,
)

# An option set that beats the default by less is not worth another search.
_MIN_GAIN = 1.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Bases:
    """Compiled option sets.

    Attributes:
        paths: by name, those that compiled; equal code appears under one name only.
        failures: by name, those the compiler refused, or that ran wrong.
        timeout_s: what another of them may take to compile.
    """

    paths: Mapping[str, str]
    failures: Mapping[str, Failure]
    timeout_s: float = defaults.OPTION_SET_TIMEOUT_S


def compile_bases(
    loaded: LoadedProgram,
    workbench: Workbench,
    names: Iterable[str] | None = None,
) -> Bases:
    """Compile under option sets: those that a run begins with, unless named.

    Raises:
        CompileError: the default set does not compile; then nothing can be compared.
    """
    if names is None:
        names = first_option_sets(loaded.option_sets)
    jobs = _jobs(loaded, workbench, names)
    start = time.monotonic()
    default = {n: job for n, job in jobs.items() if n == DEFAULT}
    results = workbench.compile_programs(default)
    timeout_s = defaults.OPTION_SET_TIMEOUT_FACTOR * (time.monotonic() - start)
    timeout_s = max(timeout_s, defaults.OPTION_SET_TIMEOUT_S)
    others = {n: job for n, job in jobs.items() if n != DEFAULT}
    results |= workbench.compile_programs(others, timeout_s)
    if isinstance(failure := results.get(DEFAULT), Failure):
        raise CompileError(
            f"IREE cannot compile {loaded.program.name}: {failure.detail}",
            diagnostics=failure.diagnostics,
        )
    return _added(Bases(paths={}, failures={}, timeout_s=timeout_s), results)


def extend_bases(
    bases: Bases, loaded: LoadedProgram, workbench: Workbench, names: Iterable[str]
) -> Bases:
    """Compile the program under more option sets."""
    jobs = _jobs(loaded, workbench, names)
    return _added(bases, workbench.compile_programs(jobs, bases.timeout_s))


def _added(bases: Bases, results: Mapping[str, str | Failure]) -> Bases:
    paths, failures = dict(bases.paths), dict(bases.failures)
    for name, result in results.items():
        if isinstance(result, Failure):
            failures[name] = result
        elif result not in paths.values():
            paths[name] = result
    return dataclasses.replace(bases, paths=paths, failures=failures)


def _jobs(
    loaded: LoadedProgram, workbench: Workbench, names: Iterable[str]
) -> dict[str, tuple[str, tuple[bytes, tuple[str, ...]]]]:
    flags = workbench.target.compile_flags
    return {
        name: ("compile_program", (loaded.module(name), compile_flags(flags, name)))
        for name in loaded.distinct(names)
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Which option sets matter.

    Attributes:
        bases: those that run correctly.
        stock_best: the fastest of the compiler's own.
        fastest: the fastest of all, those after a rewrite among them.
        base: the one to search on: the fastest that schedules can be written on, or
            the default where that is hardly slower.
        ranking: all that run correctly, the fastest first.
    """

    bases: Bases
    stock_best: str
    fastest: str
    base: str
    ranking: tuple[str, ...]


def choose_bases(
    bases: Bases, workbench: Workbench, licence: Licence | None = None
) -> Choice:
    """Time the option sets in interleaved turns.

    For choosing only; the final comparison measures what was chosen again.

    Raises:
        MeasureError: the default set does not run, or gives wrong results.
    """
    contenders = {
        name: Contender(path=path, accuracy=allowed_error(name, licence))
        for name, path in bases.paths.items()
    }
    comparison = compare_in_turns(
        workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
    )
    if DEFAULT in comparison.failures:
        raise MeasureError(
            "the program does not run as IREE compiles it by default: "
            f"{comparison.failures[DEFAULT].detail}"
        )
    ranking = fastest_in_turns(comparison.latency_us)
    good = dataclasses.replace(
        bases,
        paths={n: p for n, p in bases.paths.items() if n in ranking},
        failures={**bases.failures, **comparison.failures},
    )
    base = next(name for name in ranking if name in SEARCHABLE)
    times = comparison.latency_us
    if quiet_ratio(times[DEFAULT], times[base]) < _MIN_GAIN:
        base = DEFAULT
    stock_best = next(name for name in ranking if name in STOCK_OPTION_SETS)
    return Choice(
        bases=good,
        stock_best=stock_best,
        fastest=ranking[0],
        base=base,
        ranking=tuple(ranking),
    )


def partition_under(
    loaded: LoadedProgram, workbench: Workbench, base: str, *, as_default: bool = False
) -> Partition:
    """The program's workloads under one option set.

    What schedules need is asked for here already: from the flow phase on, the limits
    of code generation are fixed in the IR.

    Args:
        as_default: give kernels the hashes they have under the default option set.
    """
    result = workbench.call(
        f"{JOBS}:partition_program",
        loaded.module(base),
        (*workbench.target.compile_flags, *SCHEDULE_FLAGS, *buffer_flags(base)),
        kernel_flags(base),
        as_default,
    )
    if not isinstance(result, Partition):
        raise CompileError(f"{loaded.program.name} could not be partitioned")
    return result


def partition_with(
    loaded: LoadedProgram, workbench: Workbench, base: str, workloads: Collection[str]
) -> Partition:
    """The partition that knows the most of these workload hashes.

    Schedules were found under the option set itself, or under the default one.
    """
    partition = partition_under(loaded, workbench, base)
    if base == DEFAULT or not workloads or _knows(partition, workloads):
        return partition
    return partition_under(loaded, workbench, base, as_default=True)


def _knows(partition: Partition, workloads: Collection[str]) -> bool:
    return not set(workloads).isdisjoint(w.hash for w in partition.workloads)
