"""Turn a candidate into a schedule: the one entry point of this stage.

Runs in a worker. What leaves is text that was parsed and verified.
"""

from collections.abc import Mapping

from iree.compiler import ir

from mlopt.core.candidate import Candidate, Schedule, Trace
from mlopt.core.errors import ScheduleError
from mlopt.core.workload import Workload
from mlopt.resources import transform_library
from mlopt.schedules import annotations, configured, packed, script

# The sequence the transform interpreter runs on the flow.executable.
ENTRY = "__transform_main"


def emit(workload: Workload, trace: Trace) -> Schedule:
    """The schedule a trace stands for; an empty script for the compiler's choice.

    Raises:
        ScheduleError: unknown space, or decisions that do not fit the workload.
    """
    if trace.is_default:
        return Schedule(workload=workload.hash, trace=trace, script="")
    with ir.Context(), ir.Location.unknown():
        module = build(workload, trace)
        text = str(module)
    return Schedule(workload=workload.hash, trace=trace, script=text)


def build(workload: Workload, trace: Trace) -> ir.Module:
    """The schedule's module in the current context, verified.

    It holds `@__transform_main`, which finds the dispatch function in an executable,
    `@annotate_ID`, which marks its ops, and for a scripted schedule `@kernel_ID`.
    """
    if workload.root is None:
        raise ScheduleError(f"workload {workload.name} has no op to schedule")
    name = identifier(workload, trace)
    module = script.new_module()
    try:
        add_sequences(module, workload, trace, name)
        _add_main(module, name)
    except (KeyError, ValueError, ir.MLIRError) as error:
        raise ScheduleError(
            f"trace {trace.to_json()} does not fit workload {workload.name}: {error}"
        ) from error
    if not module.operation.verify():
        raise ScheduleError(f"the schedule for {workload.name} does not verify")
    return module


def identifier(workload: Workload, trace: Trace) -> str:
    """Name of a schedule's sequences and of its library file, without extension."""
    return Candidate(workload=workload.hash, trace=trace).id


def add_sequences(
    module: ir.Module, workload: Workload, trace: Trace, name: str
) -> None:
    """Append what a schedule consists of, without an entry point."""
    if trace.space == packed.SPACE:
        library = transform_library("cpu")
        script.include_library(module, library, packed.SEQUENCES)
        script.named_sequence(
            module,
            f"kernel_{name}",
            lambda func: packed.build_kernel(workload, dict(trace.decisions), func),
            consumes=True,
        )
    add_annotate_only(module, workload, trace, name)


def add_annotate_only(
    module: ir.Module, workload: Workload, trace: Trace, name: str
) -> None:
    """Append @annotate_NAME, which writes the schedule onto a dispatch's ops."""
    decisions = dict(trace.decisions)
    if trace.space == packed.SPACE:
        attributes = _tags(workload, name)
    elif trace.space in (configured.DOUBLE_TILING, configured.CONVOLUTION):
        attributes = {
            position: [pair]
            for position, pair in configured.attributes_for(
                workload, trace.space, decisions
            ).items()
        }
    else:
        raise ScheduleError(f"no schedule reads decisions of space {trace.space!r}")
    _add_annotate(module, workload, name, attributes)


def _tags(workload: Workload, name: str) -> dict[int, list[tuple[str, ir.Attribute]]]:
    """Marks by which the codegen script finds each op again."""
    tags = {
        position: [("mlopt.op", ir.StringAttr.get(packed.tag(position)))]
        for position in range(len(workload.ops))
    }
    info = annotations.scripted_info(f"mlopt_{name}.mlir", f"kernel_{name}")
    assert workload.root is not None
    tags[workload.root].append(("compilation_info", info))
    return tags


def _add_annotate(
    module: ir.Module,
    workload: Workload,
    name: str,
    attributes: Mapping[int, list[tuple[str, ir.Attribute]]],
) -> None:
    op_names = list(dict.fromkeys(op.name for op in workload.ops))

    def body(func: ir.Value) -> None:
        handles = script.split(script.match_ops(func, op_names), len(workload.ops))
        for position, pairs in attributes.items():
            for attribute_name, attribute in pairs:
                script.annotate(handles[position], attribute_name, attribute)

    script.named_sequence(module, f"annotate_{name}", body)


def _add_main(module: ir.Module, name: str) -> None:
    def body(executable: ir.Value) -> None:
        script.include(f"annotate_{name}", script.match_ops(executable, ["func.func"]))

    script.named_sequence(module, ENTRY, body)
