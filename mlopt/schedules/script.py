"""A transform-dialect module under construction, and the steps schedules consist of.

A step takes handles and returns handles; it says which ones it consumes. Everything
is built with the bindings inside the current MLIR context.
"""

from collections.abc import Callable, Sequence

from iree.compiler import ir
from iree.compiler.dialects import transform
from iree.compiler.dialects.transform import loop, structured

from mlopt.core.errors import ScheduleError


def any_op() -> ir.Type:
    """The type of a handle to any payload operation."""
    return transform.AnyOpType.get()


def new_module() -> ir.Module:
    """An empty module that may hold named sequences."""
    module = ir.Module.create()
    module.operation.attributes["transform.with_named_sequence"] = ir.UnitAttr.get()
    return module


def named_sequence(
    module: ir.Module,
    name: str,
    body: Callable[[ir.Value], None],
    *,
    consumes: bool = False,
) -> None:
    """Append a sequence with one handle argument to a module."""
    effect = "transform.consumed" if consumes else "transform.readonly"
    with ir.InsertionPoint(module.body):
        sequence = transform.NamedSequenceOp(
            name, [any_op()], [], arg_attrs=[{effect: ir.UnitAttr.get()}]
        )
    with ir.InsertionPoint(sequence.body):
        body(sequence.body.arguments[0])
        transform.YieldOp([])


def include_library(module: ir.Module, library: str, names: Sequence[str]) -> None:
    """Copy named sequences out of a library's text into a module.

    Raises:
        ScheduleError: the library has no such sequence.
    """
    source = ir.Module.parse(library)
    found = {str(op.attributes["sym_name"]).strip('"'): op for op in source.body}
    for name in names:
        if name not in found:
            raise ScheduleError(f"the transform library has no sequence @{name}")
        module.body.append(found[name].operation.clone())


def match_ops(target: ir.Value, names: Sequence[str]) -> ir.Value:
    """Handle to the ops of the given names inside `target`, in program order."""
    return structured.MatchOp(
        any_op(), target, ops=ir.ArrayAttr.get([ir.StringAttr.get(n) for n in names])
    ).result


def match_tagged(target: ir.Value, tag: str) -> ir.Value:
    """Handle to the op inside `target` that carries `mlopt.op = tag`."""
    attributes = ir.DictAttr.get({"mlopt.op": ir.StringAttr.get(tag)})
    return structured.MatchOp(any_op(), target, op_attrs=attributes).result


def split(handle: ir.Value, count: int) -> list[ir.Value]:
    """One handle for each of the `count` ops that `handle` stands for."""
    if count == 1:
        return [handle]
    return list(transform.SplitHandleOp([any_op()] * count, handle).results)


def annotate(target: ir.Value, name: str, attribute: ir.Attribute) -> None:
    """Set a discardable attribute on the payload of `target`."""
    parameter = transform.ParamConstantOp(transform.AnyParamType.get(), attribute)
    transform.AnnotateOp(target, name, param=parameter.result)


def parent_func(target: ir.Value) -> ir.Value:
    """Handle to the func.func around `target`."""
    return transform.GetParentOp(any_op(), target, op_name="func.func").result


def include(name: str, target: ir.Value) -> None:
    """Run a sequence of the same module on `target`, which it may consume."""
    mode = ir.Attribute.parse("1 : i32")  # propagate failures
    transform.IncludeOp([], name, mode, [target])


def fuse_into_forall(
    target: ir.Value, tile_sizes: Sequence[int]
) -> tuple[ir.Value, ir.Value]:
    """Tile an op for workgroups and pull its producers into the tile.

    Rewrite:
        %p = producer; %c = consumer(%p) over (M, N)
        ->
        scf.forall (i, j) step (tm, tn): %p' = producer; consumer(%p') over (tm, tn)

    Returns:
        The tiled consumer and the loop; consumes `target`.
    """
    fused = structured.FuseOp(
        [any_op()], target, tile_sizes=list(tile_sizes), use_forall=True
    )
    tiled, forall = fused.results[0], fused.results[1]
    annotate(forall, "mapping", workgroup_mapping(sum(1 for t in tile_sizes if t)))
    return tiled, forall


def workgroup_mapping(num_loops: int) -> ir.Attribute:
    """IREE's workgroup ids for a loop nest: the innermost loop walks x."""
    names = ["x", "y", "z", *(f"z:{i}" for i in range(1, num_loops))][:num_loops]
    ids = ", ".join(f"#iree_codegen.workgroup_mapping<{n}>" for n in reversed(names))
    return ir.Attribute.parse(f"[{ids}]")


def tile(
    target: ir.Value, tile_sizes: Sequence[int], interchange: Sequence[int] = ()
) -> tuple[ir.Value, list[ir.Value]]:
    """Tile a structured op into scf.for loops; size 0 leaves a loop whole.

    Returns:
        The tiled op and the loops, outermost first; consumes `target`.
    """
    tiled = structured.TileUsingForOp(
        target,
        sizes=list(tile_sizes),
        interchange=list(interchange) or None,
    )
    return tiled.results[0], list(tiled.results[1:])


def fuse_producer(producer: ir.Value, loop_handle: ir.Value) -> ir.Value:
    """Recompute what a loop reads of a producer inside the loop.

    Returns:
        The loop; consumes both handles. The producer itself stays as long as
        something else uses it.
    """
    fused = structured.FuseIntoContainingOp(any_op(), any_op(), producer, loop_handle)
    return fused.results[1]


def split_loop(target: ir.Value, loop_index: int, after: int) -> list[ir.Value]:
    """Split an op's iteration space in two along one loop; consumes `target`."""
    both = structured.SplitOp(target, loop_index, after).result
    return split(both, 2)


def copy_operand(target: ir.Value, operand: int) -> ir.Value:
    """Copy one tensor operand of an op into a fresh buffer; returns the copy.

    `target` stays valid and reads the copy afterwards.
    """
    copy = ir.Operation.create(
        "transform.iree.copy_tensor_operand",
        results=[any_op()],
        operands=[target],
        attributes={
            "operand_index": ir.IntegerAttr.get(
                ir.IntegerType.get_signless(64), operand
            )
        },
    )
    return copy.results[0]


def unroll(target: ir.Value, factor: int) -> None:
    """Unroll a loop by a factor that divides its trip count."""
    loop.LoopUnrollOp(target, factor=factor)
