"""Which temporaries a program has, and which kernel writes each.

Reads the flow phase, where a kernel's results are tensors with names and shapes; later
they are ranges of one allocation. Runs in a worker; must not import another stage.
"""

from collections import Counter
from collections.abc import Iterator

from iree.compiler import ir

from mlopt.core.memory import Buffer
from mlopt.core.tensors import ITEM_SIZES, TensorSpec
from mlopt.workloads.structure import dtype_name, walk

_DISPATCH = "flow.dispatch"
_FILL = "flow.tensor.splat"
_EMPTY = "flow.tensor.empty"
# The same memory under another shape.
_VIEWS = ("flow.tensor.reshape", "flow.tensor.bitcast")
_RESULT = "hal.tensor.export"


def transient_buffers(flow: bytes) -> tuple[Buffer, ...]:
    """Temporaries of a program at the flow phase, the largest first.

    Results that are returned are none, nor is what a kernel writes in place. A buffer
    of a loop's body counts once. Where a tensor has a layout of its own, its dense size
    is given, without that layout's padding.
    """
    with ir.Context(), ir.Location.unknown():
        module = ir.Module.parse(flow)
        found = Counter(
            (kernel, spec)
            for function in module.body.operations
            if function.operation.name == "util.func"
            for op in walk(function.operation)
            for kernel, spec in _written(op)
        )
    buffers = [Buffer(kernel=k, spec=s, count=n) for (k, s), n in found.items()]
    return tuple(sorted(buffers, key=lambda b: (-b.spec.num_bytes, b.kernel)))


def _written(op: ir.Operation) -> Iterator[tuple[str, TensorSpec]]:
    """The new temporaries that an operation brings, and who writes them."""
    if op.name not in (_DISPATCH, _FILL, _EMPTY):
        return
    tied = _tied(op)
    for number, value in enumerate(op.results):
        is_new = tied[number] < 0
        spec = _spec(value.type)
        if is_new and spec is not None and not _is_returned(value):
            yield _writer(op), spec


def _tied(op: ir.Operation) -> list[int]:
    """For each result the operand that it is written over; -1 where it is new."""
    if "tied_operands" not in op.attributes:
        return [-1] * len(op.results)
    return [int(ir.IntegerAttr(each).value) for each in op.attributes["tied_operands"]]


def _writer(op: ir.Operation) -> str:
    if op.name == _DISPATCH:
        return _kernel(op)
    users = (use.owner.operation for value in op.results for use in value.uses)
    if op.name == _EMPTY:
        return next((_kernel(u) for u in users if u.name == _DISPATCH), "fill")
    return "fill"


def _kernel(dispatch: ir.Operation) -> str:
    entry = str(dispatch.attributes["entry_points"][0])
    return entry.rpartition("@")[2]


def _spec(type_: ir.Type) -> TensorSpec | None:
    """None where the shape is dynamic, the element odd, or it is no tensor."""
    if not isinstance(type_, ir.RankedTensorType) or not type_.has_static_shape:
        return None
    dtype = dtype_name(type_.element_type)
    if dtype not in ITEM_SIZES:
        return None
    return TensorSpec(shape=tuple(type_.shape), dtype=dtype)


def _is_returned(value: ir.Value) -> bool:
    """Whether it, under another shape, or written over by a kernel, is a result."""
    for use in value.uses:
        user = use.owner.operation
        if user.name == _RESULT:
            return True
        if user.name in _VIEWS and _is_returned(user.results[0]):
            return True
        if user.name == _DISPATCH and _returns_over(user, value):
            return True
    return False


def _returns_over(dispatch: ir.Operation, value: ir.Value) -> bool:
    for number, operand in enumerate(_tied(dispatch)):
        if operand >= 0 and dispatch.operands[operand] == value:
            return _is_returned(dispatch.results[number])
    return False
