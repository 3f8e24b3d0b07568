"""The schedules of a program as a tuning spec that a stock IREE compiler applies.

A spec recognises each kernel by its structure, so it also serves another model that
contains the same kernel. Runs in a worker; must not import another stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from iree.compiler import ir
from iree.compiler.dialects import transform

from mlopt.core.candidate import Schedule
from mlopt.core.compiled import as_compiled
from mlopt.core.errors import ScheduleError
from mlopt.core.workload import Workload
from mlopt.schedules import emit, matching, script

ENTRY = "__kernel_config"
_ALL = "mlopt_apply_all"
_TRANSLATION = "translation_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A schedule and the workload it is for."""

    workload: Workload
    schedule: Schedule


def replay_spec(scheduled: bytes | str, matches: Sequence[Match]) -> str:
    """Print a tuning spec, verified.

    Args:
        scheduled: the program with these schedules on its executables, at the point
            where IREE looks into a tuning spec. By then it has rewritten some ops,
            and what is recognised must be what is there.

    Raises:
        ScheduleError: a workload that the program does not contain, or a spec that
            does not verify.
    """
    with ir.Context(), ir.Location.unknown():
        program = ir.Module.parse(scheduled)
        module = script.new_module()
        names = []
        for match in matches:
            func = _dispatch(program, match.workload)
            name = emit.identifier(match.workload, match.schedule.trace)
            _add_application(module, func, match.workload, f"apply_{name}")
            names.append(f"apply_{name}")
        _add_entry(module, names)
        if not module.operation.verify():
            raise ScheduleError("the exported schedule does not verify")
        return str(module)


def _dispatch(program: ir.Module, workload: Workload) -> ir.Operation:
    """The function of the first of a workload's executables."""
    symbol = workload.executables[0]
    for op in program.body.operations:
        if op.operation.name != "hal.executable":
            continue
        if ir.StringAttr(op.attributes["sym_name"]).value != symbol:
            continue
        for inner in matching.nested(op.operation):
            if inner.name == "func.func":
                return inner
    raise ScheduleError(f"the program has no executable of {workload.name}")


def _add_application(
    module: ir.Module, scheduled: ir.Operation, workload: Workload, name: str
) -> None:
    """@apply_ID: annotate a function as `scheduled` is, if it is otherwise like it."""
    ops = matching.structured_ops(scheduled)
    # Where code generation puts loops back, a schedule is for one way to store.
    stores = as_compiled(workload) is not workload

    def body(func: ir.Value) -> None:
        handles = matching.require(func, scheduled, stores=stores)
        for handle, op in zip(handles, ops, strict=True):
            for attribute in matching.ANNOTATIONS:
                if attribute in op.attributes:
                    script.annotate(handle, attribute, op.attributes[attribute])
        if _TRANSLATION in scheduled.attributes:
            script.annotate(func, _TRANSLATION, scheduled.attributes[_TRANSLATION])

    script.named_sequence(module, name, body)


def _add_entry(module: ir.Module, names: Sequence[str]) -> None:
    """@__kernel_config, which IREE runs on every dispatch function.

    Each application stops at the first fact that does not hold; only the sequence
    around them goes on to the next.
    """

    def body(func: ir.Value) -> None:
        for name in names:
            script.include(name, func)

    script.named_sequence(module, _ALL, body)
    with ir.InsertionPoint(module.body):
        sequence = transform.NamedSequenceOp(
            ENTRY,
            [script.any_op()],
            [script.any_op()],
            arg_attrs=[{"transform.readonly": ir.UnitAttr.get()}],
        )
        sequence.operation.attributes["iree_codegen.tuning_spec_entrypoint"] = (
            ir.UnitAttr.get()
        )
    with ir.InsertionPoint(sequence.body):
        func = sequence.body.arguments[0]
        script.include(_ALL, func, tolerates_failure=True)
        transform.YieldOp([func])
