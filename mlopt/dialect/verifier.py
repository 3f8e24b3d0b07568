"""Is IR of the mlopt dialect well-formed? As `iree-opt --irdl-file` would judge it.

MLIR's own verifier passes over operations that it does not know, so everything IRDL
says is checked here: operands, results, attributes, regions, and that names exist.
What IRDL cannot say is `semantics`. Runs in a worker: imports iree.compiler.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from iree.compiler import ir

from mlopt.dialect import semantics
from mlopt.dialect.constraints import (
    AnyOf,
    Base,
    Constraint,
    Is,
    Operation,
    Region,
    Slot,
)
from mlopt.dialect.definition import OPERATIONS, TYPES
from mlopt.dialect.violation import Violation
from mlopt.dialect.walking import nested

_PREFIX: Final = "mlopt."
_BY_NAME: Final = {operation.full_name: operation for operation in OPERATIONS}
# Types and attributes of unregistered dialects are opaque: only their text is there.
_OWN_TYPE: Final = re.compile(r"!mlopt\.([\w$.-]*)(<)?")
_OWN_ATTRIBUTE: Final = re.compile(r"#mlopt[.<]")
_DENSE: Final = (
    ir.DenseBoolArrayAttr,
    ir.DenseI8ArrayAttr,
    ir.DenseI16ArrayAttr,
    ir.DenseI32ArrayAttr,
    ir.DenseI64ArrayAttr,
    ir.DenseF32ArrayAttr,
    ir.DenseF64ArrayAttr,
)
_KINDS: Final[Mapping[str, tuple[Any, ...]]] = {
    "#builtin.string": (ir.StringAttr,),
    "#builtin.integer": (ir.IntegerAttr, ir.BoolAttr),
    "#builtin.float": (ir.FloatAttr,),
    "#builtin.array": (ir.ArrayAttr,),
    "#builtin.dense_array": _DENSE,
    "#builtin.dictionary": (ir.DictAttr,),
    # IRDL also takes @a::@b, but a space is in no other.
    "#builtin.symbol_ref": (ir.FlatSymbolRefAttr,),
}


def verify(module: ir.Module) -> list[Violation]:
    """Everything that is wrong with the module's mlopt operations, in their order.

    Meaning is only judged of what is well-formed.
    """
    found = list(check_structure(module))
    return found or list(semantics.check(module))


def check_structure(module: ir.Module) -> Iterator[Violation]:
    """What IRDL's verifier would refuse."""
    for op in (module.operation, *nested(module.operation)):
        yield from _foreign_violations(op)
        if op.name.startswith(_PREFIX):
            yield from _own_violations(op)


@dataclass(frozen=True, slots=True)
class _Values:
    """What stands in an operation for its slots: "operand" or "result"."""

    word: str
    slots: Sequence[Slot]
    values: Sequence[Any]


def _foreign_violations(op: Any) -> Iterator[Violation]:
    """Types and attributes of ours that do not exist, wherever they are."""
    values = [*op.results, *(a for r in op.regions for b in r for a in b.arguments)]
    texts = [str(value.type) for value in values]
    texts += [str(op.attributes[name]) for name in op.attributes]
    for text in texts:
        for name, is_parametric in _OWN_TYPE.findall(_without_strings(text)):
            if name not in TYPES or is_parametric:
                yield Violation(f"the mlopt dialect has no type '!mlopt.{name}'", op)
        if _OWN_ATTRIBUTE.search(_without_strings(text)):
            yield Violation("the mlopt dialect has no attributes of its own", op)


def _own_violations(op: Any) -> Iterator[Violation]:
    definition = _BY_NAME.get(op.name)
    if definition is None:
        yield Violation(f"the mlopt dialect has no operation '{op.name}'", op)
        return
    if len(op.successors):
        yield Violation(f"'{op.name}' expects no successors", op)
    yield from _attribute_violations(op, definition)
    for values in (
        _Values("operand", definition.operands, op.operands),
        _Values("result", definition.results, op.results),
    ):
        yield from _value_violations(op, values)
    yield from _region_violations(op, definition.regions)


def _attribute_violations(op: Any, definition: Operation) -> Iterator[Violation]:
    for name, constraint in definition.attributes:
        if name not in op.attributes:
            yield Violation(f"'{op.name}' expects an attribute '{name}'", op)
        elif not _attribute_fits(op.attributes[name], constraint):
            got = op.attributes[name]
            yield Violation(
                f"attribute '{name}' of '{op.name}' must be {words(constraint)}, "
                f"not {got}",
                op,
            )


def _value_violations(op: Any, given: _Values) -> Iterator[Violation]:
    slots, num_values = given.slots, len(given.values)
    num_variadic = sum(slot.is_variadic for slot in slots)
    num_fixed = len(slots) - num_variadic
    if num_values < num_fixed or (not num_variadic and num_values > num_fixed):
        least = "at least " if num_variadic else ""
        yield Violation(
            f"'{op.name}' expects {least}{num_fixed} "
            f"{given.word}{'' if num_fixed == 1 else 's'}, not {num_values}",
            op,
        )
        return
    for slot, value in zip(_spread(slots, num_values), given.values, strict=True):
        if not _type_fits(value.type, slot.constraint):
            yield Violation(
                f"{given.word} '{slot.name}' of '{op.name}' must be "
                f"{words(slot.constraint)}, not {value.type}",
                op,
            )


def _spread(slots: Sequence[Slot], num_values: int) -> list[Slot]:
    """The slot of each value."""
    num_more = num_values - len(slots) + 1
    return [s for slot in slots for s in [slot] * (num_more if slot.is_variadic else 1)]


def _region_violations(op: Any, regions: Sequence[Region]) -> Iterator[Violation]:
    if len(op.regions) != len(regions):
        yield Violation(
            f"'{op.name}' expects {len(regions)} regions, not {len(op.regions)}", op
        )
        return
    for expected, region in zip(regions, op.regions, strict=True):
        num_blocks = len(list(region.blocks))
        if expected.num_blocks not in (None, num_blocks):
            yield Violation(
                f"region '{expected.name}' of '{op.name}' expects "
                f"{expected.num_blocks} blocks, not {num_blocks}",
                op,
            )
        for block in region.blocks:
            yield from _end_violations(op, list(block.operations))


def _end_violations(op: Any, inner: Sequence[Any]) -> Iterator[Violation]:
    # No operation that IRDL defines can be a terminator.
    if not inner or inner[-1].operation.name.startswith(_PREFIX):
        yield Violation(f"a block of '{op.name}' must end in 'transform.yield'", op)


def _attribute_fits(attribute: Any, constraint: Constraint) -> bool:
    match constraint:
        case Is(text):
            return attribute == ir.Attribute.parse(text, attribute.context)
        case Base(name):
            return isinstance(attribute, _KINDS[name])
        case AnyOf(options):
            return any(_attribute_fits(attribute, option) for option in options)


def _type_fits(type_: Any, constraint: Constraint) -> bool:
    match constraint:
        case Is(text):
            return type_ == ir.Type.parse(text, type_.context)
        case Base(name):
            return str(type_) == name
        case AnyOf(options):
            return any(_type_fits(type_, option) for option in options)


def words(constraint: Constraint) -> str:
    """A constraint for a sentence."""
    match constraint:
        case Is(text):
            return text
        case Base(name):
            return f"a {name}" if name.startswith("#") else name
        case AnyOf(options):
            *most, last = map(words, options)
            return f"{', '.join(most)} or {last}"


_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_without_strings: Final[Callable[[str], str]] = lambda text: _QUOTED.sub('""', text)  # noqa: E731
