"""Does well-formed IR of the mlopt dialect mean something? What IRDL cannot say.

Runs in a worker: imports iree.compiler.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from iree.compiler import ir

from mlopt.dialect.naming import misnamed
from mlopt.dialect.placement import END, SPACE, misplaced
from mlopt.dialect.violation import Violation
from mlopt.dialect.walking import nested

_SCHEDULE: Final = "mlopt.schedule"
_WHOLE: Final = (ir.IntegerAttr, ir.BoolAttr)
_ROLES: Final = ("m", "n", "k")
_SYMBOL: Final = re.compile(r"[A-Za-z_][\w.$-]*")
_OPERANDS: Final = (0, 1)


def check(module: ir.Module) -> Iterator[Violation]:
    """Violations of meaning, in the order of the operations."""
    yield from _space_names(module)
    yield from _inside(module.operation, ())


def _space_names(module: ir.Module) -> Iterator[Violation]:
    spaces, schedules = set[str](), []
    for op in module.body.operations:
        if op.operation.name == SPACE:
            name = _text(op, "sym_name")
            if name in spaces:
                yield Violation(f"the module has two spaces '{name}'", op.operation)
            spaces.add(name)
        elif op.operation.name == _SCHEDULE:
            schedules.append(op.operation)
    for schedule in schedules:
        name = ir.FlatSymbolRefAttr(schedule.attributes["space"]).value
        if spaces and name not in spaces:
            yield Violation(f"there is no space '{name}' in the module", schedule)


def _inside(op: Any, around: Sequence[str]) -> Iterator[Violation]:
    """An operation, then what is in it."""
    is_own = op.name.startswith("mlopt.")
    yield from misplaced(op, around)
    if is_own:
        yield from _numbers(op)
        yield from _step(op)
    if op.name == SPACE:
        yield from misnamed(op)
        yield from _unfinished(op)
    for region in op.regions:
        for block in region.blocks:
            inner = [o.operation for o in block.operations]
            if is_own and inner[-1].name != END:
                yield Violation(f"a block of '{op.name}' must end in '{END}'", op)
            for child in inner:
                yield from _inside(child, (*around, op.name))


def _numbers(op: Any) -> Iterator[Violation]:
    match op.name:
        case "mlopt.list":
            values = list(op.attributes["values"])
            if not values or not all(isinstance(v, _WHOLE) for v in values):
                yield Violation("a list holds integers, at least one", op)
            elif len({str(value) for value in values}) < len(values):
                yield Violation("a list offers no value twice", op)
        case "mlopt.divisors":
            low, high = (_number(op, name) for name in ("low", "high"))
            if not 1 <= low <= high:
                yield Violation(f"bounds must be 1 <= low <= high: {low}, {high}", op)
        case "mlopt.match" | "mlopt.require" if not _text(op, "message").strip():
            yield Violation(f"'{op.name}' must say what it demands", op)


def _step(op: Any) -> Iterator[Violation]:
    match op.name:
        case "mlopt.interchange":
            given = op.attributes["permutation"]
            loops = list(given) if isinstance(given, ir.DenseI64ArrayAttr) else [-1]
            if sorted(loops) != list(range(len(loops))):
                yield Violation(f"{given} is no permutation of loops in i64", op)
        case "mlopt.tile" | "mlopt.fuse":
            roles = [str(role).strip('"') for role in op.attributes["exchange"]]
            is_pair = len(set(roles)) == len(roles) == len(_OPERANDS)
            if roles and not (is_pair and set(roles) <= set(_ROLES)):
                yield Violation("'exchange' is [] or two of the roles m, n, k", op)
        case "mlopt.pack" if _number(op, "operand") not in _OPERANDS:
            yield Violation("the operand to be packed is 0 or 1", op)
        case "mlopt.include" if not _SYMBOL.fullmatch(_text(op, "sequence")):
            yield Violation(f"'{_text(op, 'sequence')}' is no name of a sequence", op)


def _unfinished(space: Any) -> Iterator[Violation]:
    """Sizes for a pipeline that never comes."""
    waiting = None
    for op in nested(space):
        if op.name == "mlopt.configure":
            waiting = op
        elif op.name == "mlopt.pipeline":
            waiting = None
    if waiting is not None:
        yield Violation("'mlopt.pipeline' must follow 'mlopt.configure'", waiting)


def _text(op: Any, name: str) -> str:
    return ir.StringAttr(op.attributes[name]).value


def _number(op: Any, name: str) -> int:
    return ir.IntegerAttr(op.attributes[name]).value
