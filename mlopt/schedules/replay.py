"""The schedules of a program as a tuning spec that a stock IREE compiler applies.

A spec matches each workload by its structure, so it also serves another model that
contains the same kernel. Runs in a worker; must not import another stage.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from iree.compiler import ir
from iree.compiler.dialects import transform

from mlopt.core.candidate import Schedule
from mlopt.core.errors import ScheduleError
from mlopt.core.workload import Workload
from mlopt.schedules import emit, script

ENTRY = "__kernel_config"
_LINALG = "linalg."


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A schedule and the workload it is for."""

    workload: Workload
    schedule: Schedule


def replay_spec(flow: bytes | str, matches: Sequence[Match]) -> str:
    """Print a tuning spec, verified.

    Args:
        flow: the partitioned program, from which the ops to match are copied.

    Raises:
        ScheduleError: a workload that the program does not contain, or a spec that
            does not verify.
    """
    with ir.Context(), ir.Location.unknown():
        program = ir.Module.parse(flow)
        module = script.new_module()
        names = []
        for match in matches:
            name = emit.identifier(match.workload, match.schedule.trace)
            emit.add_annotate_only(module, match.workload, match.schedule.trace, name)
            _add_matcher(module, _dispatch_ops(program, match.workload), match, name)
            _add_action(module, name)
            names.append(name)
        _add_entry(module, names)
        if not module.operation.verify():
            raise ScheduleError("the exported schedule does not verify")
        return str(module)


def _dispatch_ops(program: ir.Module, workload: Workload) -> list[ir.Operation]:
    for op in program.body.operations:
        if op.operation.name != "flow.executable":
            continue
        if ir.StringAttr(op.attributes["sym_name"]).value in workload.executables:
            return _structured(op.operation, workload)
    raise ScheduleError(f"the program has no executable of {workload.name}")


def _structured(executable: ir.Operation, workload: Workload) -> list[ir.Operation]:
    names = {op.name for op in workload.ops}
    found: list[ir.Operation] = []

    def visit(op: ir.Operation) -> ir.WalkResult:
        if op.name in names:
            found.append(op)
        return ir.WalkResult.ADVANCE

    executable.walk(visit)
    if len(found) != len(workload.ops):
        raise ScheduleError(f"{workload.name} has ops its description lacks")
    return found


def _add_matcher(
    module: ir.Module, ops: Sequence[ir.Operation], match: Match, name: str
) -> None:
    """@match_ID: succeeds on the last op of the dispatch, seen with its producers."""
    root = match.workload.root
    assert root is not None
    chain = _chain(ops[root:])

    with ir.InsertionPoint(module.body):
        sequence = transform.NamedSequenceOp(
            f"match_{name}",
            [script.any_op()],
            [script.any_op()],
            arg_attrs=[{"transform.readonly": ir.UnitAttr.get()}],
        )
    with ir.InsertionPoint(sequence.body):
        handle = sequence.body.arguments[0]
        any_value = transform.AnyValueType.get()
        dag = ir.Operation.create(
            "transform.iree.match.cast_compatible_dag_from_root",
            results=[any_value, any_value],
            operands=[handle],
            regions=1,
        )
        _copy_into(dag.regions[0], chain)
        transform.YieldOp([handle])


def _chain(ops: Sequence[ir.Operation]) -> list[ir.Operation]:
    """The last op and those among `ops` that lead to it, in program order."""
    wanted = [ops[-1]]
    for op in reversed(ops[:-1]):
        used = {value.owner for user in wanted for value in user.operands}
        if any(owner == op for owner in used):
            wanted.append(op)
    return list(reversed(wanted))


def _copy_into(region: ir.Region, chain: Sequence[ir.Operation]) -> None:
    """Copy ops into a block whose arguments stand for all values from outside."""
    outside = []
    for op in chain:
        for value in op.operands:
            if any(value.owner == other for other in chain):
                continue
            if not any(value == known for known in outside):
                outside.append(value)
    block = region.blocks.append(*(value.type for value in outside))
    pairs = list(zip(outside, block.arguments, strict=True))
    with ir.InsertionPoint(block):
        for op in chain:
            copy = op.clone()
            for index, value in enumerate(op.operands):
                copy.operation.operands[index] = next(
                    new for old, new in pairs if old == value
                )
            pairs.extend(zip(op.results, copy.operation.results, strict=True))


def _add_action(module: ir.Module, name: str) -> None:
    def body(op: ir.Value) -> None:
        script.include(f"annotate_{name}", script.parent_func(op))

    script.named_sequence(module, f"apply_{name}", body)


def _add_entry(module: ir.Module, names: Sequence[str]) -> None:
    """@__kernel_config: the entry point IREE looks for in a tuning spec."""
    with ir.InsertionPoint(module.body):
        sequence = transform.NamedSequenceOp(
            ENTRY,
            [script.any_op()],
            [script.any_op()],
            arg_attrs=[{"transform.consumed": ir.UnitAttr.get()}],
        )
        sequence.operation.attributes["iree_codegen.tuning_spec_entrypoint"] = (
            ir.UnitAttr.get()
        )
    with ir.InsertionPoint(sequence.body):
        updated = transform.ForeachMatchOp(
            script.any_op(),
            [],
            sequence.body.arguments[0],
            [],
            _symbols("match", names),
            _symbols("apply", names),
        )
        transform.YieldOp([updated.results[0]])


def _symbols(prefix: str, names: Sequence[str]) -> ir.ArrayAttr:
    return ir.ArrayAttr.get(
        [ir.FlatSymbolRefAttr.get(f"{prefix}_{name}") for name in names]
    )
