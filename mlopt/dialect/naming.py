"""Names of the choices in a space: who has them, and who speaks of them.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Iterator
from typing import Any, Final

from iree.compiler import ir

from mlopt.dialect.placement import ALTERNATIVE, ALTERNATIVES, CHOICES, PER_LOOP
from mlopt.dialect.violation import Violation
from mlopt.dialect.walking import nested

_ADVISE: Final = "mlopt.advise"
_ALL: Final = "all"
_DIGITS: Final = "0123456789"


def misnamed(space: Any) -> Iterator[Violation]:
    """What is wrong with the names in one `mlopt.space`, in its order."""
    # Of the space's own choices, and of those that each kind of loop has.
    names: dict[str, set[str]] = {"": set()}
    loops = dict(_in_loops(space))
    for op in nested(space):
        kind = loops.get(op, "")
        if op.name in CHOICES:
            yield from _choice(op, kind, names)
        elif op.name == _ADVISE:
            yield from _advice(op, names.get(kind, set()))


def _in_loops(space: Any) -> Iterator[tuple[Any, str]]:
    for op in nested(space):
        if op.name == PER_LOOP:
            iterators = ir.StringAttr(op.attributes["iterators"]).value
            for inner in nested(op):
                yield inner, iterators


def _choice(op: Any, kind: str, names: dict[str, set[str]]) -> Iterator[Violation]:
    name = ir.StringAttr(op.attributes["name"]).value
    if not name:
        yield Violation("a choice must have a name", op)
    elif kind and name[-1] in _DIGITS:
        yield Violation(f"'{name}' would not be told from its loop's number", op)
    elif any(_clash(name, kind, other, known) for other, known in names.items()):
        yield Violation(f"the space has two choices '{name}'", op)
    names.setdefault(kind, set()).add(name)
    if op.name == ALTERNATIVES:
        yield from _labels(op)


def _clash(name: str, kind: str, other: str, known: set[str]) -> bool:
    """Whether choices of one kind of loop are called as those of another are.

    Parallel loops and reductions are different loops; "all" are both of them. Outside
    of loops, `vec0` would be what the `vec` of the loop at 0 is called.
    """
    if bool(kind) == bool(other):
        overlap = kind == other or _ALL in (kind, other)
        return overlap and name in known
    if kind:
        return any(each != name and each.rstrip(_DIGITS) == name for each in known)
    return name[-1] in _DIGITS and name.rstrip(_DIGITS) in known


def _labels(op: Any) -> Iterator[Violation]:
    (block,) = op.regions[0].blocks
    ways = [o.operation for o in block.operations if o.operation.name == ALTERNATIVE]
    labels = [ir.StringAttr(way.attributes["label"]).value for way in ways]
    default = ir.StringAttr(op.attributes["default"]).value
    if not labels:
        yield Violation(f"'{op.name}' offers nothing", op)
    elif len(set(labels)) < len(labels):
        yield Violation(f"'{op.name}' offers a label twice: {', '.join(labels)}", op)
    elif default not in labels:
        yield Violation(f"the default '{default}' is none of: {', '.join(labels)}", op)


def _advice(op: Any, known: set[str]) -> Iterator[Violation]:
    knobs = list(ir.ArrayAttr(op.attributes["knobs"]))
    words = [k.value for k in knobs if isinstance(k, ir.StringAttr)]
    if not ir.StringAttr(op.attributes["expert"]).value:
        yield Violation("an expert must have a name", op)
    if len(words) < len(knobs) or len(set(words)) < len(words):
        yield Violation("advice names knobs, each of them once", op)
    elif len(words) != len(op.operands):
        yield Violation(f"{len(op.operands)} values for {len(words)} knobs", op)
    elif unknown := [word for word in words if word not in known]:
        yield Violation(f"there is no choice '{unknown[0]}' here to advise on", op)
