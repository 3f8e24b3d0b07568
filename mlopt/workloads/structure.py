"""What a dispatch computes: its structured ops as plain data.

Reads linalg ops through the compiler's bindings and returns `core.StructuredOp`s.
Must not import another stage.
"""

import dataclasses
from collections.abc import Iterator, Sequence

from iree.compiler import ir
from iree.compiler.dialects import linalg

from mlopt.core import softmax
from mlopt.core.workload import IteratorType, StructuredOp, WorkloadKind

# linalg ops without indexing maps that may stand beside structured ones.
_UNSTRUCTURED = ("linalg.pack", "linalg.unpack", "linalg.yield")

_DTYPES = {
    "i1": "bool",
    "complex<f32>": "complex64",
    "complex<f64>": "complex128",
    "f8E4M3FN": "float8_e4m3fn",
    "f8E5M2": "float8_e5m2",
    "f16": "float16",
    "bf16": "bfloat16",
    "f32": "float32",
    "f64": "float64",
    "i4": "int4",
    "i8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "index": "int64",
}


def dtype_name(element_type: ir.Type) -> str:
    """NumPy's name for an MLIR element type; MLIR's own where NumPy has none."""
    return _DTYPES.get(str(element_type), str(element_type))


def walk(op: ir.Operation) -> Iterator[ir.Operation]:
    """Yield the ops nested in `op`, outermost first, in program order."""
    for region in op.regions:
        for block in region.blocks:
            for child in block.operations:
                yield child.operation
                yield from walk(child.operation)


def structured_ops(func: ir.Operation) -> list[ir.Operation]:
    """The linalg ops of a dispatch that have loops, in program order."""
    return [
        op
        for op in walk(func)
        if op.name.startswith("linalg.")
        and op.name not in _UNSTRUCTURED
        and (op.name == softmax.NAME or _maps(op) is not None)
    ]


def is_encoded(func: ir.Operation) -> bool:
    """Whether IREE is yet to choose the layout of a tensor in a dispatch.

    The loops that are written there are not those of the kernel then.
    """
    return any(
        op.name.startswith("iree_encoding.")
        or any(
            _is_shaped(value.type) and value.type.encoding is not None
            for value in (*op.operands, *op.results)
        )
        for op in walk(func)
    )


def describe_all(ops: Sequence[ir.Operation]) -> tuple[StructuredOp, ...]:
    """Describe the structured ops of one dispatch, with who feeds whom."""
    described = []
    for op in ops:
        sources = tuple(_position(ops, value.owner) for value in op.operands)
        described.append(dataclasses.replace(describe(op), sources=sources))
    return tuple(described)


def describe(op: ir.Operation) -> StructuredOp:
    """Extents, iterators and access maps of one structured op.

    Raises:
        ValueError: `op` has no indexing maps.
    """
    if op.name == softmax.NAME:
        return _describe_softmax(op)
    maps = _maps(op)
    if maps is None:
        raise ValueError(f"{op.name} is not a structured op")
    types = [value.type for value in op.operands]
    num_loops = maps[0].n_dims
    extents = _extents(maps, types, num_loops)
    num_inits = len(op.results)
    return StructuredOp(
        name=op.name,
        extents=extents,
        iterators=_iterators(op, maps, num_inits, num_loops),
        maps=tuple(_map_dims(affine_map) for affine_map in maps),
        dtypes=tuple(dtype_name(_element_type(t)) for t in types),
        num_inputs=len(types) - num_inits,
        combiner=_combiner(op) if num_inits == 1 else "",
    )


def kind_of(op: ir.Operation, description: StructuredOp) -> WorkloadKind:
    """Which family of schedules fits a structured op."""
    if op.name == softmax.NAME:
        return WorkloadKind.REDUCTION
    if linalg.isa_contraction_op(op):  # pyright: ignore
        return WorkloadKind.CONTRACTION
    if linalg.isa_convolution_op(op):  # pyright: ignore
        return WorkloadKind.CONVOLUTION
    if IteratorType.REDUCTION in description.iterators:
        return WorkloadKind.REDUCTION
    return WorkloadKind.ELEMENTWISE


def _describe_softmax(op: ir.Operation) -> StructuredOp:
    shape = op.operands[0].type.shape
    rank = len(shape)
    dimension = ir.IntegerAttr(op.attributes["dimension"]).value
    kinds = [IteratorType.PARALLEL] * rank
    kinds[dimension] = IteratorType.REDUCTION
    extents = [-1 if ir.ShapedType.is_dynamic_size(size) else size for size in shape]
    return StructuredOp(
        name=op.name,
        extents=tuple(extents),
        iterators=tuple(kinds),
        maps=(tuple(range(rank)),) * 2,
        dtypes=tuple(dtype_name(_element_type(v.type)) for v in op.operands),
        num_inputs=1,
    )


def _combiner(op: ir.Operation) -> str:
    """The op that makes a new result of the last one and an element."""
    if not op.regions or not op.regions[0].blocks:
        return ""
    block = op.regions[0].blocks[0]
    end = block.operations[len(block.operations) - 1]
    joined = end.operands[0].owner
    last = block.arguments[len(block.arguments) - 1]
    if isinstance(joined, ir.Block) or last not in list(joined.operands):
        return ""
    return joined.name


def _position(ops: Sequence[ir.Operation], owner: object) -> int:
    if isinstance(owner, ir.Block):
        return -1
    return next((i for i, op in enumerate(ops) if op == owner), -1)


def _maps(op: ir.Operation) -> list[ir.AffineMap] | None:
    try:
        attribute = linalg.get_indexing_maps(op)  # pyright: ignore
    except (ir.MLIRError, ValueError, RuntimeError):
        return None
    return None if attribute is None else [a.value for a in attribute]


def _map_dims(affine_map: ir.AffineMap) -> tuple[int, ...]:
    return tuple(
        expr.position if isinstance(expr, ir.AffineDimExpr) else -1
        for expr in affine_map.results
    )


def _element_type(type_: ir.Type) -> ir.Type:
    return type_.element_type if _is_shaped(type_) else type_


def _is_shaped(type_: ir.Type) -> bool:
    return isinstance(type_, ir.RankedTensorType)


def _extents(
    maps: list[ir.AffineMap], types: list[ir.Type], num_loops: int
) -> tuple[int, ...]:
    extents = [-1] * num_loops
    for affine_map, type_ in zip(maps, types, strict=True):
        if not _is_shaped(type_):
            continue
        shaped = type_
        for axis, loop in enumerate(_map_dims(affine_map)):
            if loop >= 0 and not shaped.is_dynamic_dim(axis):
                extents[loop] = shaped.get_dim_size(axis)
    return tuple(extents)


def _iterators(
    op: ir.Operation, maps: list[ir.AffineMap], num_inits: int, num_loops: int
) -> tuple[IteratorType, ...]:
    if "iterator_types" in op.attributes:
        names = [str(a) for a in op.attributes["iterator_types"]]
        return tuple(
            IteratorType.REDUCTION if "reduction" in name else IteratorType.PARALLEL
            for name in names
        )
    # Named ops: a loop that indexes an output is parallel, any other one reduces.
    written = {loop for m in maps[-num_inits:] for loop in _map_dims(m)}
    return tuple(
        IteratorType.PARALLEL if loop in written else IteratorType.REDUCTION
        for loop in range(num_loops)
    )
