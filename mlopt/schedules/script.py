"""A transform-dialect module under construction, and the steps schedules consist of.

A step takes handles and returns handles; it says which ones it consumes. Everything
is built with the bindings inside the current MLIR context.
"""

import re
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
    parameter = transform.ParamConstantOp(transform.AnyParamType.get(), attribute)  # pyright: ignore
    transform.AnnotateOp(target, name, param=parameter.result)


def parent_func(target: ir.Value) -> ir.Value:
    """Handle to the func.func around `target`."""
    return transform.GetParentOp(any_op(), target, op_name="func.func").result


def include(
    name: str,
    target: ir.Value,
    *,
    numbers: Sequence[int] = (),
    num_results: int = 0,
    tolerates_failure: bool = False,
) -> list[ir.Value]:
    """Run a sequence of the same module on `target`, which it may consume.

    Args:
        numbers: for its parameters, in their order.
        num_results: handles it gives.
        tolerates_failure: whether a step of the sequence that fails silenceably is
            passed over; otherwise the sequence ends there and fails.
    """
    mode = ir.Attribute.parse("2 : i32" if tolerates_failure else "1 : i32")
    parameters = [parameter(number) for number in numbers]
    results = [any_op()] * num_results
    return list(transform.IncludeOp(results, name, mode, [target, *parameters]).results)


def parameter(number: int) -> ir.Value:
    """A number as a transform parameter of 64 bits."""
    i64 = ir.IntegerType.get_signless(64)
    kind = ir.Type.parse("!transform.param<i64>")
    number_attribute = ir.IntegerAttr.get(i64, number)
    return transform.ParamConstantOp(kind, number_attribute).result  # pyright: ignore


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


def fuse_into_loops(
    target: ir.Value, tile_sizes: Sequence[int], interchange: Sequence[int] = ()
) -> tuple[ir.Value, list[ir.Value]]:
    """Tile an op into scf.for loops and pull its producers into the tiles.

    Returns:
        The tiled op and the loops, outermost first; consumes `target`.
    """
    num_loops = sum(1 for size in tile_sizes if size)
    fused = structured.FuseOp(
        [any_op()] * num_loops,
        target,
        tile_sizes=list(tile_sizes),
        tile_interchange=list(interchange) or None,
    )
    return fused.results[0], list(fused.results[1:])


def interchange(target: ir.Value, permutation: Sequence[int]) -> ir.Value:
    """Reorder the loops of a structured op; consumes `target`."""
    return structured.InterchangeOp(
        target, iterator_interchange=list(permutation)
    ).result


def pad(target: ir.Value, multiples: Sequence[int], dtypes: Sequence[str]) -> ir.Value:
    """Pad a structured op so that its extents are multiples of numbers.

    Args:
        multiples: one for each loop; 1 leaves it alone.
        dtypes: of the op's operands, NumPy's names; padded with their zeros.
    """
    zeros = [_zero(dtype) for dtype in dtypes]
    return structured.PadOp(
        target,
        padding_values=zeros,
        padding_dimensions=list(range(len(multiples))),
        pad_to_multiple_of=list(multiples),
        nofold_flags=[0] * len(zeros),
        copy_back_op="none",
    ).results[0]


def _zero(dtype: str) -> ir.Attribute:
    bits = re.fullmatch(r"(bfloat|float|int|uint)(\d+)", dtype)
    if bits is None:
        raise ScheduleError(f"elements of type {dtype} cannot be padded")
    kind = {"bfloat": "bf", "float": "f", "int": "i", "uint": "i"}[bits[1]]
    zero = "0.0" if kind in ("bf", "f") else "0"
    return ir.Attribute.parse(f"{zero} : {kind}{bits[2]}")


def tile_reduction(target: ir.Value, tile_sizes: Sequence[int]) -> ir.Value:
    """Reduce in a loop, by as many accumulators as a tile has elements.

    Rewrite:
        %sum = reduce over (M, K)
        ->
        %acc = fill(neutral) of (M, tk)
        for k step tk: %acc += elements over (M, tk)
        %sum = reduce %acc over (M, tk)

    Args:
        tile_sizes: 0 for loops that do not reduce.

    Returns:
        The loop; consumes `target`.
    """
    return structured.TileReductionUsingForOp(
        [any_op()], any_op(), any_op(), any_op(), target, tile_sizes=list(tile_sizes)
    ).for_op


def split_loop(target: ir.Value, loop_index: int, after: int) -> list[ir.Value]:
    """Split an op's iteration space in two along one loop; consumes `target`."""
    both = structured.SplitOp(target, loop_index, after).result
    return split(both, 2)


def unroll(target: ir.Value, factor: int) -> None:
    """Unroll a loop by a factor that divides its trip count."""
    loop.LoopUnrollOp(target, factor=factor)
