"""Which operation of the mlopt dialect may stand where.

Runs in a worker: imports iree.compiler.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from mlopt.dialect.violation import Violation

SPACE: Final = "mlopt.space"
ALTERNATIVES: Final = "mlopt.alternatives"
ALTERNATIVE: Final = "mlopt.alternative"
PER_LOOP: Final = "mlopt.per_loop"
COLLECT: Final = "mlopt.collect"
WHEN: Final = "mlopt.when"
CHOICES: Final = ("mlopt.knob", ALTERNATIVES)
END: Final = "transform.yield"
_OF_LOOPS: Final = ("mlopt.loop", COLLECT)
_HANDLE: Final = "!transform."
_STEPS: Final = (WHEN, "mlopt.configure_fused")


def misplaced(op: Any, around: Sequence[str]) -> Iterator[Violation]:
    """What is wrong with where an operation stands.

    Args:
        around: names of the operations around it, innermost last.
    """
    name, parent = op.name, around[-1] if around else ""
    if name == ALTERNATIVE and parent != ALTERNATIVES:
        yield Violation(f"'{name}' belongs into '{ALTERNATIVES}'", op)
    if parent == ALTERNATIVES and name not in (ALTERNATIVE, END):
        yield Violation(f"'{parent}' holds nothing but '{ALTERNATIVE}'", op)
    if name == SPACE and any(each.startswith("mlopt.") for each in around):
        yield Violation("a space cannot stand in another operation of mlopt", op)
    if name in CHOICES and WHEN in around:
        yield Violation(f"'{name}' is decided in any case: not in '{WHEN}'", op)
    yield from _loops(op, around)


def _loops(op: Any, around: Sequence[str]) -> Iterator[Violation]:
    if op.name in _OF_LOOPS and PER_LOOP not in around:
        yield Violation(f"'{op.name}' belongs into '{PER_LOOP}'", op)
    if PER_LOOP in around and (op.name == PER_LOOP or _is_step(op)):
        yield Violation(f"'{op.name}' cannot stand in '{PER_LOOP}'", op)
    if op.name == PER_LOOP:
        yield from _gathering(op)


def _gathering(op: Any) -> Iterator[Violation]:
    """One `mlopt.collect`, at the end, of as many numbers as there are results."""
    (block,) = op.regions[0].blocks
    inner = [each.operation for each in block.operations]
    found = [each for each in inner if each.name == COLLECT]
    if len(found) != 1 or inner[-2] != found[0]:
        yield Violation(f"'{op.name}' ends in one '{COLLECT}'", op)
    elif len(found[0].operands) != len(op.results):
        yield Violation(
            f"'{op.name}' has {len(op.results)} results, and "
            f"{len(found[0].operands)} numbers are collected",
            op,
        )


def _is_step(op: Any) -> bool:
    values = [*op.operands, *op.results]
    return op.name in _STEPS or any(str(v.type).startswith(_HANDLE) for v in values)
