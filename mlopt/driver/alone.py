"""A workload measured alone, beside its own default compilation: candidate 0."""

from mlopt import defaults
from mlopt.core.workload import Workload
from mlopt.driver.baseline_specs import workload_spec
from mlopt.driver.workbench import Workbench
from mlopt.measure.plan import Baseline, MeasurePlan, Work


def hold(workload: Workload, workbench: Workbench, seed: int) -> Baseline:
    """Load candidate 0 into the measuring worker, under the workload's hash.

    Raises:
        MloptError: it does not compile or run.
    """
    path = workbench.compile_program(
        "compile_scheduled",
        workload.module,
        (*workbench.target.compile_flags, *workload.flags),
        {},
    )
    spec = workload_spec(workload, path, workbench.target, seed)
    return workbench.measurer.prepare(spec)


def screening_plan(
    workload: Workload,
    workbench: Workbench,
    seed: int,
    *,
    race_against: float | None = None,
    measures_memory: bool = True,
) -> MeasurePlan:
    """A short measurement.

    Args:
        race_against: a speedup; a candidate that cannot win against it is dropped.
        measures_memory: whether its peak is counted, in one more run.
    """
    return MeasurePlan(
        num_rounds=defaults.SCREEN_ROUNDS,
        pairs_per_round=defaults.SCREEN_PAIRS,
        seed=seed,
        race_against=race_against,
        work=work_of(workload),
        limits=workbench.limits,
        measures_memory=measures_memory,
    )


def work_of(workload: Workload) -> Work:
    """What one call has to do at least, for the check against the machine's limits."""
    return Work(flops=workload.flops, num_bytes=workload.num_bytes)
