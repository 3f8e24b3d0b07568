"""What each kernel of a built program takes of its time, in place."""

import logging
from typing import Final

from mlopt import defaults
from mlopt.core.errors import MeasureError
from mlopt.core.explanation import KernelUse
from mlopt.driver.baseline_specs import input_sets
from mlopt.driver.composing.recipes import Recipe
from mlopt.driver.profiling import profile_program
from mlopt.driver.programs import LoadedProgram
from mlopt.driver.workbench import Workbench

_logger: Final = logging.getLogger("mlopt")


def kernel_uses(
    loaded: LoadedProgram, workbench: Workbench, recipe: Recipe
) -> tuple[KernelUse, ...]:
    """Profile a program that was built on a partition; () where that fails."""
    if recipe.partition is None:
        return ()
    inputs = input_sets(loaded, defaults.SEED)[0]
    try:
        times = profile_program(
            loaded, recipe.path, recipe.partition, inputs, workbench
        )
    except MeasureError as error:
        _logger.warning("the kernels are not shown: %s", error)
        return ()
    workloads = {workload.hash: workload for workload in recipe.partition.workloads}
    return tuple(
        KernelUse(
            name=workloads[each.workload].name,
            share=each.share,
            num_calls=each.num_calls,
            latency_us=each.latency_us,
            flops=workloads[each.workload].flops,
            num_bytes=workloads[each.workload].num_bytes,
            is_scheduled=each.workload in recipe.schedules,
        )
        for each in times
        if each.latency_us > 0.0
    )
