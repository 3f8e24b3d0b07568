"""Cut a program at the flow phase into deduplicated workloads.

IREE has formed and outlined its dispatches there: each flow.executable holds a plain
linalg-on-tensors function. Those functions are the units of tuning. Runs in a worker;
must not import another stage.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from iree.compiler import ir

from mlopt.core.workload import Partition, Workload, WorkloadKind
from mlopt.workloads import standalone
from mlopt.workloads.cost import flops_of, traffic_of
from mlopt.workloads.structure import (
    describe_all,
    is_encoded,
    kind_of,
    structured_ops,
    walk,
)

# In the hash's input, so that a changed canonical form never meets old records.
CANONICAL_FORM = "mlopt-workload-1"


@dataclass(frozen=True, slots=True)
class _Dispatch:
    symbol: str
    executable: ir.Operation
    func: ir.Operation
    sites: tuple[ir.Operation, ...]


def partition(flow: bytes, flags: Sequence[str] = ()) -> Partition:
    """Describe every kernel of a program that IREE has compiled to the flow phase.

    Args:
        flow: the program's module at the flow phase, as bytecode.
        flags: compiler flags it was made with, beyond the target's; kept for replay.

    Returns:
        The workloads in order of first appearance; kernels that are equal up to
        their names are one workload with several executables.
    """
    with ir.Context(), ir.Location.unknown():
        workloads = workloads_in(ir.Module.parse(flow), tuple(flags))
    return Partition(flow=flow, workloads=workloads, flags=tuple(flags))


def workloads_in(
    module: ir.Module, flags: tuple[str, ...] = ()
) -> tuple[Workload, ...]:
    """The kernels of a module at the flow phase, as `partition` describes them."""
    merged: dict[str, Workload] = {}
    for dispatch in _dispatches(module):
        workload = _describe(module, dispatch, flags)
        known = merged.get(workload.hash)
        merged[workload.hash] = _merge(known, workload) if known else workload
    return tuple(merged.values())


def structural_hash(func: ir.Operation, flags: Sequence[str] = ()) -> str:
    """Hash of a dispatch function up to its name; independent of the target.

    Flags are in it, because the same function is other code under other options.

    MLIR's printer numbers values in order and leaves locations out, so two functions
    that differ only in names print alike.
    """
    name = ir.StringAttr(func.attributes["sym_name"]).value
    text = str(func).replace(f"@{name}(", "@dispatch(", 1)
    parts = [CANONICAL_FORM, *flags, text]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _dispatches(module: ir.Module) -> list[_Dispatch]:
    sites: dict[str, list[ir.Operation]] = {}
    for op in walk(module.operation):
        if op.name == "flow.dispatch":
            for symbol in _entry_points(op):
                sites.setdefault(symbol, []).append(op)
    found = []
    for op in module.body.operations:
        if op.operation.name != "flow.executable":
            continue
        symbol = ir.StringAttr(op.attributes["sym_name"]).value
        func = next((o for o in walk(op.operation) if o.name == "func.func"), None)
        if func is not None and symbol in sites:
            found.append(_Dispatch(symbol, op.operation, func, tuple(sites[symbol])))
    return found


def _entry_points(site: ir.Operation) -> list[str]:
    return [
        str(ref).split("::")[0].lstrip("@") for ref in site.attributes["entry_points"]
    ]


def _describe(
    module: ir.Module, dispatch: _Dispatch, flags: tuple[str, ...]
) -> Workload:
    operations = structured_ops(dispatch.func)
    ops = describe_all(operations)
    kinds = [kind_of(op, d) for op, d in zip(operations, ops, strict=True)]
    flops = [flops_of(op, kind) for op, kind in zip(ops, kinds, strict=True)]
    site = dispatch.sites[0]
    is_static = standalone.is_static(site) and all(
        extent > 0 for op in ops for extent in op.extents
    )
    root = _root(kinds, flops) if is_static else None
    kind = WorkloadKind.OTHER if root is None else kinds[root]
    if is_encoded(dispatch.func):
        root = None
    inputs, outputs = standalone.signature(site) if is_static else ((), ())
    return Workload(
        hash=structural_hash(dispatch.func, flags),
        name=ir.StringAttr(dispatch.func.attributes["sym_name"]).value,
        kind=kind,
        executables=(dispatch.symbol,),
        entry=standalone.ENTRY,
        module=standalone.build(module, dispatch.executable, site) if is_static else "",
        inputs=inputs,
        outputs=outputs,
        ops=ops,
        root=root,
        num_dispatches=len(dispatch.sites),
        flops=sum(flops),
        num_bytes=traffic_of([*inputs, *outputs]),
        flags=flags,
    )


# The op whose tiling decides the kernel: heavier families first, then more work,
# then later in the function, because consumers pull their producers into the tile.
_RANK = {
    WorkloadKind.CONVOLUTION: 3,
    WorkloadKind.CONTRACTION: 3,
    WorkloadKind.REDUCTION: 2,
    WorkloadKind.ELEMENTWISE: 1,
}


def _root(kinds: Sequence[WorkloadKind], flops: Sequence[int]) -> int | None:
    if not kinds:
        return None
    return max(range(len(kinds)), key=lambda i: (_RANK[kinds[i]], flops[i], i))


def _merge(known: Workload, other: Workload) -> Workload:
    return Workload(
        **{name: getattr(known, name) for name in known.__dataclass_fields__}
        | {
            "executables": known.executables + other.executables,
            "num_dispatches": known.num_dispatches + other.num_dispatches,
        }
    )
