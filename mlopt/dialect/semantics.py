"""Does well-formed IR of the mlopt dialect mean something? What IRDL cannot say.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Iterator
from typing import Any, Final

from iree.compiler import ir

from mlopt.dialect.violation import Violation

_END: Final = "transform.yield"
_SPACE: Final = "mlopt.space"
_SCHEDULE: Final = "mlopt.schedule"
_ALTERNATIVES: Final = "mlopt.alternatives"
_ALTERNATIVE: Final = "mlopt.alternative"
_CHOICES: Final = ("mlopt.knob", _ALTERNATIVES)
_WHOLE: Final = (ir.IntegerAttr, ir.BoolAttr)


def check(module: ir.Module) -> Iterator[Violation]:
    """Violations of meaning, in the order of the operations."""
    yield from _space_names(module)
    yield from _inside(module.operation, parent="", names=set())


def _space_names(module: ir.Module) -> Iterator[Violation]:
    spaces, schedules = set[str](), []
    for op in module.body.operations:
        if op.operation.name == _SPACE:
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


def _inside(op: Any, *, parent: str, names: set[str]) -> Iterator[Violation]:
    """An operation, then what is in it; `names` are the space's choices so far."""
    yield from _placement(op, parent)
    if op.name.startswith("mlopt."):
        yield from _choice(op, names)
        yield from _numbers(op)
    for region in op.regions:
        for block in region.blocks:
            inner = [o.operation for o in block.operations]
            if op.name.startswith("mlopt.") and inner[-1].name != _END:
                yield Violation(f"a block of '{op.name}' must end in '{_END}'", op)
            # Each kind of loop has choices of its own: `vec` of parallel ones is another
            # than `vec` of reductions.
            is_own = op.name in (_SPACE, "mlopt.per_loop")
            seen = set[str]() if is_own else names
            for child in inner:
                yield from _inside(child, parent=op.name, names=seen)


def _placement(op: Any, parent: str) -> Iterator[Violation]:
    if op.name == _ALTERNATIVE and parent != _ALTERNATIVES:
        yield Violation(f"'{op.name}' belongs into '{_ALTERNATIVES}'", op)
    if parent == _ALTERNATIVES and op.name not in (_ALTERNATIVE, _END):
        yield Violation(f"'{parent}' holds nothing but '{_ALTERNATIVE}'", op)
    if op.name == _SPACE and parent.startswith("mlopt."):
        yield Violation("a space cannot stand in another operation of mlopt", op)


def _choice(op: Any, names: set[str]) -> Iterator[Violation]:
    """Names of choices are unique in a space, and labels make sense."""
    if op.name not in _CHOICES:
        return
    name = _text(op, "name")
    if not name:
        yield Violation("a choice must have a name", op)
    if name in names:
        yield Violation(f"the space has two choices '{name}'", op)
    names.add(name)
    if op.name == _ALTERNATIVES:
        yield from _labels(op)


def _labels(op: Any) -> Iterator[Violation]:
    (block,) = op.regions[0].blocks
    children = [o.operation for o in block.operations]
    labels = [_text(c, "label") for c in children if c.name == _ALTERNATIVE]
    if not labels:
        yield Violation(f"'{op.name}' offers nothing", op)
    elif len(set(labels)) < len(labels):
        yield Violation(f"'{op.name}' offers a label twice: {', '.join(labels)}", op)
    elif _text(op, "default") not in labels:
        yield Violation(
            f"the default '{_text(op, 'default')}' is none of: {', '.join(labels)}", op
        )


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
        case "mlopt.interchange":
            given = op.attributes["permutation"]
            loops = list(given) if isinstance(given, ir.DenseI64ArrayAttr) else [-1]
            if sorted(loops) != list(range(len(loops))):
                yield Violation(f"{given} is no permutation of loops in i64", op)
        case "mlopt.match" | "mlopt.require" if not _text(op, "message").strip():
            yield Violation(f"'{op.name}' must say what it demands", op)


def _text(op: Any, name: str) -> str:
    return ir.StringAttr(op.attributes[name]).value


def _number(op: Any, name: str) -> int:
    return ir.IntegerAttr(op.attributes[name]).value
