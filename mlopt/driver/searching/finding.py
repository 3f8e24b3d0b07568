"""Find faster schedules for a prepared program: by search, or in the records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import mlopt
from mlopt.core.budget import Budget
from mlopt.core.candidate import Schedule
from mlopt.core.measurement import Interval, Trial
from mlopt.core.record import ProgramRecord
from mlopt.core.workload import Partition
from mlopt.driver.composing.recipes import Recipe, compose
from mlopt.driver.forms.bases import partition_with
from mlopt.driver.forms.preparing import Prepared
from mlopt.driver.recording import Origin, trials_of
from mlopt.driver.searching.confirming import confirm_all
from mlopt.driver.searching.search import Search
from mlopt.records import Database, RecordFilter
from mlopt.report.progress import SEARCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search, or the records of an earlier one, came to.

    Attributes:
        rivals: by workload hash, schedules that may be faster in the program.
        space_versions: by workload hash, of schedules whose spaces may not be there any
            more: what an earlier run recorded.
    """

    schedules: Mapping[str, Schedule]
    speedups: Mapping[str, Interval]
    trials: Mapping[str, Sequence[Trial]]
    num_trials: int
    notes: tuple[str, ...]
    rivals: Mapping[str, Sequence[Schedule]] = field(default_factory=dict)
    space_versions: Mapping[str, str] = field(default_factory=dict)


def find(prepared: Prepared, search: Search, budget: Budget) -> Found:
    """Search the workloads of a program, and confirm the winners."""
    search.progress.stage(SEARCH)
    search.add(prepared.partition.workloads, prepared.times)
    search.run(budget)
    search.progress.stage("confirm")
    winners = confirm_all(search)
    trials = {key: tuple(s.trials) for key, s in search.subjects.items()}
    return Found(
        schedules={key: w.schedule for key, w in winners.items()},
        speedups={key: w.speedup for key, w in winners.items()},
        trials=trials,
        num_trials=sum(len(t) for t in trials.values()),
        notes=tuple(search.notes),
        rivals={key: w.rivals for key, w in winners.items()},
    )


def covers(known: ProgramRecord, budget: Budget) -> bool:
    """Whether an earlier run of this mlopt spent what this one may spend.

    Another version may have had fewer spaces, or tried fewer forms of the program.
    """
    if known.mlopt_version != mlopt.__version__:
        return False
    if budget.trials is None and budget.seconds is None:
        return False
    by_trials = budget.trials is None or known.trials >= budget.trials
    by_time = budget.seconds is None or known.wall_s >= budget.seconds
    if budget.trials is not None and budget.seconds is not None:
        return by_trials or by_time
    return by_trials and by_time


def has_trials(database: Database, origin: Origin, partition: Partition) -> bool:
    """Whether an earlier run of the same program measured any of these workloads."""
    target = origin.target
    return any(
        record.provenance == origin.provenance
        for workload in partition.workloads
        for record in database.all(
            RecordFilter(
                workload=workload.hash,
                target=target.key,
                compiler_version=target.compiler_version,
                is_final=False,
            )
        )
    )


def recall(
    prepared: Prepared, database: Database, known: ProgramRecord
) -> tuple[Recipe, Found]:
    """Rebuild what an earlier run chose."""
    schedules = {
        c.workload: Schedule(workload=c.workload, trace=c.trace, script=c.script)
        for c in known.chosen
    }
    recipe = _recipe_of(prepared, known.base_name, schedules)
    speedups = {w.hash: w.speedup for w in known.workloads if w.speedup is not None}
    target = prepared.workbench.target
    versions = {choice.space_version for choice in known.chosen}
    versions |= set(prepared.workbench.spaces.keys)
    trials = {
        w.hash: trials_of(
            database.trials(w.hash, target.key, target.compiler_version, versions)
        )
        for w in prepared.partition.workloads
    }
    note = (
        f"found in the records of {known.created_at}: nothing was searched, "
        "only the final comparison was measured"
    )
    return recipe, Found(
        schedules=schedules,
        speedups=speedups,
        trials=trials,
        num_trials=known.trials,
        notes=(note,),
        space_versions={c.workload: c.space_version for c in known.chosen},
    )


def _recipe_of(
    prepared: Prepared, base: str, schedules: Mapping[str, Schedule]
) -> Recipe:
    """Build what a record describes; an option set as it is has its very code.

    Compiled by way of the flow phase, the same program would be other bytes, and
    timing it against itself would invent a difference.
    """
    path = prepared.bases.paths.get(base)
    if not schedules and path is not None:
        return Recipe(base=base, partition=None, schedules={}, path=path)
    partition = prepared.partition
    if base != prepared.base:
        partition = partition_with(prepared.loaded, prepared.workbench, base, schedules)
    return compose(prepared.workbench, base, partition, schedules)
