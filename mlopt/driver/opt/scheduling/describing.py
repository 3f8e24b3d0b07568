"""What a search chose, as one module in the mlopt dialect that `mlopt-opt` takes.

A job of worker processes: imports iree.compiler.
"""

from collections.abc import Sequence
from typing import Any

from iree.compiler import ir

from mlopt.core.decided import Decided
from mlopt.core.target import Target
from mlopt.dialect.printing import schedule_text, space_text
from mlopt.driver.opt.scheduling import contents
from mlopt.driver.opt.scheduling.targets import record_target
from mlopt.driver.opt.workloads import name_of, record_option_set


def describe(schedules: Sequence[Decided], target: Target) -> str:
    """A module with the workloads, their spaces and the schedules, as text.

    Args:
        target: whose facts sizes were chosen by.
    """
    with ir.Context() as context, ir.Location.unknown():
        # IREE's bindings cannot register a dialect that IRDL defines.
        context.allow_unregistered_dialects = True
        module = ir.Module.create()
        record_target(module, target)
        # All are of one program, partitioned once.
        record_option_set(module, name_of(schedules[0].workload.flags))
        for number, schedule in enumerate(schedules):
            _add_workload(module, schedule, number)
        for template in dict.fromkeys(s.template.name for s in schedules):
            chosen = next(s.template for s in schedules if s.template.name == template)
            contents.append(module, space_text(chosen))
        for s in schedules:
            text = schedule_text(
                s.trace, s.workload.hash, speedup=s.speedup, provenance=s.provenance
            )
            contents.append(module, text)
        return f"{module}"


def _add_workload(module: Any, schedule: Decided, number: int) -> None:
    """Its executable and a caller; what all programs share only once."""
    source = ir.Module.parse(schedule.workload.module)
    for name in source.operation.attributes:
        module.operation.attributes[name] = source.operation.attributes[name]
    for op in list(source.body.operations):
        if op.operation.name == "util.global" and number:
            continue
        op.operation.detach_from_parent()
        module.body.append(op)
        if op.operation.name == "util.func":
            name = f"call_{schedule.workload.hash}"
            op.operation.attributes["sym_name"] = ir.StringAttr.get(name)
        if op.operation.name == "flow.executable":
            _mark(op.operation, schedule)


def _mark(executable: Any, schedule: Decided) -> None:
    workload = ir.StringAttr.get(schedule.workload.hash)
    space = ir.FlatSymbolRefAttr.get(schedule.template.name)
    executable.attributes["mlopt.workload"] = workload
    executable.attributes["mlopt.kind"] = ir.StringAttr.get(schedule.workload.kind)
    executable.attributes[contents.SPACES] = ir.ArrayAttr.get([space])
