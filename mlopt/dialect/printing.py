"""Templates and schedules as MLIR text in the generic form; the inverse of `reading`.

Needs no compiler: types follow from the dialect's definition. Imports core only.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from mlopt.core.candidate import Trace, Value
from mlopt.core.template import Line, SpaceTemplate
from mlopt.dialect.constraints import Base, Is, Slot
from mlopt.dialect.definition import OPERATIONS

_BY_NAME: Final = {operation.full_name: operation for operation in OPERATIONS}
_END: Final = '"transform.yield"() : () -> ()'
_SAME_TYPE: Final = ("arith.andi", "arith.ori", "arith.xori")


def space_text(template: SpaceTemplate) -> str:
    """An `mlopt.space` as MLIR text, its lines indented.

    Raises:
        ValueError: an operation that cannot stand in a space.
    """
    printer = _Printer()
    body = [f"  {line}" for line in printer.lines(template.lines)]
    attributes = _dictionary(
        {
            "sym_name": template.name,
            "kind": template.kind,
            "target": template.target,
            "version": template.version,
        }
    )
    return "\n".join(
        ['"mlopt.space"() ({', *body, f"  {_END}", f"}}) {attributes} : () -> ()", ""]
    )


def schedule_text(
    trace: Trace, workload: str, *, speedup: float = 1.0, provenance: str
) -> str:
    """An `mlopt.schedule` as MLIR text: decisions in a space, for one workload.

    Args:
        workload: its hash.
        speedup: over the compiler's own choice; 1.0 where nothing was measured.
    """
    decisions = ", ".join(
        f"{_key(name)} = {_decision(value)}" for name, value in trace.decisions
    )
    return (
        f'"mlopt.schedule"() {{space = @{_symbol(trace.space)}, '
        f"workload = {_string(workload)}, decisions = {{{decisions}}}, "
        f"speedup = {float(speedup)!r} : f64, provenance = {_string(provenance)}}} "
        ": () -> ()\n"
    )


class _Printer:
    """Keeps the type of each value, which its makers decide."""

    def __init__(self) -> None:
        self._types: dict[int, str] = {}

    def lines(self, lines: Sequence[Line]) -> Iterator[str]:
        for line in lines:
            operands = [self._types[value] for value in line.operands]
            results = _result_types(line, operands)
            self._types |= dict(zip(line.results, results, strict=True))
            yield from self._line(line, operands, results)

    def _line(
        self, line: Line, operands: Sequence[str], results: Sequence[str]
    ) -> Iterator[str]:
        given = ", ".join(f"%v{value}" for value in line.operands)
        made = ", ".join(f"%v{value}" for value in line.results)
        head = f'{made and f"{made} = "}"{line.op}"({given})'
        attributes = _dictionary(line.attributes, line.op)
        ends = f"({', '.join(operands)}) -> {_results(results)}"
        tail = f"{attributes and f' {attributes}'} : {ends}"
        if not _has_region(line):
            yield f"{head}{tail}"
            return
        yield f"{head} ({{"
        yield from (f"  {inner}" for inner in self.lines(line.lines))
        yield f"  {_END}"
        yield f"}}){tail}"


def _has_region(line: Line) -> bool:
    return line.op in _BY_NAME and bool(_BY_NAME[line.op].regions)


def _result_types(line: Line, operands: Sequence[str]) -> list[str]:
    if line.op in _BY_NAME:
        slots = _BY_NAME[line.op].results
        if len(slots) == 1 and slots[0].is_variadic:
            return [_type(slots[0])] * len(line.results)
        return [_type(slot) for slot in slots]
    match line.op:
        case "arith.constant":
            return ["i1" if isinstance(line.attributes["value"], bool) else "i64"]
        case "arith.cmpi":
            return ["i1"]
        case "arith.select":
            return [operands[1]]
        case op if op in _SAME_TYPE:
            return [operands[0]]
        case op if op.startswith("arith."):
            return ["i64"]
    raise ValueError(f"'{line.op}' cannot stand in a space")


def _type(slot: Slot) -> str:
    match slot.constraint:
        case Is(text):
            return text
        case Base(name):
            return name
    raise ValueError(f"{slot.name} has no single type")


def _results(types: Sequence[str]) -> str:
    return types[0] if len(types) == 1 else f"({', '.join(types)})"


def _dictionary(attributes: Mapping[str, Any], op: str = "") -> str:
    pairs = (f"{name} = {_attribute(v, op)}" for name, v in attributes.items())
    return f"{{{', '.join(pairs)}}}" if attributes else ""


def _attribute(value: Any, op: str) -> str:
    if op == "mlopt.interchange":
        return f"array<i64: {', '.join(map(str, value))}>" if value else "array<i64>"
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return f"{value} : i64"
        case str():
            return _string(value)
        case tuple():
            return f"[{', '.join(_attribute(item, '') for item in value)}]"
    raise ValueError(f"{value!r} cannot be an attribute")


def _decision(value: Value) -> str:
    return _attribute(value, "")


def _string(text: str) -> str:
    """Quoted as MLIR reads it: what is not printable ASCII as hexadecimal bytes."""
    data = text.encode()
    plain = (
        chr(b) if 32 <= b < 127 and chr(b) not in '"\\' else f"\\{b:02X}" for b in data
    )
    return f'"{"".join(plain)}"'


def _symbol(name: str) -> str:
    is_bare = name.replace(".", "").replace("_", "").replace("$", "").isalnum()
    return name if is_bare and not name[0].isdigit() else json.dumps(name)


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name)
