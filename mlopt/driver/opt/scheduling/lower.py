"""mlopt-lower-schedule: schedules become transform-dialect scripts.

Imports iree.compiler.
"""

from collections.abc import Callable, Mapping
from typing import Any

from iree.compiler import ir

from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.plans import plan_for, workload_of
from mlopt.driver.opt.scheduling.targets import target_of
from mlopt.driver.opt.workloads import workloads_of
from mlopt.schedules import emit


def run(module: Any, options: Mapping[str, str], write: Callable[[str], None]) -> None:
    """Put a module of named sequences in place of each schedule, and drop the spaces.

    Such a module, `@schedule_ID`, is what a candidate is compiled with: its entry
    `@__transform_main` marks the ops of a dispatch; a scripted one also holds
    `@kernel_ID`, which IREE's code generation runs.

    Raises:
        InputError: a schedule of a workload or in a space that is not there, or whose
            decisions are not legal.
        ScheduleError: it does not fit its workload.
    """
    schedules = contents.schedules_in(module)
    # Where there is none, a module without workloads is as good as any.
    found = workloads_of(module) if schedules else ()
    workloads = {workload.hash: workload for workload in found}
    templates = contents.templates_in(module, "the input")
    target = target_of(module)
    for schedule in schedules:
        workload = workload_of(workloads, schedule.workload)
        plan = plan_for(templates, schedule.space, workload, target)
        trace = contents.trace_of(schedule, plan.space)
        script = emit.build(workload, trace, plan)
        name = emit.identifier(workload, trace)
        nested = script.operation.clone(ip=ir.InsertionPoint(schedule.op))
        nested.attributes["sym_name"] = ir.StringAttr.get(f"schedule_{name}")
        schedule.op.erase()
    for op in list(module.body.operations):
        if op.operation.name == contents.SPACE:
            op.operation.erase()
        elif contents.SPACES in op.operation.attributes:
            del op.operation.attributes[contents.SPACES]
