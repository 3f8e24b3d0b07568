"""Text of the mlopt dialect, drawn from its definition, with a fault here and there.

Operands are of a few values at the top, one of each type.
"""

import enum
from collections.abc import Mapping, Sequence
from typing import Final

from hypothesis import strategies as st

from mlopt.dialect.constraints import AnyOf, Base, Constraint, Is, Operation
from mlopt.dialect.definition import OPERATIONS

_VALUES: Final[Mapping[str, str]] = {
    "i64": "%number",
    "i1": "%truth",
    "!mlopt.values": "%values",
    "!mlopt.sizes": "%sizes",
    "!transform.any_op": "%op",
}
_TYPES: Final = (*_VALUES, "!mlopt.nothing", "!mlopt.sizes<1>", "tensor<?xf32>", "!a.b")
_ATTRIBUTES: Final[Mapping[str, Sequence[str]]] = {
    "#builtin.string": (
        '"a"',
        '""',
        '"panel"',
        r'"\FF"',
        r'"\00"',
        '"' + "x" * 999 + '"',
    ),
    "#builtin.integer": ("1", "0", "-1", "true", "4294967296", f"{10**30} : i128"),
    "#builtin.float": ("1.0", "0x7FC00000 : f32", "-1.0e300 : f64"),
    "#builtin.array": ("[]", "[1, 2]", '["a", 1]', "[[]]", "[m, @s]", r'["\FF"]'),
    "#builtin.dense_array": ("array<i64: 0, 1>", "array<i64>", "array<f32: 1.0>"),
    "#builtin.dictionary": ("{}", '{a = 1, "b c" = {}}', r'{"\FF" = 1}'),
    "#builtin.symbol_ref": ("@s", "@s::@t", r'@"\FF"'),
}
_ANY_ATTRIBUTE: Final = (
    *(text for texts in _ATTRIBUTES.values() for text in texts if text[0] != "["),
    *("unit", "i64", "#mlopt.a", "#a.b<c>", "affine_map<(d0) -> (d0)>", "dense<1>"),
)
_YIELD: Final = '"transform.yield"() : () -> ()'
_MAX_DEPTH: Final = 2


class Fault(enum.Enum):
    """What is wrong with an operation."""

    NAME = enum.auto()
    OPERAND_TYPE = enum.auto()
    OPERAND_GONE = enum.auto()
    OPERAND_MORE = enum.auto()
    RESULT_TYPE = enum.auto()
    ATTRIBUTE = enum.auto()
    ATTRIBUTE_GONE = enum.auto()
    ATTRIBUTE_NAME = enum.auto()
    REGION_GONE = enum.auto()
    REGION_MORE = enum.auto()
    REGION_ENDS = enum.auto()


_FAULTS: Final = (*[None] * 20, *Fault)


@st.composite
def modules(draw: st.DrawFn) -> bytes:
    """One module, of up to four operations at its top."""
    lines = [
        f'{name} = "builtin.unrealized_conversion_cast"() : () -> {type_}'
        for type_, name in _VALUES.items()
    ]
    lines += _operations(draw, draw(st.integers(1, 4)), depth=0)
    return "\n".join(lines).encode()


def _operations(draw: st.DrawFn, count: int, depth: int) -> list[str]:
    drawn = (draw(st.sampled_from(OPERATIONS)) for _ in range(count))
    return [_operation(draw, operation, depth) for operation in drawn]


def _operation(draw: st.DrawFn, operation: Operation, depth: int) -> str:
    fault = draw(st.sampled_from(_FAULTS))
    name = f"{operation.full_name}{'x' if fault is Fault.NAME else ''}"
    types = _types(draw, operation, fault)
    operands = ", ".join(_VALUES.get(type_, "%op") for type_ in types)
    regions = ", ".join(_regions(draw, operation, fault, depth))
    attributes = ", ".join(_attributes(draw, operation, fault))
    results = [_type(slot.constraint) for slot in operation.results]
    if fault is Fault.RESULT_TYPE:
        results = [draw(st.sampled_from(_TYPES)) for _ in results or [""]]
    return (
        f'"{name}"({operands}) {f"({regions}) " if regions else ""}{{{attributes}}} '
        f": ({', '.join(types)}) -> ({', '.join(results)})"
    )


def _types(draw: st.DrawFn, operation: Operation, fault: Fault | None) -> list[str]:
    """Of the operands; a variadic one is there up to three times."""
    types = [
        _type(slot.constraint)
        for slot in operation.operands
        for _ in range(draw(st.integers(0, 3)) if slot.is_variadic else 1)
    ]
    if fault is Fault.OPERAND_MORE:
        types.append(draw(st.sampled_from(tuple(_VALUES))))
    if not types or fault not in (Fault.OPERAND_TYPE, Fault.OPERAND_GONE):
        return types
    types.pop()
    if fault is Fault.OPERAND_TYPE:
        types.append(draw(st.sampled_from(_TYPES)))
    return types


def _attributes(
    draw: st.DrawFn, operation: Operation, fault: Fault | None
) -> list[str]:
    pairs = [(name, _value(draw, kind)) for name, kind in operation.attributes]
    match fault:
        case Fault.ATTRIBUTE if pairs:
            pairs[-1] = (pairs[-1][0], draw(st.sampled_from(_ANY_ATTRIBUTE)))
        case Fault.ATTRIBUTE_GONE if pairs:
            pairs.pop()
        case Fault.ATTRIBUTE_NAME:
            pairs.append((r'"\FF"', "1"))
    return [f"{name} = {value}" for name, value in pairs]


def _value(draw: st.DrawFn, constraint: Constraint) -> str:
    match constraint:
        case Is(text):
            return text
        case Base(name):
            return draw(st.sampled_from(_ATTRIBUTES[name]))
        case AnyOf(options):
            return _value(draw, draw(st.sampled_from(options)))


def _type(constraint: Constraint) -> str:
    match constraint:
        case Is(text):
            return text
        case Base(name):
            return name
        case AnyOf(options):
            return _type(options[0])


def _regions(
    draw: st.DrawFn, operation: Operation, fault: Fault | None, depth: int
) -> list[str]:
    count = len(operation.regions) + (fault is Fault.REGION_MORE)
    count -= bool(count) and fault is Fault.REGION_GONE
    found: list[str] = []
    for _ in range(count):
        size = draw(st.integers(0, 2)) if depth < _MAX_DEPTH else 0
        body = _operations(draw, size, depth + 1)
        found.append("\n".join(["{", *body, *_ends(fault), "}"]))
    return found


def _ends(fault: Fault | None) -> list[str]:
    return [] if fault is Fault.REGION_ENDS else [_YIELD]
