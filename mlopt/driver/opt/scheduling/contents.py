"""What a module says about spaces and schedules, as values.

Imports iree.compiler.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from iree.compiler import ir

from mlopt.core.candidate import Space, Trace, Value
from mlopt.core.errors import InputError
from mlopt.core.template import SpaceTemplate
from mlopt.core.workload import Workload
from mlopt.dialect.reading import template_of

SPACE: Final = "mlopt.space"
SCHEDULE: Final = "mlopt.schedule"
# On an executable: the symbols of the spaces that fit it.
SPACES: Final = "mlopt.spaces"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleOp:
    """An `mlopt.schedule` operation, read.

    Attributes:
        op: the operation itself.
        decisions: by name, in no order.
    """

    op: Any
    space: str
    workload: str
    decisions: Mapping[str, Value]
    speedup: float
    provenance: str


def templates_in(module: Any, name: str) -> dict[str, SpaceTemplate]:
    """The module's spaces by name.

    Raises:
        InputError: one is not right.
    """
    found = (template_of(op, name) for op in _top_level(module, SPACE))
    return {template.name: template for template in found}


def schedules_in(module: Any) -> list[ScheduleOp]:
    """The module's schedules, in their order.

    Raises:
        InputError: a decision that is neither a number, a truth nor a word.
    """
    return [_schedule(op) for op in _top_level(module, SCHEDULE)]


def spaces_of(executable: Any) -> tuple[str, ...]:
    """Names of the spaces that fit an executable, as mlopt-space left them."""
    if SPACES not in executable.attributes:
        return ()
    symbols = ir.ArrayAttr(executable.attributes[SPACES])
    return tuple(ir.FlatSymbolRefAttr(symbol).value for symbol in symbols)


def trace_of(schedule: ScheduleOp, space: Space) -> Trace:
    """Its decisions in the order of its space; what it leaves open is at its default.

    Raises:
        InputError: it decides what the space does not offer, or nothing legal.
    """
    values = {knob.name: knob.values for knob in space.knobs}
    for name, value in schedule.decisions.items():
        if not _offers(values.get(name, ()), value):
            raise InputError(f"space {space.name} does not offer {name} = {value}")
    decided = {k.name: schedule.decisions.get(k.name, k.default) for k in space.knobs}
    if (sentence := space.violation(decided)) is not None:
        raise InputError(f"the decisions are illegal: {sentence}")
    return Trace(space=space.name, decisions=tuple(decided.items()))


def executables_of(module: Any, workload: Workload) -> list[Any]:
    """The operations of a workload's executables."""
    return [
        op
        for op in _top_level(module, "flow.executable")
        if ir.StringAttr(op.attributes["sym_name"]).value in workload.executables
    ]


def append(module: Any, text: str) -> Any:
    """Parse an operation and put it at the end of a module."""
    op = ir.Operation.parse(text, context=module.context)
    module.body.append(op)
    return op


def _top_level(module: Any, name: str) -> Iterator[Any]:
    for op in list(module.body.operations):
        if op.operation.name == name:
            yield op.operation


def _schedule(op: Any) -> ScheduleOp:
    decisions = {
        a.name: _value(a.attr) for a in ir.DictAttr(op.attributes["decisions"])
    }
    return ScheduleOp(
        op=op,
        space=ir.FlatSymbolRefAttr(op.attributes["space"]).value,
        workload=ir.StringAttr(op.attributes["workload"]).value,
        decisions=decisions,
        speedup=ir.FloatAttr(op.attributes["speedup"]).value,
        provenance=ir.StringAttr(op.attributes["provenance"]).value,
    )


def _value(attribute: Any) -> Value:
    match attribute:
        case ir.BoolAttr() | ir.IntegerAttr() | ir.StringAttr():
            return attribute.value
    raise InputError(f"{attribute} is no decision: a number, a truth or a word is")


def _offers(values: tuple[Value, ...], value: Value) -> bool:
    return any(type(known) is type(value) and known == value for known in values)
