"""One dispatch as a program of its own, at the flow phase.

What is tuned alone must be the kernel that runs in the model, so the executable is
taken over untouched and only a caller is written around it. Must not import another
stage.
"""

from dataclasses import dataclass

from iree.compiler import ir

from mlopt.core.tensors import TensorSpec
from mlopt.workloads.structure import dtype_name

ENTRY = "main"

# A scalar operand is a slice offset or a step count of the surrounding loop; the
# first iteration is as good as any other for timing.
_SCALAR_VALUE = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standalone:
    """A module with one dispatch, and its flattened signature."""

    module: str
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]


def build(program: ir.Module, executable: ir.Operation, site: ir.Operation) -> str:
    """Print a module that holds `executable` and calls it as `site` does.

    Args:
        program: the whole program at the flow phase; its device globals and module
            attributes are taken over.
        site: one flow.dispatch of the executable, with static shapes only.
    """
    globals_ = [str(op) for op in program.body.operations if _is_device(op)]
    attributes = ", ".join(
        f"{name} = {program.operation.attributes[name]}"
        for name in _names(program.operation)
        if name != "sym_name"
    )
    header = f"module attributes {{{attributes}}} {{" if attributes else "module {"
    parts = [header, *globals_, str(executable), _caller(site), "}"]
    return "\n".join(parts)


def signature(
    site: ir.Operation,
) -> tuple[tuple[TensorSpec, ...], tuple[TensorSpec, ...]]:
    """Tensor inputs and outputs of a dispatch; scalars are constants inside."""
    inputs = tuple(_spec(v.type) for v in site.operands if _is_tensor(v.type))
    outputs = tuple(_spec(v.type) for v in site.results)
    return inputs, outputs


def is_static(site: ir.Operation) -> bool:
    """Whether every tensor of a dispatch has a static shape."""
    types = [v.type for v in site.operands] + [v.type for v in site.results]
    return all(t.has_static_shape for t in types if _is_tensor(t))


def _is_device(op: ir.OpView) -> bool:
    """Whether it is a device's global; a program's constants are globals too."""
    operation = op.operation
    return (
        operation.name == "util.global"
        and str(operation.attributes["type"]) == "!hal.device"
    )


def _caller(site: ir.Operation) -> str:
    lines, arguments, values = [], [], []
    for value in site.operands:
        name = f"%v{len(values)}"
        if _is_tensor(value.type):
            argument = f"%arg{len(arguments)}"
            arguments.append(f"{argument}: !hal.buffer_view")
            lines.append(
                f'    {name} = hal.tensor.import {argument} "input{len(arguments)}"'
                f" : !hal.buffer_view -> {value.type}"
            )
        else:
            lines.append(f"    {name} = arith.constant {_constant(value)}")
        values.append(name)
    lines.append(_dispatch(site, values))
    exports = []
    for index, result in enumerate(site.results):
        lines.append(
            f'    %o{index} = hal.tensor.export %r#{index} "output{index}"'
            f" : {result.type} -> !hal.buffer_view"
        )
        exports.append(f"%o{index}")
    views = ", ".join("!hal.buffer_view" for _ in exports)
    return "\n".join(
        [
            f"  util.func public @{ENTRY}({', '.join(arguments)}) -> ({views})"
            " attributes {iree.abi.stub} {",
            *lines,
            f"    util.return {', '.join(exports)} : {views}",
            "  }",
        ]
    )


def _dispatch(site: ir.Operation, values: list[str]) -> str:
    """The call in MLIR's generic form, which has one spelling for every variant."""
    attributes = ", ".join(f"{name} = {site.attributes[name]}" for name in _names(site))
    operands = ", ".join(str(v.type) for v in site.operands)
    results = ", ".join(str(v.type) for v in site.results)
    return (
        f'    %r:{len(site.results)} = "flow.dispatch"({", ".join(values)})'
        f" <{{{attributes}}}> : ({operands}) -> ({results})"
    )


def _constant(value: ir.Value) -> str:
    """A scalar's own value with its type where it is known, else one to time with."""
    owner = value.owner
    if isinstance(owner, ir.Operation | ir.OpView):
        operation = owner.operation
        if operation.name == "arith.constant":
            return str(operation.attributes["value"])
    kind = str(value.type)
    # A condition guards against what does not happen, such as a mean of nothing; where
    # it does not hold, the results are NaN, and nothing could be judged by them.
    if kind == "i1":
        return "true"
    zero = "0.0" if kind.startswith(("f", "bf")) else str(_SCALAR_VALUE)
    return f"{zero} : {kind}"


def _spec(type_: ir.Type) -> TensorSpec:
    return TensorSpec(shape=tuple(type_.shape), dtype=dtype_name(type_.element_type))


def _is_tensor(type_: ir.Type) -> bool:
    return isinstance(type_, ir.RankedTensorType)


def _names(op: ir.Operation) -> list[str]:
    return [a if isinstance(a, str) else a.name for a in op.attributes]
