"""Turn a candidate into a schedule: the one entry point of this stage.

Runs in a worker. What leaves is text that was parsed and verified.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from iree.compiler import ir

from mlopt.core.candidate import Candidate, Schedule, Trace, Value
from mlopt.core.compiled import as_compiled, has_own_store
from mlopt.core.errors import ScheduleError
from mlopt.core.softmax import has_softmax
from mlopt.core.template import at
from mlopt.core.workload import Workload
from mlopt.dialect.elaboration import Elaborated, Step
from mlopt.resources import transform_library
from mlopt.schedules import annotations, configured, script
from mlopt.schedules.kernel import STORE, Kernel, tag
from mlopt.schedules.library import Library
from mlopt.schedules.steps import take

# The sequence the transform interpreter runs on the flow.executable.
ENTRY = "__transform_main"
_PAYLOAD: Final = "mlopt.payload"
# How code generation writes a reshaped result to a part of a buffer.
_STORE_OP: Final = "iree_linalg_ext.map_store"
# In place of an op's position: the function itself.
_FUNCTION: Final = -1
# Files in transforms/: for every target, and for this one.
_LIBRARY: Final = ("tiling", "cpu")


def emit(workload: Workload, trace: Trace, plan: Elaborated | None) -> Schedule:
    """The schedule a trace stands for; an empty script for the compiler's choice.

    Args:
        plan: the trace's space for the workload; None for an empty trace.

    Raises:
        ScheduleError: decisions or steps that do not fit the workload.
    """
    if trace.is_default or plan is None:
        return Schedule(workload=workload.hash, trace=trace, script="")
    with ir.Context(), ir.Location.unknown():
        module = build(workload, trace, plan)
        text = str(module)
    return Schedule(workload=workload.hash, trace=trace, script=text)


def build(workload: Workload, trace: Trace, plan: Elaborated) -> ir.Module:
    """The schedule's module in the current context, verified.

    It holds `@__transform_main`, which finds the dispatch function in an executable,
    `@annotate_ID`, which marks its ops, and for a scripted schedule `@kernel_ID`.
    """
    if workload.root is None:
        raise ScheduleError(f"workload {workload.name} has no op to schedule")
    name = identifier(workload, trace)
    module = script.new_module()
    try:
        _add_sequences(module, workload, trace, plan, name)
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


def _add_sequences(
    module: ir.Module, workload: Workload, trace: Trace, plan: Elaborated, name: str
) -> None:
    """Append what a schedule consists of, without an entry point."""
    steps = list(plan.steps(_checked(plan, trace)))
    own = [step for step in steps if step.op != _PAYLOAD]
    configured_ops = [step for step in own if configured.configures(step)]
    if not configured_ops:
        _add_kernel(module, workload, steps, name)
        attributes = _tags(workload, name)
    elif len(configured_ops) < len(own):
        other = next(step for step in own if not configured.configures(step))
        raise ScheduleError(
            at(
                other.place,
                f"space {trace.space} both configures a pipeline of IREE's and has "
                "steps of its own",
            )
        )
    else:
        attributes = _configured(workload, configured_ops)
    _add_annotate(module, workload, name, attributes)


def _checked(plan: Elaborated, trace: Trace) -> dict[str, Value]:
    """A trace's decisions, if its space knows all of them."""
    decisions = dict(trace.decisions)
    values = {knob.name: knob.values for knob in plan.space.knobs}
    for name, value in decisions.items():
        if value not in values.get(name, ()):
            raise ScheduleError(f"space {trace.space} does not offer {name} = {value}")
    return decisions


def _add_kernel(
    module: ir.Module, workload: Workload, steps: Sequence[Step], name: str
) -> None:
    """Append @kernel_NAME, the codegen script, and what it includes."""
    library = Library(map(transform_library, _LIBRARY))
    included = set[str]()

    def body(func: ir.Value) -> None:
        compiled = as_compiled(workload)
        if compiled is not workload:
            _tag_again(func, compiled, has_own_store(workload))
        kernel = Kernel(
            workload=compiled,
            function=func,
            library=library,
            has_own_store=has_own_store(workload),
        )
        for step in steps:
            take(kernel, step)
        included.update(kernel.included)

    script.named_sequence(module, f"kernel_{name}", body, consumes=True)
    library.copy_into(module, included)


def _configured(
    workload: Workload, steps: Sequence[Step]
) -> Mapping[int, list[tuple[str, ir.Attribute]]]:
    configuration = configured.Configuration(as_compiled(workload))
    for step in steps:
        configured.take(configuration, step)
    return configuration.attributes


def _tag_again(func: ir.Value, workload: Workload, has_store: bool) -> None:
    """Mark ops that code generation has rewritten, and their marks dropped."""
    for position, handle in enumerate(_split_ops(func, workload)):
        script.annotate(handle, "mlopt.op", ir.StringAttr.get(tag(position)))
    if has_store:
        store = script.match_ops(func, [_STORE_OP])
        script.annotate(store, "mlopt.op", ir.StringAttr.get(STORE))


def _split_ops(func: ir.Value, workload: Workload) -> Sequence[ir.Value]:
    """A handle for each of a workload's ops, in their order."""
    names = list(dict.fromkeys(op.name for op in workload.ops))
    return script.split(script.match_ops(func, names), len(workload.ops))


def _tags(workload: Workload, name: str) -> dict[int, list[tuple[str, ir.Attribute]]]:
    """Marks by which the codegen script finds each op again."""
    if has_softmax(workload):
        return {_FUNCTION: [("translation_info", _translation(name))]}
    tags = {
        position: [("mlopt.op", ir.StringAttr.get(tag(position)))]
        for position in range(len(workload.ops))
    }
    info = annotations.scripted_info(f"mlopt_{name}.mlir", f"kernel_{name}")
    assert workload.root is not None
    tags[workload.root].append(("compilation_info", info))
    return tags


def _translation(name: str) -> ir.Attribute:
    """For a root that code generation takes apart, with its marks.

    So the function carries the script, which marks the ops itself.
    """
    return annotations.scripted_translation(f"mlopt_{name}.mlir", f"kernel_{name}")


def _add_annotate(
    module: ir.Module,
    workload: Workload,
    name: str,
    attributes: Mapping[int, list[tuple[str, ir.Attribute]]],
) -> None:
    def body(func: ir.Value) -> None:
        handles = dict(enumerate(_split_ops(func, workload))) | {_FUNCTION: func}
        for position, pairs in attributes.items():
            for attribute_name, attribute in pairs:
                script.annotate(handles[position], attribute_name, attribute)

    script.named_sequence(module, f"annotate_{name}", body)


def _add_main(module: ir.Module, name: str) -> None:
    def body(executable: ir.Value) -> None:
        script.include(f"annotate_{name}", script.match_ops(executable, ["func.func"]))

    script.named_sequence(module, ENTRY, body)
