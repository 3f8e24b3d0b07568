"""Recognise a kernel by its structure, in transform IR.

The check is a list of facts about a dispatch function that all must hold: its
structured ops in order with their attributes, operand types and bodies, who feeds
whom, and the constants they use. The names of functions, the buffers they are bound
to and the program around them play no part. Must not import another stage.
"""

from collections.abc import Iterator, Mapping, Sequence

from iree.compiler import ir
from iree.compiler.dialects import transform
from iree.compiler.dialects.transform import structured

from mlopt.schedules import script

# What schedules write onto ops: no part of the structure.
ANNOTATIONS = ("compilation_info", "lowering_config", "mlopt.op")

# Says how operands divide into inputs and results, as their types and maps do.
_DERIVED_ATTRIBUTES = ("operandSegmentSizes",)
_NOT_STRUCTURED = ("linalg.yield", "linalg.index", "iree_linalg_ext.yield")
_CONSTANT = "arith.constant"
_LOAD = "iree_tensor_ext.dispatch.tensor.load"
_STORE = "iree_tensor_ext.dispatch.tensor.store"
# Ops without linalg's interface whose presence makes a kernel another one.
_WATCHED = (
    "linalg.softmax",
    "linalg.pack",
    "linalg.unpack",
    "scf.for",
    "scf.if",
    "tensor.pad",
)


def structured_ops(func: ir.Operation) -> list[ir.Operation]:
    """The ops that decide what a dispatch function computes, in matching order."""
    return [op for op in nested(func) if op.name in _WATCHED or _is_structured(op)]


def nested(op: ir.Operation) -> Iterator[ir.Operation]:
    """The ops inside `op`, inner ones first: the order in which transforms match."""
    for region in op.regions:
        for block in region.blocks:
            for child in block.operations:
                yield from nested(child.operation)
                yield child.operation


def _is_structured(op: ir.Operation) -> bool:
    return (
        op.name.startswith(("linalg.", "iree_linalg_ext."))
        and op.name not in _NOT_STRUCTURED
    )


def num_loads(func: ir.Operation) -> int:
    """How many tensors a dispatch function reads: one for x @ x, two for x @ y."""
    return sum(op.name == _LOAD for op in nested(func))


def require(
    func: ir.Value, like: ir.Operation, *, stores: bool = False
) -> list[ir.Value]:
    """Emit checks that a dispatch function is like another; handles to its ops.

    The sequence fails silenceably where a fact does not hold.

    Args:
        func: handle to the function to be judged.
        like: the function it must be like, from any module of the context.
        stores: whether its results must also go into tensors of the same shapes.

    Returns:
        One handle for each of `structured_ops(like)`.
    """
    ops = structured_ops(like)
    names = sorted({op.name for op in ops} | set(_WATCHED))
    handles = _split(_match(func, names=names), len(ops))
    num_linalg = sum(op.name not in _WATCHED and "_ext." not in op.name for op in ops)
    linalg_ops = structured.MatchOp(
        script.any_op(), func, interface=structured.MatchInterfaceEnum.LinalgOp
    )
    _require_count(linalg_ops.result, num_linalg)
    _require_count(_match(func, names=[_LOAD]), num_loads(like))
    for handle, op in zip(handles, ops, strict=True):
        _require_op(handle, op)
    _require_producers(handles, ops)
    for store in [op for op in nested(like) if op.name == _STORE] if stores else ():
        types = [value.type for value in store.operands]
        _require_count(_match(func, names=[_STORE], operand_types=types), 1)
    return handles


def _require_op(handle: ir.Value, op: ir.Operation) -> None:
    """The op itself and, in order, everything inside it."""
    parts = [*nested(op), op]
    part_handles = _split(_match(handle), len(parts))
    for part_handle, part in zip(part_handles, parts, strict=True):
        _require_like(part_handle, part)
    _require_producers(part_handles[:-1], parts[:-1])


def _require_like(handle: ir.Value, op: ir.Operation) -> None:
    """One op of that name, attributes and operand types; regions are not compared."""
    found = _match(
        handle,
        names=[op.name],
        attributes=_attributes(op),
        operand_types=[value.type for value in op.operands],
    )
    _require_count(found, 1)


def _require_producers(
    handles: Sequence[ir.Value], ops: Sequence[ir.Operation]
) -> None:
    """Constants are what they were, and the ops feed one another as they did."""
    for handle, op in zip(handles, ops, strict=True):
        for index, value in enumerate(op.operands):
            producer = _owner(value)
            if producer is None:
                continue
            if producer.name != _CONSTANT and not any(producer == o for o in ops):
                continue
            found = transform.GetProducerOfOperand(script.any_op(), handle, index)
            _require_like(found.result, producer)


def _owner(value: ir.Value) -> ir.Operation | None:
    """The op that produces a value; None for a block argument."""
    owner = value.owner
    return None if isinstance(owner, ir.Block) else owner


def _attributes(op: ir.Operation) -> dict[str, ir.Attribute]:
    names = (a if isinstance(a, str) else a.name for a in op.attributes)
    return {
        name: op.attributes[name]
        for name in names
        if name not in (*ANNOTATIONS, *_DERIVED_ATTRIBUTES)
    }


def _match(
    target: ir.Value,
    *,
    names: Sequence[str] | None = None,
    attributes: Mapping[str, ir.Attribute] | None = None,
    operand_types: Sequence[ir.Type] = (),
) -> ir.Value:
    """Handle to all ops in `target`, itself included, that fit what is given."""
    types = [ir.TypeAttr.get(t) for t in operand_types]
    return structured.MatchOp(
        script.any_op(),
        target,
        ops=None if names is None else list(names),
        op_attrs=dict(attributes) if attributes else None,
        filter_operand_types=ir.ArrayAttr.get(types) if types else None,
    ).result


def _split(handle: ir.Value, count: int) -> list[ir.Value]:
    return list(transform.SplitHandleOp([script.any_op()] * count, handle).results)


def _require_count(
    handle: ir.Value,
    count: int,
) -> None:
    parameter = ir.Type.parse("!transform.param<i64>")
    number = transform.NumAssociationsOp(parameter, handle).result
    expected = transform.ParamConstantOp(
        parameter, ir.IntegerAttr.get(ir.IntegerType.get_signless(64), count)
    ).result
    transform.MatchParamCmpIOp(number, expected, transform.MatchCmpIPredicate.eq)
