"""`--stop-after`: run the first stages only and show what there is."""

import time
from collections.abc import Sequence

import numpy as np

from mlopt import defaults
from mlopt.core.errors import MloptError
from mlopt.core.measurement import Failure, Timing
from mlopt.core.summary import Stage, StageSummary
from mlopt.core.workload import Workload
from mlopt.driver.alone import hold, screening_plan
from mlopt.driver.forms.bases import DEFAULT, partition_under
from mlopt.driver.jobs_api import JOBS
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Built, Workbench
from mlopt.search.space import SpaceSet, spaces_for

_COLUMNS = {
    Stage.PARTITION: ("workload", "hash", "kind", "calls", "MFLOP"),
    Stage.SCHEDULES: ("workload", "hash", "kind", "spaces", "expert schedules"),
    Stage.COMPILE: ("workload", "hash", "kind", "compiled", "refused"),
    Stage.MEASURE: ("workload", "hash", "kind", "measured", "failed", "best"),
}


def summarize(
    loaded: LoadedProgram, workbench: Workbench, stage: Stage
) -> StageSummary:
    """Partition, then emit, compile or measure the expert schedules of each workload.

    Raises:
        MloptError: the program cannot be partitioned.
    """
    start = time.monotonic()
    partition = partition_under(loaded, workbench, DEFAULT)
    rows = [(*_name(w), *_cells(w, workbench, stage)) for w in partition.workloads]
    return StageSummary(
        name=loaded.program.name,
        target=workbench.target,
        stage=stage,
        columns=_COLUMNS[stage],
        rows=tuple(rows),
        wall_s=time.monotonic() - start,
    )


def _name(workload: Workload) -> tuple[str, str, str]:
    return workload.name, workload.hash, workload.kind.value


def _cells(workload: Workload, workbench: Workbench, stage: Stage) -> tuple[str, ...]:
    offer = spaces_for(workload, workbench.target, workbench.spaces.templates)
    match stage:
        case Stage.PARTITION:
            return str(workload.num_dispatches), f"{workload.flops / 1e6:.3g}"
        case Stage.SCHEDULES:
            return _scheduled(workload, offer, workbench)
        case Stage.COMPILE:
            built = _compiled(workload, offer, workbench)
            refused = sum(isinstance(b, Failure) for b in built)
            return str(len(built) - refused), str(refused)
        case Stage.MEASURE:
            return _measured(workload, offer, workbench)


def _scheduled(
    workload: Workload, offer: SpaceSet, workbench: Workbench
) -> tuple[str, ...]:
    names = ", ".join(space.name for space in offer.spaces) or "-"
    for trace in offer.seeds:
        template = workbench.spaces.of(trace)
        job = f"{JOBS}:emit_schedule"
        workbench.call(job, workload, trace, template, workbench.target)
    return names, str(len(offer.seeds))


def _compiled(
    workload: Workload, offer: SpaceSet, workbench: Workbench
) -> Sequence[Built | Failure]:
    return workbench.compile_candidates(workload, offer.seeds)


def _measured(
    workload: Workload, offer: SpaceSet, workbench: Workbench
) -> tuple[str, ...]:
    built = _compiled(workload, offer, workbench)
    if not built:
        return "0", "0", "-"
    try:
        _ = hold(workload, workbench, defaults.SEED)
    except MloptError:
        return "0", str(len(built)), "-"
    plan = screening_plan(workload, workbench, defaults.SEED, measures_memory=False)
    ratios = []
    for each in built:
        if isinstance(each, Failure):
            continue
        timing = workbench.measurer.measure(workload.hash, each.path, plan)
        if isinstance(timing, Timing):
            ratios.append(np.median(timing.baseline_us) / np.median(timing.latency_us))
    best = f"{max(ratios):.2f}x over default" if ratios else "-"
    return str(len(ratios)), str(len(built) - len(ratios)), best
