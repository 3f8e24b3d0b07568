"""The form of a program to search on, where schedules decide which one is fast.

Answers "is the program searched with its constants in panels". A kernel that reads
panels is slow as the compiler makes it, and fast with a schedule: so the forms are
compared with what experts would choose for each of their kernels, before any search.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Final

from mlopt import defaults
from mlopt.core.candidate import Schedule
from mlopt.core.errors import MeasureError
from mlopt.core.loops import plain_contraction
from mlopt.core.measurement import Failure
from mlopt.core.workload import Partition, Workload, WorkloadKind
from mlopt.driver.baseline_specs import PROGRAM_KEY
from mlopt.driver.comparing import compare_in_turns
from mlopt.driver.composing.recipes import Composition, compose_all
from mlopt.driver.forms.bases import Choice, extend_bases, partition_under
from mlopt.driver.jobs_api import JOBS
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Contender
from mlopt.measure.statistics import fastest_in_turns
from mlopt.search.space import spaces_for
from mlopt.targets.cpu_options import SEARCHABLE, prepacked, rewrites_of, tiled

# Each costs a compilation of the whole program or two. A program has more forms only if
# several rewrites that do not exclude each other found something to do in it.
_MOST_FORMS: Final = 4
# Nor is a program for products that do less than this part of its work.
_MIN_PART: Final = 0.05


def rehearse(loaded: LoadedProgram, workbench: Workbench, choice: Choice) -> Choice:
    """Search on a form with constants in panels, if experts make that the fastest.

    The program's default must be in the measurer.
    """
    panels = _in_panels(loaded, choice.ranking)
    if not panels:
        return choice
    names = [choice.base, *panels]
    if rewrites_of(choice.base):
        # Judged again: Winograd, say, was compared with loops that were not tuned.
        names += [n for n in choice.ranking if _is_plain(n)][:1]
    compositions = {name: _by_experts(loaded, workbench, name) for name in names}
    for name in panels:
        # IREE's own layout may be the better one for products that read no panels.
        other = tiled(name, choice.ranking)
        if other is not None and _has_other_products(compositions[name].partition):
            compositions[other] = _by_experts(loaded, workbench, other)
    built = compose_all(workbench, compositions, choice.bases.timeout_s)
    contenders = {
        name: Contender(path=recipe.path)
        for name, recipe in built.items()
        if not isinstance(recipe, Failure)
    }
    if not contenders:
        return choice
    try:
        comparison = compare_in_turns(
            workbench, PROGRAM_KEY, contenders, defaults.CHOICE_TURNS
        )
    except MeasureError:
        return choice
    ranking = fastest_in_turns(comparison.latency_us)
    if not ranking or ranking[0] == choice.base:
        return choice
    best, bases = ranking[0], choice.bases
    if best not in bases.paths:
        bases = extend_bases(bases, loaded, workbench, [best])
    if best not in bases.paths:
        return choice
    return dataclasses.replace(choice, bases=bases, base=best)


def _in_panels(loaded: LoadedProgram, ranking: Sequence[str]) -> list[str]:
    """The forms with constants in panels that differ from every form without."""
    offered = prepacked(ranking)
    distinct = loaded.distinct(dict.fromkeys((*ranking, *offered)))
    return [name for name in distinct if name in offered][:_MOST_FORMS]


def _has_other_products(partition: Partition) -> bool:
    """Whether products that read no panels are a part of a program's work."""
    work = sum(workload.flops for workload in partition.workloads)
    other = sum(w.flops for w in partition.workloads if _is_other_product(w))
    return other >= _MIN_PART * work


def _is_other_product(workload: Workload) -> bool:
    if workload.kind is not WorkloadKind.CONTRACTION:
        return False
    loops = plain_contraction(workload)
    return loops is None or not loops.panels


def _is_plain(name: str) -> bool:
    return name in SEARCHABLE and not rewrites_of(name)


def _by_experts(loaded: LoadedProgram, workbench: Workbench, name: str) -> Composition:
    partition = partition_under(loaded, workbench, name)
    schedules = _first_experts(partition, workbench)
    return Composition(base=name, partition=partition, schedules=schedules)


def _first_experts(
    partition: Partition, workbench: Workbench
) -> Mapping[str, Schedule]:
    """What the first expert of the first space says, by workload hash."""
    schedules = {}
    for workload in partition.workloads:
        offer = spaces_for(workload, workbench.target, workbench.spaces.templates)
        if offer.seeds:
            trace = offer.seeds[0]
            schedules[workload.hash] = workbench.call(
                f"{JOBS}:emit_schedule",
                workload,
                trace,
                workbench.spaces.of(trace),
                workbench.target,
            )
    return schedules
